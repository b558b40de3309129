import { afterEach, describe, expect, it } from 'vitest';
import { decide } from '../../src/decide/index.ts';
import { analyzers, freshValue, type Analyzer, type CycleRecord } from '../../src/model/index.ts';
import type { Scenario } from '../../src/simulator/index.ts';
import { autoscaler, decode, load, node, router, scenarioOf, tell, variant, workload, type Product, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

const cheap = 'decode-cheap';
const routed = (flowControl: boolean): Scenario['traffic'] =>
  // nothing for half a minute, and then a request every other second
  load([32.3, 0, 0], [600, 0.5, 0.5]).map((one) => ({ ...one, router: { deployment: 'epp', flowControl } }));
/** Two ways to serve one model, the dearer one first by name, and nothing running. */
const asleep = [router('epp'), workload('Deployment', decode, 0), workload('Deployment', cheap, 0)];
const zero = { minReplicas: 0, scaleToZero: { enabled: true, retentionPeriod: '5m' } };
const variants = [variant('a-dear', { ...zero, variantCost: '9' }), variant('b-cheap', { ...zero, accelerator: 'MI300X', variantCost: '3' }, { name: cheap }), autoscaler(), autoscaler(cheap)];
const nodes = [node('a100-1', 'NVIDIA-A100-PCIE-80GB'), node('mi300x-1', 'AMD-Instinct-MI300X-OAM')];

/** Steps of a tenth of a second until something is so. @returns when it was. */
async function when(isSo: () => boolean, atMostSeconds: number): Promise<number> {
  for (let step = 0; step < atMostSeconds * 10; step++) {
    if (isSo()) return story.clock.now();
    await story.advance(0.1);
  }
  return Infinity;
}

const traffic = () => story.world.stats().traffic[0] ?? { held: 0, lost: 0 };
const running = (): number => (story.replicas(decode) ?? 0) + (story.replicas(cheap) ?? 0);

async function asleepWith(flowControl: boolean, flags = {}, analyzer: Analyzer = 'learned'): Promise<Product> {
  story = tell(scenarioOf([...asleep, ...variants], { traffic: routed(flowControl), objects: nodes }), { policy: { 'policy.yaml': `global: {analyzer: ${analyzer}}\n` } });
  return story.start('controller', { interval: '15s', ...flags });
}

function repeats(records: readonly CycleRecord[]): void {
  for (const { observation, policy, memory, atMs, decisions } of records) expect(decide(observation, policy, memory, atMs).decisions).toEqual(decisions);
}

describe('a model at zero', () => {
  it.each(analyzers)('is back within a second of the first request that waits, as its cheapest variant and one replica (%s)', async (analyzer) => {
    const { records } = await asleepWith(true, {}, analyzer);
    const waitsMs = await when(() => traffic().held > 0, 60);
    const cycles = records.length;
    const wokenMs = await when(() => running() > 0, 60);
    // one step of the story is a tenth of a second, by which both are known too late
    expect(wokenMs - waitsMs).toBeLessThanOrEqual(900);
    expect([story.replicas(decode), story.replicas(cheap)]).toEqual([0, 1]);
    // the first decision after that saw it
    expect(freshValue(records[cycles]?.observation.models?.[0]?.router.waiting ?? { kind: 'missing', why: 'NotScraped' })).toBeGreaterThan(0);
    expect(records[cycles]?.decisions.map(({ reason }) => reason)).toContain('Woken');
    expect(records[cycles]?.policy.global.analyzer).toBe(analyzer);
    repeats(records);
    await story.advance(120);
    expect([story.replicas(decode), story.replicas(cheap)]).toEqual([0, 1]);
    expect(traffic().held).toBe(0);
  });

  it('waits for the next look where routers are not asked between them', async () => {
    await asleepWith(true, { wakePollInterval: '0', interval: '60s' });
    const waitsMs = await when(() => traffic().held > 0, 60);
    expect((await when(() => running() > 0, 60)) - waitsMs).toBeGreaterThan(5000);
  });

  it.each(analyzers)('is back within a second of the first request that was turned away, where the router holds none (%s)', async (analyzer) => {
    const { records } = await asleepWith(false, {}, analyzer);
    const turnedAwayMs = await when(() => traffic().lost > 0, 120);
    const wokenMs = await when(() => running() > 0, 60);
    expect(wokenMs - turnedAwayMs).toBeLessThanOrEqual(900);
    expect(story.replicas(cheap)).toBe(1);
    repeats(records);
  });
});
