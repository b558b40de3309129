import type { Policy, VariantMemory } from '../../model/index.ts';
import type { Draft } from '../draft.ts';
import { replicas, step } from '../trail.ts';
import { mostRemoved } from './most.ts';

type Window = VariantMemory['recommendations'];

/**
 * Fewer replicas only after fewer have been recommended for the whole window: what counts is the highest of the
 * recommendations within it, as in the HorizontalPodAutoscaler. A variant that is new to us begins with
 * what was decided of it before, which may be less than it still has: an autoscaler that is on its way down must not be called back
 * by a restart of the controller. Where nothing was decided it begins with what it has.
 */
export function stabilize(draft: Draft, policy: Policy, nowMs: number): Draft {
  const window = windowWith(draft, nowMs);
  if (draft.held || draft.trail.steps[0]?.reason === 'TargetAtZero') return { ...draft, window };
  let highest = 0;
  for (const past of window) highest = Math.max(highest, past.replicas);
  if (highest <= draft.trail.at) return { ...draft, window };
  const seconds = Math.round((draft.holdMs ?? policy.scaleDownStabilizationMs) / 1000);
  return { ...draft, window, trail: step(draft.trail, highest, 'ScaleDownStabilized', () => `${replicas(highest)} were recommended within the last ${seconds} s.`) };
}

/** No more than a share of what there is goes at a time, and at least one replica: what was wrong with a removal shows before the next. */
export function limitRemoval(draft: Draft, policy: Policy): Draft {
  const { current } = draft.subject.supply;
  const share = mostRemoved(current, policy);
  if (draft.held || draft.holdMs === undefined || draft.trail.at >= current - share) return draft;
  return { ...draft, trail: step(draft.trail, current - share, 'ScaleDownLimited', () => `At most ${Math.round(policy.scaleDownMaxFraction * 100)} % of ${replicas(current)} are removed at a time.`) };
}

/** The window with this decision's recommendation in it. Older ones that a later one reaches can never count again and are dropped. */
function windowWith({ subject, recommendation, holdMs = subject.policy.scaleDownStabilizationMs }: Draft, nowMs: number): Window {
  const { recalled, supply } = subject;
  const before = recalled.recommendations.length > 0 ? recalled.recommendations : [{ atMs: nowMs, replicas: recalled.desired ?? supply.current }];
  const window = before.filter(({ atMs, replicas: past }) => nowMs - atMs < holdMs && past > recommendation);
  window.push({ atMs: nowMs, replicas: recommendation });
  return window;
}
