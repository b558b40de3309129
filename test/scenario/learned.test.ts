import { afterEach, expect, it } from 'vitest';
import { autoscaler, decode, load, namespace, scenarioOf, tell, variant, workload, type Product, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
let story: Story;

afterEach(() => story.end());

const desired = async (product: Product): Promise<number> => (await product.metric('wva_desired_replicas'))[0]?.value ?? 0;
/** The worst of the 99th percentiles of the time to the first token, of the ten seconds before each of so many. */
async function slowestFirstTokens(tens: number): Promise<number> {
  let worst = 0;
  for (let ten = 0; ten < tens; ten++) {
    await story.advance(10);
    worst = Math.max(worst, story.world.stats().traffic[0]?.ttftSeconds?.p99 ?? 0);
  }
  return worst;
}

it('a jump is met late once and in time when it comes again, and metrics that are lost between cost no replica', async () => {
  // a burst of seven times the load, twice; in the first one nobody can see from 180 s on, until a minute after it is over
  const traffic = load([90, 3, 3], [180, 20, 20], [240, 3, 3], [600, 20, 20]);
  const faults = [{ kind: 'metrics-page', atMs: 180_000, untilMs: 330_000, pod: '^ms-inference', how: 'refuses' }] as const;
  story = tell(scenarioOf([workload('Deployment', decode, 1), variant(a100), autoscaler()], { traffic, faults }));
  const product = await story.start();

  await story.advance(89);
  const calm = await desired(product);
  expect(calm).toBeLessThanOrEqual(2);
  expect(await slowestFirstTokens(4)).toBeGreaterThan(1);
  await story.advance(50);
  const top = await desired(product);
  expect(top).toBeGreaterThanOrEqual(6);
  expect(story.replicas(decode)).toBe(top);

  // 179.1 s by now, and a cycle is two seconds
  expect(story.condition(a100, 'Ready')).toContain('True Deciding');
  await story.advance(3);
  expect(story.condition(a100, 'MetricsAvailable')).toContain(`False MetricsMissing: 0 of ${top} ready pods report`);
  expect(story.condition(a100, 'Ready')).toContain(`False Holding: ${top} replicas desired, ${top} there; the last decision is held. `);
  const before = product.seen.length;
  await story.advance(147);
  expect(product.seen.slice(before)).toEqual([]);
  expect(story.replicas(decode)).toBe(top);

  // what was counted meanwhile tells of the burst and of its end; at no time is a rate told that there never was
  await story.advance(175);
  expect(story.condition(a100, 'Ready')).toContain('True Deciding');
  const seeing = product.records.flatMap(({ decisions: [decision] }) => [...(decision?.trail[0]?.sentence ?? '').matchAll(/^The load is ([\d.]+) requests\/s/g)].map((found) => Number(found[1])));
  // ten seconds at 20 requests/s deviate by 1.4
  expect(Math.max(...seeing)).toBeLessThan(24.2);
  const reserve = await desired(product);
  expect(reserve).toBeGreaterThan(calm);
  expect(reserve).toBeLessThan(top);
  const trail = story.va(a100).status?.trail?.[0]?.message ?? '';
  expect(trail).toMatch(/^The load is [\d.]+ requests\/s and may rise by 1\d[\d.]*\/s before new replicas serve/);

  // 504 s; the same jump comes six later
  await story.advance(4);
  expect(await slowestFirstTokens(8)).toBeLessThan(0.5);
  expect(story.world.stats().traffic[0]).toMatchObject({ lost: 0 });

  const notes = story.events().filter(({ reason }) => reason === 'ScaledUp' || reason === 'ScaledDown').map(({ note }) => note);
  expect(notes.length).toBeGreaterThan(3);
  for (const note of notes) {
    expect(note).toMatch(new RegExp(`Desired replicas of Deployment ${decode} on A100: \\d -> \\d, (Demand|ScaleDownStabilized). The load is [\\d.]+ requests/s`));
    expect(note).toMatch(/a replica of \S+ sustains [\d.]+\/s with headroom \([\d.]+\/s when full: its KV cache holds \d+ sequences\)/);
  }
  const { text } = await product.get('/debug/decisions');
  expect(JSON.parse(text)).toMatchObject({ leading: true, variants: [{ variant: `${namespace}/${a100}` }] });
});
