import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, metricsParts, request } from '../support/genuine/index.ts';
import { startJourney, type Journey } from './journey.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

interface Variant {
  status?: {
    desiredOptimizedAlloc?: { numReplicas?: number };
    conditions?: { type: string; status: string; reason: string; message: string }[];
  };
}
const variantPath = `/apis/llmd.ai/v1alpha1/namespaces/${seed.namespace}/variantautoscalings/${seed.resource}`;

// Whatever of the world fails: the last good decision stays, it is said, and the process goes on.
describeGenuine('outages', [...controlPlaneParts, ...metricsParts], () => {
  let journey: Journey;
  let pid: number;
  const desired = 4;

  beforeAll(async () => {
    // Without `prometheus` the controller would go on by scraping the pods itself, and there would be no outage.
    journey = await startJourney({ path: 'adapter', args: ['--interval=2s', '--metric-source=prometheus'], scrapeIntervalSeconds: 2, relistIntervalSeconds: 6 });
    await journey.apply(seed.deployment(1), seed.variant({ name: seed.resource, accelerator: 'A100', spec: { minReplicas: 1, maxReplicas: 4 } }), seed.hpa());
    // More than four servers carry, so that the decision stands at its ceiling.
    journey.fleet.setRate(40);
    await until(
      'the fleet is at its ceiling',
      async () => {
        const wanted = await desiredNow();
        return (wanted === desired && journey.fleet.servers === desired) || `desired ${wanted}, serving ${journey.fleet.servers}`;
      },
      { timeoutMs: 120_000, explain: () => journey.logs() },
    );
    pid = journey.product.program.pid;
  });
  afterAll(() => journey?.stop());

  const desiredNow = async (): Promise<number> => (await journey.get<Variant>(variantPath)).status?.desiredOptimizedAlloc?.numReplicas ?? 0;
  const servedByController = async (): Promise<string> => {
    const { text } = await request(`https://127.0.0.1:${journey.product.metricsPort}/metrics`, { insecure: true, token: journey.plane.adminToken });
    return text.split('\n').find((line) => line.startsWith('wva_desired_replicas{'))?.split(' ').at(-1) ?? 'absent';
  };
  const stillTheSame = (): void => {
    expect(journey.product.program.running).toBe(true);
    expect(journey.product.program.pid).toBe(pid);
  };

  it('Prometheus is gone: the decision is held and a condition says why', async () => {
    const replicas = journey.fleet.servers;
    await journey.prometheus?.kill();
    const startMs = Date.now();
    // No load at all: read as zero, this would shrink the fleet.
    journey.fleet.setRate(0);
    let said = '';
    await until(
      'a condition says that Prometheus fails',
      async () => {
        const conditions = (await journey.get<Variant>(variantPath)).status?.conditions ?? [];
        const found = conditions.find(({ type, status }) => type === 'MetricsAvailable' && status !== 'True');
        said = found === undefined ? '' : `${found.reason}: ${found.message}`;
        return found !== undefined || JSON.stringify(conditions);
      },
      { timeoutMs: 90_000, explain: () => journey.logs() },
    );
    console.log(`Prometheus gone: said after ${((Date.now() - startMs) / 1000).toFixed(1)} s: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 15_000));
    expect(await desiredNow()).toBe(desired);
    expect(await servedByController()).toBe(String(desired));
    expect(journey.fleet.servers).toBe(replicas);
    stillTheSame();
    journey.fleet.setRate(40);
    await journey.prometheus?.restart();
    const backMs = await until(
      'metrics are available again',
      async () => (await journey.get<Variant>(variantPath)).status?.conditions?.some(({ type, status }) => type === 'MetricsAvailable' && status === 'True') === true,
      { timeoutMs: 60_000, explain: () => journey.logs() },
    );
    console.log(`Prometheus back: seen after ${(backMs / 1000).toFixed(1)} s`);
  });

  it('the API server is gone: the decision is still served, and the controller works again after it', async () => {
    const before = await desiredNow();
    await journey.plane.killApiServer();
    const startMs = Date.now();
    const health: number[] = [];
    while (Date.now() - startMs < 12_000) {
      health.push((await request(`${journey.product.healthUrl}/healthz`)).status);
      stillTheSame();
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    // Alive means alive: a restart would cure nothing here, so liveness must not fail.
    expect(new Set(health)).toEqual(new Set([200]));
    const served = await servedByController().catch((error: unknown) => String(error));
    console.log(`API server gone for 12 s: /metrics says ${served}`);
    await journey.plane.restartApiServer();
    const backMs = Date.now();
    // Something new to see: the other bound must reach the status, so watches, decisions and writing all work again.
    await journey.apply(seed.variant({ name: seed.resource, accelerator: 'A100', spec: { minReplicas: 6, maxReplicas: 6 } }));
    await until(
      'a change of the resource reaches its status and the fleet',
      async () => {
        const wanted = await desiredNow();
        return (wanted === 6 && journey.fleet.servers === 6) || `desired ${wanted}, serving ${journey.fleet.servers}`;
      },
      { timeoutMs: 120_000, explain: () => journey.logs() },
    );
    console.log(`API server back: a change went through to ready replicas after ${((Date.now() - backMs) / 1000).toFixed(1)} s (held ${before} before)`);
    stillTheSame();
  });

  it('ends with status 0 when it is told to', async () => {
    expect(await journey.product.terminate()).toBe(0);
  });
});
