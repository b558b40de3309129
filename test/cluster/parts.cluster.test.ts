import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  controlPlaneParts,
  describeGenuine,
  metricsParts,
  registerExternalMetrics,
  servePage,
  startAdapter,
  startControlPlane,
  startKubelet,
  startPrometheus,
  untilExternalMetricsServed,
  type Adapter,
  type ControlPlane,
  type Kubelet,
  type PageServer,
  type Prometheus,
} from '../support/genuine/index.ts';
import { seed, seedAdapterConfig } from './seed.ts';
import { until } from './until.ts';

// The parts without the product: the seed's series, written by hand, must already move a genuine HPA. What
// fails here is the suite's wiring, not the product.
describeGenuine('the genuine parts by themselves', [...controlPlaneParts, ...metricsParts], () => {
  let plane: ControlPlane;
  let page: PageServer;
  let prometheus: Prometheus;
  let adapter: Adapter;
  let kubelet: Kubelet;
  const desired = { A100: 2, MI300X: 3 };

  beforeAll(async () => {
    plane = await startControlPlane({ hpaSyncPeriodSeconds: 2 });
    page = await servePage(() =>
      Object.entries(desired)
        .map(([accelerator, value]) => `wva_desired_replicas{target_name="${seed.target}",target_kind="Deployment",namespace="${seed.namespace}",accelerator_type="${accelerator}"} ${value}\n`)
        .join(''),
    );
    prometheus = await startPrometheus({
      config: {
        global: { scrape_interval: '1s' },
        scrape_configs: [{ job_name: 'wva', static_configs: [{ targets: [`${page.host}:${page.port}`], labels: { namespace: 'wva-system' } }] }],
      },
    });
    adapter = await startAdapter({ plane, prometheusUrl: prometheus.baseUrl, config: seedAdapterConfig });
    await registerExternalMetrics(plane, { port: adapter.port });
    await untilExternalMetricsServed(plane);
    kubelet = startKubelet(plane);
  });
  afterAll(async () => {
    await kubelet?.stop();
    await Promise.all([adapter?.stop(), prometheus?.stop(), page?.close(), plane?.stop()]);
  });

  it('scales a deployment to the sum of the two series', async () => {
    await plane.kubectlOk(['create', 'namespace', seed.namespace]);
    const startMs = Date.now();
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [seed.deployment(1), seed.hpa()] }) });
    await until('the deployment has 5 ready replicas', async () => {
      const answer = await plane.request(`/apis/apps/v1/namespaces/${seed.namespace}/deployments/${seed.target}`);
      const { status } = answer.json<{ status: { readyReplicas?: number } }>();
      return status.readyReplicas === 5 ? true : `ready: ${status.readyReplicas ?? 0}`;
    });
    console.log(`parts: 2 + 3 gave 5 ready replicas ${((Date.now() - startMs) / 1000).toFixed(1)} s after creation`);
    expect(await prometheus.query('count(wva_desired_replicas{exported_namespace!=""})')).toMatchObject([{ value: 2 }]);
  });
});
