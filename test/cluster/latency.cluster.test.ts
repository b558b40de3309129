import { expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, metricsParts } from '../support/genuine/index.ts';
import { startJourney, type Journey, type Path } from './journey.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

const variantPath = `/apis/llmd.ai/v1alpha1/namespaces/${seed.namespace}/variantautoscalings/${seed.resource}`;

interface Moments {
  /** Seconds after the change of load. */
  readonly decided: number;
  readonly served: number;
  readonly hpa: number;
  readonly ready: number;
}

// With everything as it is by default: the controller looks every 15 s, Prometheus every 10 s (as shipped), the
// adapter lists series every 30 s (as shipped), the HPA looks every 15 s. Both paths run side by side.
describeGenuine('seconds from a change of load to the new count', [...controlPlaneParts, ...metricsParts], () => {
  it('is measured on both paths with default intervals', { timeout: 420_000 }, async () => {
    const paths = ['adapter', 'own'] as const;
    const journeys = await Promise.all(paths.map((path) => startJourney({ path, args: [], hpaSyncPeriodSeconds: 15, relistIntervalSeconds: 30, readyAfterMs: 500 })));
    try {
      const results = await Promise.all(journeys.map(measure));
      for (const [index, path] of paths.entries()) {
        for (const [step, moments] of (results[index] ?? []).entries()) {
          console.log(`RESULT ${JSON.stringify({ bench: 'cluster-latency', path, step: steps[step], ...moments })}`);
          // Interval, scrape twice, HPA period and a relist, all missed by a hair: anything longer is a fault.
          expect(moments.hpa).toBeLessThan(path === 'adapter' ? 120 : 60);
        }
      }
    } finally {
      await Promise.all(journeys.map((journey) => journey.stop()));
    }
  });
});

// Replicas that the load needs at 8 requests a second each: 1, then 2, then 5.
const steps = [12, 36];

async function measure(journey: Journey, pathIndex: number): Promise<Moments[]> {
  const path: Path = pathIndex === 0 ? 'adapter' : 'own';
  const explain = (): string => `${path}\n${journey.logs()}`;
  await journey.apply(seed.deployment(1), seed.variant({ name: seed.resource, accelerator: 'A100', spec: { minReplicas: 1, maxReplicas: 10 } }), seed.hpa());
  journey.fleet.setRate(2);
  await until(
    'the HPA follows one replica',
    async () => {
      const { status } = await journey.get<{ status: { currentMetrics?: { external?: { current: { averageValue?: string } } }[] } }>(seed.hpaPath);
      const value = status.currentMetrics?.[0]?.external?.current.averageValue;
      return value === '1' || `the HPA reads ${value ?? 'nothing'}`;
    },
    { timeoutMs: 120_000, explain },
  );

  const results: Moments[] = [];
  for (const rate of steps) {
    const before = await desiredOf(journey);
    const startMs = Date.now();
    journey.fleet.setRate(rate);
    const after = async (what: string, ask: () => Promise<boolean | string>): Promise<number> => {
      await until(`${what} after ${rate} requests/s`, ask, { timeoutMs: 120_000, explain });
      return Math.round((Date.now() - startMs) / 100) / 10;
    };
    const decided = await after('the decision', async () => (await desiredOf(journey)) > before);
    const served = await after('the metric', async () => (await servedOf(journey)) > before);
    const hpa = await after('the count of the HPA', async () => {
      const { desiredReplicas = 0 } = (await journey.get<{ status: { desiredReplicas?: number } }>(seed.hpaPath)).status;
      return desiredReplicas > before || `HPA ${desiredReplicas}`;
    });
    const ready = await after('enough ready replicas', async () => {
      const deployment = await journey.get<{ status: { readyReplicas?: number } }>(seed.deploymentPath);
      const desired = await desiredOf(journey);
      return (desired * 8 >= rate && deployment.status.readyReplicas === desired) || `desired ${desired}, ready ${deployment.status.readyReplicas ?? 0}`;
    });
    results.push({ decided, served, hpa, ready });
  }
  return results;
}

async function desiredOf(journey: Journey): Promise<number> {
  return (await journey.get<{ status?: { desiredOptimizedAlloc?: { numReplicas?: number } } }>(variantPath)).status?.desiredOptimizedAlloc?.numReplicas ?? 0;
}

async function servedOf(journey: Journey): Promise<number> {
  const answer = await journey.plane.request(seed.metricPath);
  if (answer.status !== 200) return 0;
  return answer.json<{ items: { value: string }[] }>().items.reduce((sum, { value }) => sum + Number(value), 0);
}
