import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, freePorts, registerExternalMetrics, request, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { fromRoot, installExternalMetrics, installProduct, shipped, startProduct, type Product } from './product.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

const apiServicePath = `/apis/apiregistration.k8s.io/v1/apiservices/${shipped.apiService}`;
interface ApiService {
  metadata: { resourceVersion: string };
  spec: { service: { name: string; namespace: string }; caBundle?: string };
}

// A cluster has one owner of the external metrics API. Where KEDA has it, the controller must leave it, and say so.
describeGenuine('another owner of the external metrics API', controlPlaneParts, () => {
  let plane: ControlPlane;
  let fleet: Fleet;
  let product: Product;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installProduct(plane);
    // The right to write our own APIService is there, as after an installation that KEDA's came after.
    const [metricsPort = 0] = await freePorts(1);
    await installExternalMetrics(plane, metricsPort);
    await plane.kubectlOk(['create', 'namespace', 'keda']);
    await plane.kubectlOk(['create', 'namespace', seed.namespace]);
    await registerExternalMetrics(plane, { port: 9, name: 'keda-operator-metrics-apiserver', namespace: 'keda' });
    fleet = startFleet(plane, { model: seed.modelID, namespace: seed.namespace });
    await plane.kubectlOk(['apply', '-f', '-'], {
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [seed.deployment(1), seed.variant({ name: seed.resource, accelerator: 'A100' })] }),
    });
    product = await startProduct({ plane, metricsPort, args: ['--interval=2s'] });
  });
  afterAll(async () => {
    await product?.remove();
    await fleet?.stop();
    await plane?.stop();
  });

  const apiService = async (): Promise<ApiService> => (await plane.request(apiServicePath)).json<ApiService>();

  it('is left alone, and named in a condition and in the log, with the ways that remain', async () => {
    const before = await apiService();
    let message = '';
    await until(
      'a condition names the owner',
      async () => {
        const variant = (await plane.request(`/apis/llmd.ai/v1alpha1/namespaces/${seed.namespace}/variantautoscalings/${seed.resource}`)).json<{
          status?: { conditions?: { type: string; reason: string; message: string }[] };
        }>();
        message = variant.status?.conditions?.find(({ reason }) => reason === 'ExternalMetricsAPIOwnedByOther')?.message ?? '';
        return message.includes('keda-operator-metrics-apiserver') || JSON.stringify(variant.status?.conditions);
      },
      { timeoutMs: 60_000, explain: () => product.logs() },
    );
    console.log(`condition: ${message}`);
    expect(message).toMatch(/adapter|prometheus|direct/i);
    expect(product.entries().some((entry) => JSON.stringify(entry).includes('keda-operator-metrics-apiserver'))).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const after = await apiService();
    expect(after.spec).toEqual(before.spec);
  });

  it('keeps /metrics and the decision going', async () => {
    await until('the series is served', async () => {
      const { text } = await request(`https://127.0.0.1:${product.metricsPort}/metrics`, { insecure: true, token: plane.adminToken });
      return text.includes(`wva_desired_replicas{target_name="${seed.target}"`) || /wva_desired_replicas\{[^}]*target_name="ms-inference-scheduling-decode"/.test(text) || 'not yet';
    });
  });

  it('once it is gone and ours is applied again, the controller takes up its own', async () => {
    await plane.kubectlOk(['delete', 'apiservice', shipped.apiService]);
    await plane.kubectlOk(['apply', '-k', fromRoot('deploy/external-metrics')]);
    await plane.kubectlOk(['patch', 'apiservice', shipped.apiService, '--type=merge', '-p', JSON.stringify({ spec: { service: { port: product.metricsPort } } })]);
    const tookMs = await until(
      'the metric is served by ours',
      async () => {
        const answer = await plane.request(seed.metricPath);
        return answer.status === 200 || `${answer.status} ${answer.text}`;
      },
      { timeoutMs: 120_000, explain: () => product.logs() },
    );
    console.log(`own APIService served ${(tookMs / 1000).toFixed(1)} s after it was applied`);
    expect((await apiService()).spec.caBundle).toBeDefined();
  });
});
