import { afterEach, expect, it } from 'vitest';
import { AssertionFailure } from '../../src/base/index.ts';
import { autoscaler, decode, load, namespace, scenarioOf, tell, thresholds, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
const external = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/wva_desired_replicas`;
const election = { leaderElect: true, leaderElectionLeaseDuration: '6s', leaderElectionRenewDeadline: '4s', leaderElectionRetryPeriod: '1s' };
let story: Story;

afterEach(() => story.end());

function items(text: string): string[] {
  return (JSON.parse(text) as { items: { value: string }[] }).items.map(({ value }) => value);
}

it('after a restart nothing is served before it is known, then what status said, then decisions; never more', async () => {
  // by thresholds, so that the number of before has gone down to one within the minute
  story = tell(scenarioOf([workload('Deployment', decode, 1), variant(a100), autoscaler()], { traffic: load([36, 12, 12], [600, 2, 2]) }), { policy: thresholds() });
  const first = await story.start('first');
  await story.advance(40);
  const told = story.statusDesired(a100);
  expect(told).toBeGreaterThanOrEqual(3);
  expect(await first.desired()).toEqual([`${decode}/A100=${told}`]);
  await first.stop();

  // the API server is slow: a controller that knows nothing yet says nothing
  story.world.apiServer.setFaults(() => ({ delayMs: 3000 }));
  const second = await story.start('second');
  await story.advance(1);
  expect((await second.get('/metrics')).text).not.toContain('target_name=');
  expect((await second.get(external)).status).toBe(503);
  story.world.apiServer.setFaults(undefined);
  await story.advance(60);
  const shown = second.seen.filter((text) => text !== '');
  expect(shown[0]).toBe(`${decode}/A100=${told}`);
  expect(second.records[0]?.decisions).toMatchObject([{ previous: told }]);
  for (const text of shown) expect(Number(text.split('=')[1])).toBeLessThanOrEqual(told ?? 0);
  expect(await second.desired()).toEqual([`${decode}/A100=1`]);
});

it('of two controllers one leads, the other answers what status says, and takes over without a higher number', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 3), variant(a100, { minReplicas: 3 }), autoscaler()]));
  const first = await story.start('first', election);
  await story.advance(5);
  const second = await story.start('second', election);
  // longer than the minute after which a follower that hears nothing would fall silent
  await story.advance(90);
  expect(await first.desired()).toEqual([`${decode}/A100=3`]);
  expect((await first.metric('wva_leader'))[0]?.value).toBe(1);
  expect((await second.metric('wva_leader'))[0]?.value).toBe(0);
  expect((await second.get('/metrics')).text).not.toContain('target_name=');
  expect(items((await second.get(external)).text)).toEqual(['3']);
  expect(second.records).toEqual([]);
  const lately = async (product: typeof first): Promise<unknown> => JSON.parse((await product.get('/debug/decisions')).text);
  expect(await lately(first)).toMatchObject({ leading: true, variants: [{ variant: `${namespace}/${a100}`, decisions: expect.arrayContaining([expect.objectContaining({ to: 3 })]) as unknown }] });
  expect(await lately(second)).toMatchObject({ leading: false, note: expect.stringContaining('does not lead') as unknown, variants: [] });

  await first.stop();
  await story.advance(10);
  expect((await second.metric('wva_leader'))[0]?.value).toBe(1);
  expect(second.seen).toEqual(['', `${decode}/A100=3`]);
  expect(story.replicas(decode)).toBe(3);
  expect(second.records.length).toBeGreaterThan(2);
});

it('a mistake of its own ends the controller and all that it began, and gives the lease free', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 3), variant(a100), variant('early', {}, { name: 'not-yet' })]));
  const flawed = await story.start('flawed', election, ({ atMs }) => {
    if (atMs > Date.UTC(2026, 0, 1, 12) + 10_000) throw new AssertionFailure('Two and two are five.');
  });
  await story.advance(15);
  expect(flawed.hasEnded).toBe(true);
  // the missing target would be asked for by whatever part goes on
  const requests: string[] = [];
  story.world.apiServer.setFaults(({ method, path }) => {
    requests.push(`${method} ${path}`);
    return undefined;
  });
  await story.advance(90);
  expect(requests).toEqual([]);
  await expect(flawed.stop()).rejects.toThrow('Two and two are five.');
  const next = await story.start('next', election);
  await story.advance(5);
  expect(await next.desired()).toEqual([`${decode}/A100=${story.statusDesired(a100)}`]);
});
