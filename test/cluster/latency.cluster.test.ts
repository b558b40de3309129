import { expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, metricsParts } from '../support/genuine/index.ts';
import { requestsPerSecond } from './engine-page.ts';
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
          console.log(`RESULT ${JSON.stringify({ bench: 'cluster-latency', path, step: `+${steps[step] ?? 0}`, ...moments })}`);
          // One decision at 15 s finds the saturation, and at most one more follows; then the HPA's own period. The
          // adapter's path may add a scrape each way. Anything longer is a fault.
          expect(moments.hpa).toBeLessThan(path === 'adapter' ? 120 : 90);
        }
      }
    } finally {
      await Promise.all(journeys.map((journey) => journey.stop()));
    }
  });
});

// Servers more than were desired before; the load rises to what so many more can just carry.
const steps = [2];

async function measure(journey: Journey, pathIndex: number): Promise<Moments[]> {
  const path: Path = pathIndex === 0 ? 'adapter' : 'own';
  const explain = (): string => `${path}\n${journey.logs()}`;
  await journey.apply(seed.deployment(1), seed.variant({ name: seed.resource, accelerator: 'A100', spec: { minReplicas: 1, maxReplicas: 40 } }), seed.hpa(40));
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
  for (const step of steps) {
    // What is left of the step before must not be taken for the new load: more than an interval without news.
    let quietSinceMs = Date.now();
    let last = await desiredOf(journey);
    await until(
      'no request waits, and nothing more is desired',
      async () => {
        const { inFlight, servers } = journey.fleet;
        const desired = await desiredOf(journey);
        if (desired !== last || servers !== desired || inFlight >= 30 * servers) quietSinceMs = Date.now();
        last = desired;
        return Date.now() - quietSinceMs > 20_000 || `${inFlight.toFixed(0)} in flight, ${servers} servers, desired ${desired}`;
      },
      { timeoutMs: 150_000, explain },
    );
    const needed = (await desiredOf(journey)) + step;
    const rate = needed * requestsPerSecond - 1;
    const startMs = Date.now();
    journey.fleet.setRate(rate);
    const after = async (what: string, ask: () => Promise<boolean | string>): Promise<number> => {
      await until(`${what} after ${rate} requests/s`, ask, { timeoutMs: 120_000, explain });
      return Math.round((Date.now() - startMs) / 100) / 10;
    };
    const decided = await after('the decision', async () => (await desiredOf(journey)) >= needed);
    const served = await after('the metric', async () => (await servedOf(journey)) >= needed);
    const hpa = await after('the count of the HPA', async () => {
      const { desiredReplicas = 0 } = (await journey.get<{ status: { desiredReplicas?: number } }>(seed.hpaPath)).status;
      return desiredReplicas >= needed || `HPA ${desiredReplicas}`;
    });
    const ready = await after('enough ready replicas', async () => {
      const { readyReplicas = 0 } = (await journey.get<{ status: { readyReplicas?: number } }>(seed.deploymentPath)).status;
      return readyReplicas >= needed || `ready ${readyReplicas}`;
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
