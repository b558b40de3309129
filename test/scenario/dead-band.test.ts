import { afterEach, expect, it } from 'vitest';
import { planHpa } from '../../src/cli/hpa/plan.ts';
import type { KubernetesObject } from '../../src/wire/index.ts';
import { autoscaler, decode, namespace, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let story: Story;

afterEach(() => story.end());

/** As `wva hpa` prints it for an API server of this release. */
function generated(): KubernetesObject {
  const plan = planHpa(`${namespace}/v`, { variantAutoscalings: [variant('v', { minReplicas: 12, maxReplicas: 16 })], horizontalPodAutoscalers: [], scaledObjects: [] }, 36);
  if (!plan.ok) throw new Error(plan.problem);
  return plan.hpa;
}

async function oneMoreThanTwelve(hpa: KubernetesObject): Promise<void> {
  story = tell(scenarioOf([workload('Deployment', decode, 12), variant('v', { minReplicas: 12, maxReplicas: 12 }), hpa]));
  await story.start();
  await story.advance(20);
  expect(story.replicas(decode)).toBe(12);
  story.edit('variantautoscalings', 'v', (va) => ({ ...va, spec: { ...va.spec, minReplicas: 13, maxReplicas: 13 } }));
  await story.advance(30);
  expect(story.statusDesired('v')).toBe(13);
}

it('one more than twelve does nothing to a plain HPA, and the resource says so', async () => {
  await oneMoreThanTwelve(autoscaler(decode, 'Deployment', 16));
  expect(story.replicas(decode)).toBe(12);
  expect(story.condition('v', 'Actuated')).toBe(
    'False DeadBand: wva_desired_replicas = 13 is served at /metrics and through the external metrics API. '
      + `HorizontalPodAutoscaler/${decode} will not follow 12 -> 13: it lets differences of up to 10 % be, so that 14 is the first number above 12 that it follows. `
      + 'Give its behavior scaleUp.tolerance "0" (Kubernetes 1.35 or later), or set spec.actuation to direct and delete it.',
  );
  expect(story.va('v').status?.actuation).toMatchObject({ applied: false });
  expect(story.events().filter(({ reason, type }) => reason === 'ScaledUp' && type === 'Warning').map(({ note }) => note.includes('will not follow 12 -> 13'))).toEqual([true]);

  // what is beyond the band is followed, and the condition is over
  story.edit('variantautoscalings', 'v', (va) => ({ ...va, spec: { ...va.spec, minReplicas: 14, maxReplicas: 14 } }));
  await story.advance(20);
  expect(story.replicas(decode)).toBe(14);
  expect(story.condition('v', 'Actuated')).toContain('True MetricServed');
});

it('the generated HPA follows one more than twelve, and one less', async () => {
  await oneMoreThanTwelve(generated());
  expect(story.replicas(decode)).toBe(13);
  expect(story.condition('v', 'Actuated')).toContain('True MetricServed');
  story.edit('variantautoscalings', 'v', (va) => ({ ...va, spec: { ...va.spec, minReplicas: 12, maxReplicas: 12 } }));
  await story.advance(20);
  expect(story.replicas(decode)).toBe(12);
});
