import { afterEach, expect, it } from 'vitest';
import { freshValue } from '../../src/model/index.ts';
import type { Scenario } from '../../src/simulator/index.ts';
import { autoscaler, decode, load, model, namespace, router, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

const routed = (traffic: Scenario['traffic']): Scenario['traffic'] => traffic.map((one) => ({ ...one, router: { deployment: 'epp', flowControl: true } }));

it('a router is found without configuration, and says what arrives, waits and runs', async () => {
  story = tell(scenarioOf([router('epp'), workload('Deployment', decode, 2), variant('chat'), autoscaler()], { traffic: routed(load([600, 6, 6])) }));
  const { records, log } = await story.start('controller', { interval: '5s' });
  await story.advance(90);
  const { models, problems } = records.at(-1)?.observation ?? {};
  expect(problems).toEqual([]);
  expect(models?.map(({ namespace: where, modelID }) => `${where}/${modelID}`)).toEqual([`${namespace}/${model}`]);
  const [seen] = models ?? [];
  if (!seen) throw new Error('There is no model.');
  const { router: said, latency } = seen;
  // 360 requests a minute, which chance makes 19 more or fewer
  expect(Math.abs((freshValue(said.arrivalsPerSecond) ?? 0) - 6)).toBeLessThan(1);
  expect(Math.abs((freshValue(said.recentArrivalsPerSecond) ?? 0) - 6)).toBeLessThan(2.5);
  expect(said.waiting).toMatchObject({ kind: 'fresh', value: 0 });
  expect(freshValue(said.running)).toBeGreaterThan(0);
  expect([latency.ttft.kind, latency.itl.kind]).toEqual(['fresh', 'fresh']);
  expect(log.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
});

it('requests that wait for a first replica are seen at the router, where no replica could tell of them', async () => {
  story = tell(scenarioOf([router('epp'), workload('Deployment', decode, 0), variant('chat', { minReplicas: 0 })], { traffic: routed(load([30, 0, 0], [600, 2, 2])) }));
  const { records } = await story.start('controller', { interval: '1s' });
  await story.advance(25);
  expect(records.at(-1)?.observation.models?.[0]?.router.waiting).toMatchObject({ kind: 'missing', why: 'NotReported' });
  await story.advance(20);
  const said = records.at(-1)?.observation.models?.[0]?.router;
  expect(freshValue(said?.waiting ?? { kind: 'missing', why: 'NotScraped' })).toBeGreaterThan(10);
  expect(freshValue(said?.arrivalsPerSecond ?? { kind: 'missing', why: 'NotScraped' })).toBeGreaterThan(0.5);
});
