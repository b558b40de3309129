import { afterEach, expect, it } from 'vitest';
import { autoscaler, decode, namespace, scenarioOf, tell, thresholds, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
const noonMs = Date.UTC(2026, 0, 1, 12);
let story: Story;

afterEach(() => story.end());

it.each([
  ['refuses', 'Unreachable'],
  ['hangs', 'TimedOut'],
  ['garbage', 'Malformed'],
  ['huge', 'TooLarge'],
] as const)('when every metrics page %s, the last decision is held and said to be held, and all is well afterwards', async (how, why) => {
  story = tell(
    scenarioOf([workload('Deployment', decode, 3), variant(a100), autoscaler()], { faults: [{ kind: 'metrics-page', atMs: 20_000, untilMs: 50_000, pod: '^ms-inference', how }] }),
    // by thresholds one replica would do, so that a decision that took silence for idleness would show
    { policy: thresholds('40s') },
  );
  const product = await story.start();
  await story.advance(18);
  expect(await product.desired()).toEqual([`${decode}/A100=3`]);
  expect(story.condition(a100, 'Ready')).toContain('True Deciding: 3 replicas desired, 3 there');

  // the fault begins after 20 s; a cycle is 2 s, and a pod has 3 s to answer
  await story.advance(8);
  expect(story.clock.now() - noonMs).toBeLessThan(27_000);
  expect(story.condition(a100, 'MetricsAvailable')).toMatch(new RegExp(`^False MetricsMissing: 0 of 3 ready pods report KV cache use and queue \\(${why}: `));
  expect(story.condition(a100, 'Ready')).toMatch(/^False Holding: 3 replicas desired, 3 there; the last decision is held\. /);
  expect((await product.metric('wva_desired_replicas_held')).map(({ value }) => value)).toEqual([1]);
  expect(story.events().map(({ type, reason }) => `${type} ${reason}`)).toEqual(['Warning MetricsMissing']);
  expect(product.log.filter(({ level, message }) => level === 'warn' && message.startsWith(`The metrics of pod ${namespace}/${decode}`)).length).toBe(3);

  // beyond the 40 s after which fewer would have been desired
  await story.advance(22);
  expect(await product.desired()).toEqual([`${decode}/A100=3`]);
  expect(story.replicas(decode)).toBe(3);
  expect(product.seen.filter((text) => text !== '')).toEqual([`${decode}/A100=3`]);

  await story.advance(8);
  expect(story.condition(a100, 'MetricsAvailable')).toMatch(/^True MetricsFound: /);
  expect(story.condition(a100, 'Ready')).toMatch(/^True Deciding/);
  expect((await product.metric('wva_desired_replicas_held')).map(({ value }) => value)).toEqual([0]);
  await story.advance(100);
  expect(await product.desired()).toEqual([`${decode}/A100=1`]);
});

it('one silent pod of three keeps the others from being removed', async () => {
  story = tell(
    scenarioOf([workload('StatefulSet', decode, 3), variant(a100, {}, { kind: 'StatefulSet' })], { faults: [{ kind: 'metrics-page', atMs: 0, untilMs: 60_000, pod: '-1$', how: 'refuses' }] }),
    // two would do by thresholds, and soon
    { policy: thresholds() },
  );
  const product = await story.start();
  await story.advance(40);
  expect(story.condition(a100, 'MetricsAvailable')).toContain(`True MetricsPartial: 2 of 3 ready pods report KV cache use and queue; nothing is removed until all do. Silent: ${decode}-1.`);
  expect(await product.desired()).toEqual([`${decode}/A100=3`]);
  await story.advance(50);
  expect(await product.desired()).toEqual([`${decode}/A100=2`]);
});
