import { describe, expect, it } from 'vitest';
import { chat, createFleet, server } from '../../../test/support/decide/fleet.ts';
import type { ReplicaSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, type Decision, type Observation, type Policy } from '../../model/index.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };
const hung: ReplicaSketch = { state: 'starting', podAgeMs: 1_500_000 };
const young: ReplicaSketch = { state: 'starting', podAgeMs: 20_000 };

/** Four replicas that serve what four are needed for, with more that do not. */
function beside(more: readonly ReplicaSketch[], { minNow = 4, rate = 19, kind = 'Deployment' }: { readonly minNow?: number; readonly rate?: number; readonly kind?: string } = {}): Decision {
  const look = (scene: Observation): Observation => ({ ...scene, variants: scene.variants.map((seen) => ({ ...seen, variant: { ...seen.variant, target: { ...seen.variant.target, kind } } })) });
  const fleet = createFleet([{ name: 'v', server, replicas: 4, sketch: { min: 4, max: 8 } }], policy, chat, look);
  for (let cycle = 0; cycle < 40; cycle++) fleet.step(19);
  const [decision] = fleet.step(rate, (sketches) => sketches.map((one) => ({ ...one, min: minNow, current: 4 + more.length, replicas: [...one.replicas, ...more] })));
  if (decision === undefined) throw new Error('Nothing was decided.');
  return decision;
}

describe('pods that never become ready', () => {
  it('are not asked for any longer once the load is carried without them', () => {
    const { desired, reason, trail } = beside([hung, hung]);
    expect([desired, reason]).toEqual([4, 'GivenUpUnready']);
    expect(trail.at(-1)).toMatchObject({ from: 6, to: 4, sentence: '2 replicas of 6 have not become ready for far longer than others take, and the load is carried without; pods that are not ready go first.' });
  });

  it.each<[string, Parameters<typeof beside>]>([
    ['another pod is starting, which might go in their place', [[hung, young]]],
    ['the load is not carried without them', [[hung], { rate: 60 }]],
    ['its kind removes the last pod, whatever it does', [[hung], { kind: 'StatefulSet' }]],
    ['they have hardly begun', [[young]]],
  ])('stay while %s', (_, args) => {
    const { trail, current, desired } = beside(...args);
    expect(trail.map(({ reason }) => reason)).not.toContain('GivenUpUnready');
    expect(desired).toBeGreaterThanOrEqual(current);
  });

  it('stay where the minimum asks for them', () => {
    expect(beside([hung], { minNow: 5 })).toMatchObject({ desired: 5, reason: 'RaisedToMinReplicas' });
  });
});
