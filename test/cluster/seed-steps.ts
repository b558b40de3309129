import { afterAll, beforeAll, expect, it } from 'vitest';
import { request } from '../support/genuine/index.ts';
import { startJourney, type Journey, type Path } from './journey.ts';
import type { MetricList } from './sampler.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

interface Deployment {
  spec: { replicas: number };
  status: { readyReplicas?: number };
}
interface Hpa {
  status: { desiredReplicas?: number; currentReplicas?: number; conditions?: { type: string; status: string; reason: string; message: string }[] };
}
interface Variant {
  metadata: { generation: number };
  status?: { desiredOptimizedAlloc?: { numReplicas?: number; lastUpdate?: { reason?: string } }; conditions?: { type: string; status: string; reason: string }[] };
}

const variantPath = `/apis/llmd.ai/v1alpha1/namespaces/${seed.namespace}/variantautoscalings`;

/** The seed's six steps on one of the two paths, as tests of the enclosing describe. */
export function seedSteps(path: Path): () => Journey {
  let journey: Journey;
  let node = 0;
  beforeAll(async () => {
    // Every other pod lands on the other kind of node, as on a cluster that has both.
    journey = await startJourney({ path, scrapeIntervalSeconds: 3, node: () => (node++ % 2 === 0 ? 'node-a100' : 'node-mi300x') });
    console.log(`${path}: everything started in ${journey.startSeconds.toFixed(1)} s`);
    await journey.apply(acceleratorNode('node-a100', 'nvidia.com/gpu', 'NVIDIA-A100-SXM4-80GB'), acceleratorNode('node-mi300x', 'amd.com/gpu', 'AMD-Instinct-MI300X-OAM'));
  });
  afterAll(() => journey?.stop());
  const explain = (): string => journey.logs();

  it('step 1: the controller emits the series by scale target, with exactly four labels', async () => {
    await journey.apply(
      seed.deployment(1),
      seed.variant({ name: seed.resource, accelerator: 'A100', spec: { minReplicas: 1, maxReplicas: 6 } }),
      seed.hpa(),
    );
    journey.fleet.setRate(1);
    const expected = new RegExp(
      `^wva_desired_replicas[{](?=[^}]*target_name="${seed.target}")(?=[^}]*target_kind="Deployment")(?=[^}]*namespace="${seed.namespace}")(?=[^}]*accelerator_type="A100")(?:\\w+="[^"]*",?){4}[}] 1$`,
      'm',
    );
    let page = '';
    await until(
      'the series is on /metrics',
      async () => {
        page = (await request(`https://127.0.0.1:${journey.product.metricsPort}/metrics`, { insecure: true, token: journey.plane.adminToken })).text;
        return expected.test(page) || page.split('\n').filter((line) => line.startsWith('wva_desired_replicas')).join('\n') || 'no such series';
      },
      { explain },
    );
    expect(page).not.toContain(`target_name="${seed.resource}"`);
  });

  if (path === 'adapter') {
    it('step 2: Prometheus keeps its namespace as exported_namespace', async () => {
      await until(
        'Prometheus has the series',
        async () => {
          const series = (await journey.prometheus?.query('wva_desired_replicas')) ?? [];
          return series.some(({ metric }) => metric['exported_namespace'] === seed.namespace && metric['target_name'] === seed.target) || JSON.stringify(series);
        },
        { explain },
      );
    });
  }

  it(`steps 3 to 5: the external metrics API ${path === 'adapter' ? 'of the adapter' : 'of the controller'} answers the seed's GET with the seed's JSON`, async () => {
    let list: MetricList | undefined;
    await until(
      'the metric is served',
      async () => {
        const answer = await journey.plane.request(seed.metricPath);
        list = answer.status === 200 ? answer.json<MetricList>() : undefined;
        return list?.items.length === 1 || `${answer.status} ${answer.text}`;
      },
      { explain },
    );
    expect(list?.items).toMatchObject([
      {
        metricName: 'wva_desired_replicas',
        metricLabels: { target_name: seed.target, target_kind: 'Deployment', exported_namespace: seed.namespace, accelerator_type: 'A100' },
        value: '1',
      },
    ]);
  });

  it('step 6: the HPA scales the deployment to what is desired, and the load finds its replicas', async () => {
    await until('one replica is ready', async () => (await journey.get<Deployment>(seed.deploymentPath)).status.readyReplicas === 1, { explain });
    // 20 requests a second are 2.5 servers' worth.
    journey.fleet.setRate(20);
    const tookMs = await until(
      'at least three replicas are ready, and as many as desired',
      async () => {
        const [deployment, hpa, variant] = await Promise.all([
          journey.get<Deployment>(seed.deploymentPath),
          journey.get<Hpa>(seed.hpaPath),
          journey.get<Variant>(`${variantPath}/${seed.resource}`),
        ]);
        const desired = variant.status?.desiredOptimizedAlloc?.numReplicas ?? 0;
        const seen = `desired ${desired}, HPA ${hpa.status.desiredReplicas ?? 'unknown'}, ready ${deployment.status.readyReplicas ?? 0}, in flight ${journey.fleet.inFlight.toFixed(0)}; ${variant.status?.desiredOptimizedAlloc?.lastUpdate?.reason ?? 'no reason'}`;
        return (desired >= 3 && deployment.status.readyReplicas === desired && hpa.status.desiredReplicas === desired) || seen;
      },
      { timeoutMs: 120_000, explain },
    );
    const ready = (await journey.get<Deployment>(seed.deploymentPath)).status.readyReplicas ?? 0;
    console.log(`${path}: from 1 to 20 requests/s, ${ready} replicas ready after ${(tookMs / 1000).toFixed(1)} s`);
    expect(ready).toBeLessThanOrEqual(6);
  });

  it('tells the story in `kubectl get va`, `describe` and events', async () => {
    const table = await journey.plane.kubectlOk(['-n', seed.namespace, 'get', 'va']);
    console.log(table.trimEnd());
    expect(table).toMatch(new RegExp(`${seed.resource} +${seed.target} .*A100`));
    const events = await journey.plane.kubectlOk(['-n', seed.namespace, 'get', 'events', '--field-selector=involvedObject.kind=VariantAutoscaling']);
    console.log(events.trimEnd());
    expect(events).toContain(seed.resource);
    const variant = await journey.get<Variant>(`${variantPath}/${seed.resource}`);
    expect(variant.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
  });

  it('two accelerators on one target, 2 and 3, give 5', async () => {
    journey.fleet.setRate(1);
    const startMs = Date.now();
    await journey.apply(
      seed.variant({ name: seed.resource, accelerator: 'A100', spec: { minReplicas: 2, maxReplicas: 2 } }),
      seed.variant({ name: 'ms-inference-scheduling-mi300x', accelerator: 'MI300X', spec: { minReplicas: 3, maxReplicas: 3 } }),
    );
    await until(
      'five replicas are ready',
      async () => {
        const [deployment, metric] = await Promise.all([journey.get<Deployment>(seed.deploymentPath), journey.plane.request(seed.metricPath)]);
        const values = metric.status === 200 ? metric.json<MetricList>().items.map(({ metricLabels, value }) => `${metricLabels['accelerator_type'] ?? ''}=${value}`).toSorted().join(' ') : metric.text;
        return (deployment.status.readyReplicas === 5 && values === 'A100=2 MI300X=3') || `ready ${deployment.status.readyReplicas ?? 0}, ${values}`;
      },
      { timeoutMs: 120_000, explain },
    );
    const hpa = await journey.get<Hpa>(seed.hpaPath);
    expect(hpa.status.desiredReplicas).toBe(5);
    console.log(`${path}: 2 on A100 and 3 on MI300X gave ${hpa.status.desiredReplicas ?? 0} replicas after ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
  });

  it('needed no right that the shipped roles do not give', () => {
    const refused = journey.product.entries().filter((entry) => /forbidden/i.test(JSON.stringify(entry)));
    expect(refused).toEqual([]);
  });

  return () => journey;
}

function acceleratorNode(name: string, resource: string, product: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { [`${resource}.product${resource.startsWith('amd') ? '-name' : ''}`]: product } },
    status: { capacity: { [resource]: '8', cpu: '64', memory: '512Gi', pods: '110' }, allocatable: { [resource]: '8', cpu: '64', memory: '512Gi', pods: '110' } },
  };
}
