import { afterEach, expect, it } from 'vitest';
import { autoscaler, decode, load, namespace, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

const a100 = 'ms-inference-scheduling-a100';
let story: Story;

afterEach(() => story.end());

it('the load rises and falls, the decision follows it, and the autoscaler follows the decision', async () => {
  const traffic = load([20, 3, 3], [10, 3, 20], [20, 20, 20], [10, 20, 3], [40, 3, 3], [600, 0, 0]);
  story = tell(scenarioOf([workload('Deployment', decode, 1), variant(a100), autoscaler()], { traffic }));
  const product = await story.start();

  await story.advance(50);
  const [series, ...others] = await product.metric('wva_desired_replicas');
  expect(others).toEqual([]);
  expect(series?.labels).toEqual({ target_name: decode, target_kind: 'Deployment', namespace, accelerator_type: 'A100' });
  const top = series?.value ?? 0;
  expect(top).toBeGreaterThanOrEqual(4);
  expect(story.replicas(decode)).toBe(top);
  expect(story.condition(a100, 'Actuated')).toBe(
    `True MetricServed: wva_desired_replicas = ${top} is served at /metrics and through the external metrics API. HorizontalPodAutoscaler/${decode} targets the same object.`,
  );

  // nothing comes from 100 s on; with each look less is thought to come, and the last reserve goes two minutes later
  await story.advance(190);
  expect(await product.desired()).toEqual([`${decode}/A100=1`]);
  expect(story.replicas(decode)).toBe(1);
  expect(story.va(a100).status).toMatchObject({
    currentAlloc: { numReplicas: 1, readyReplicas: 1, accelerator: 'A100', variantCost: '4.00' },
    desiredOptimizedAlloc: { numReplicas: 1, accelerator: 'A100' },
    actuation: { applied: true, mode: 'metric' },
  });
  expect(story.condition(a100, 'Ready')).toBe('True Deciding: 1 replica desired, 1 there (Steady).');
  expect(story.condition(a100, 'MetricsAvailable')).toBe('True MetricsFound: 1 of 1 ready pods report KV cache use and queue.');

  for (const { decisions } of product.records) {
    for (const { trail, current, desired } of decisions) {
      expect(trail[0]?.from).toBe(current);
      expect(trail.at(-1)?.to).toBe(desired);
      for (const [index, step] of trail.entries()) if (index > 0) expect(step.from).toBe(trail[index - 1]?.to);
    }
  }
  const told = story.events();
  expect(told.some(({ reason, note }) => reason === 'ScaledUp' && /A100: \d -> \d, Demand\. The load is [\d.]+ requests\/s.*; a replica of \S+ sustains [\d.]+\/s with headroom/.test(note))).toBe(true);
  expect(told.some(({ reason, note }) => reason === 'ScaledDown' && /The load is [\d.]+ requests\/s.*, and is [\d.]+\/s at the most that is likely; a replica of \S+ sustains .*, so \d replicas? would do\./.test(note))).toBe(true);

  await story.advance(20);
  const [{ arrivals, completions, lost } = { arrivals: 0, completions: 0, lost: -1 }] = story.world.stats().traffic;
  expect({ lost, unanswered: arrivals - completions }).toEqual({ lost: 0, unanswered: 0 });
  expect(arrivals).toBeGreaterThan(500);
});

it('is answered through the external metrics API as the seed asks for it', async () => {
  story = tell(scenarioOf([workload('Deployment', decode, 2), variant(a100, { minReplicas: 2 }), autoscaler()]));
  const product = await story.start();
  await story.advance(10);
  const { status, text } = await product.get(`/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/wva_desired_replicas?labelSelector=target_name%3D${decode}%2Ctarget_kind%3DDeployment`);
  expect(status).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    kind: 'ExternalMetricValueList',
    items: [{ metricName: 'wva_desired_replicas', metricLabels: { target_name: decode, target_kind: 'Deployment', accelerator_type: 'A100' }, value: '2' }],
  });
});
