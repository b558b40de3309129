import { describe, expect, it } from 'vitest';
import { decideOnce, decisionAbout, immediate, noonMs, sceneOf, times, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { days } from '../../base/index.ts';
import { emptyMemory, policySetOf, type Policy, type PolicySet, type ScheduledBounds } from '../../model/index.ts';
import { planEmission, seriesFromStatus } from '../index.ts';

const percent: Policy = { ...immediate, analyzer: 'percent' };
const busy = { kv: 0.75, queue: 0 };
const idle = { kv: 0, queue: 0 };
const last = (replicas: number): Pick<VariantSketch, 'lastDesired'> => ({ lastDesired: { replicas, atMs: noonMs - 60_000, accelerator: 'A100' } });

function toldOf(sketch: Partial<VariantSketch>, policy: Partial<Policy> | PolicySet, nowMs = noonMs): string[] {
  const set = 'global' in policy ? policy : policySetOf({ ...percent, ...policy });
  return decisionAbout(decideOnce([{ name: 'v', replicas: times(4, idle), ...sketch }], set, emptyMemory, nowMs), 'v').trail.map(({ from, to, reason, sentence }) => `${from} -> ${to} ${reason}: ${sentence}`);
}

describe('the mode', () => {
  it('pausedDown removes nothing that was decided last, and says so', () => {
    expect(toldOf(last(5), { mode: 'pausedDown' }).at(-1)).toBe("3 -> 5 PausedDown: The policy's mode is pausedDown, so nothing is removed from the 5 replicas decided last.");
    expect(toldOf({}, { mode: 'pausedDown' }).at(-1)).toBe("3 -> 4 PausedDown: The policy's mode is pausedDown, so nothing is removed from the 4 replicas there.");
  });

  it('pausedDown may grow', () => {
    expect(toldOf({ replicas: times(2, busy), ...last(2) }, { mode: 'pausedDown' }).at(-1)).toMatch(/^2 -> 3 Demand/);
  });

  it('pausedDown goes no higher than maxReplicas', () => {
    expect(toldOf({ ...last(5), max: 4 }, { mode: 'pausedDown' }).at(-1)).toBe('5 -> 4 LoweredToMaxReplicas: maxReplicas is 4.');
  });

  it('comes from the layer that says it, and the resource has the last word', () => {
    const paused = { ...policySetOf(percent), models: { 'llama#prod': { mode: 'paused' as const } } };
    expect(toldOf(last(4), paused)[0]).toBe("4 -> 4 Paused: The policy's mode is paused: the last decision, 4 replicas, stays.");
    expect(toldOf({ ...last(4), namespace: 'other' }, paused)[0]).toMatch(/^4 -> 1 Demand/);
    expect(toldOf({ ...last(4), mode: 'act' }, paused)[0]).toMatch(/^4 -> 1 Demand/);
  });

  it('recommend in the policy serves nothing, before the first decision and after it', () => {
    const scene = sceneOf([{ name: 'v', replicas: times(2, busy), ...last(2) }]);
    const recommending = policySetOf({ ...percent, mode: 'recommend' });
    const { decisions } = decideOnce([{ name: 'v', replicas: times(2, busy), ...last(2) }], recommending);
    expect(decisions[0]).toMatchObject({ desired: 3, variant: { mode: 'recommend' } });
    expect(decisions[0]?.conditions[0]?.message).toBe("The policy's mode is recommend: 3 replicas desired, 2 there, and nothing follows the decision.");
    expect(planEmission(scene, decisions, emptyMemory, noonMs).series).toEqual([]);
    expect(seriesFromStatus(scene.variants, recommending)).toEqual([]);
    expect(seriesFromStatus(scene.variants, policySetOf(percent))).toHaveLength(1);
  });
});

describe('a schedule', () => {
  const office: ScheduledBounds = { name: 'office hours', days, fromMinute: 480, toMinute: 1080, timeZone: 'UTC', minReplicas: 6 };
  const nightMs = noonMs + 10 * 3_600_000;

  it('raises to its minimum while it holds, and the trail names it', () => {
    expect(toldOf({}, { schedule: [office] }).at(-1)).toBe('4 -> 6 RaisedToMinReplicas: minReplicas is 6 by schedule: office hours (daily 08:00-18:00 UTC).');
    expect(toldOf({}, { schedule: [office] }, nightMs).at(-1)).toMatch(/^1 -> 3 ScaleDownLimited/);
  });

  it('stands in for the bounds of the resource, also where it allows more or asks for less', () => {
    expect(toldOf({ min: 4 }, { schedule: [{ ...office, minReplicas: 1 }] }).at(-1)).toMatch(/^1 -> 3 ScaleDownLimited/);
    expect(toldOf({ replicas: times(2, busy), max: 2 }, { schedule: [{ ...office, minReplicas: 0, maxReplicas: 5 }] }).at(-1)).toMatch(/^2 -> 3 Demand/);
    expect(toldOf({ replicas: times(2, busy) }, { schedule: [{ ...office, minReplicas: 0, maxReplicas: 1 }] }).at(-1)).toBe('2 -> 1 LoweredToMaxReplicas: maxReplicas is 1 by schedule: office hours (daily 08:00-18:00 UTC).');
  });

  it('does not go over the maximum of the resource when it has none of its own', () => {
    expect(toldOf({ max: 5 }, { schedule: [office] }).at(-1)).toBe('4 -> 5 RaisedToMinReplicas: minReplicas is 5 by schedule: office hours (daily 08:00-18:00 UTC); the schedule asks for 6, and maxReplicas is 5.');
  });

  it('of a maximum alone brings the minimum of the resource down with it', () => {
    const { minReplicas: _, ...free } = office;
    expect(toldOf({ min: 4, replicas: times(4, busy) }, { schedule: [{ ...free, maxReplicas: 2 }] }).at(-1)).toMatch(/-> 2 LoweredToMaxReplicas/);
  });

  it('holds while metrics are missing, too', () => {
    expect(toldOf({ replicas: times(2, {}) }, { schedule: [office] }).at(-1)).toMatch(/^2 -> 6 RaisedToMinReplicas/);
  });
});
