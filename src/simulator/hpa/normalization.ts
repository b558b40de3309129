import { sum } from '../../base/index.ts';
import type { CompleteRules } from './behavior.ts';

/** What the autoscaler remembers about one object between syncs. */
export interface AutoscalerMemory {
  readonly recommendations: readonly { readonly atMs: number; readonly replicas: number }[];
  readonly ups: readonly ScaleEvent[];
  readonly downs: readonly ScaleEvent[];
}

export interface ScaleEvent {
  readonly atMs: number;
  /** Replicas added (in `ups`) or removed (in `downs`); never negative. */
  readonly change: number;
}

export interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

export interface Bounds {
  readonly current: number;
  readonly min: number;
  readonly max: number;
}

const withinRange = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };
const tooMany = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const tooFew = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };
const upTooFast = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' };
const downTooFast = { reason: 'ScaleDownLimit', message: 'the desired replica count is decreasing faster than the maximum scale rate' };

/**
 * Holds the current count between the lowest recommendation of the scale-up window and the highest of the scale-down
 * window, this one included. A recommendation exactly as old as a window is outside it.
 */
export function stabilize(
  memory: AutoscalerMemory,
  current: number,
  recommended: number,
  up: CompleteRules,
  down: CompleteRules,
  nowMs: number,
): number {
  let lowest = recommended;
  let highest = recommended;
  for (const { atMs, replicas } of memory.recommendations) {
    if (atMs > nowMs - up.stabilizationMs) lowest = Math.min(lowest, replicas);
    if (atMs > nowMs - down.stabilizationMs) highest = Math.max(highest, replicas);
  }
  return Math.min(Math.max(current, lowest), highest);
}

/** Without `behavior`: the highest recommendation of the controller's window. Here the window's edge counts as inside. */
export function stabilizeWithoutBehavior(memory: AutoscalerMemory, recommended: number, windowMs: number, nowMs: number): number {
  const recent = memory.recommendations.filter(({ atMs }) => atMs >= nowMs - windowMs);
  return Math.max(recommended, ...recent.map(({ replicas }) => replicas));
}

/** Without `behavior`: between min and max, and never more than double (or 4) at once. */
export function limitWithoutBehavior(bounds: Bounds, desired: number): Limited {
  const fastest = Math.max(2 * bounds.current, 4);
  if (desired < bounds.min) return { replicas: bounds.min, ...tooFew };
  if (bounds.max > fastest && desired > fastest) return { replicas: fastest, ...upTooFast };
  if (desired > bounds.max) return { replicas: bounds.max, ...tooMany };
  return { replicas: desired, ...withinRange };
}

/** With `behavior`: what the policies allow in their periods, then min and max. */
export function limitWithBehavior(
  bounds: Bounds,
  desired: number,
  memory: AutoscalerMemory,
  up: CompleteRules,
  down: CompleteRules,
  nowMs: number,
): Limited {
  const { current, min, max } = bounds;
  if (desired > current) {
    const fastest = Math.max(current, policyLimit('up', current, up, memory, nowMs));
    const most = Math.min(max, fastest);
    if (desired > most) return { replicas: most, ...(max > fastest ? upTooFast : tooMany) };
  } else if (desired < current) {
    const fastest = Math.min(current, policyLimit('down', current, down, memory, nowMs));
    const least = Math.max(min, fastest);
    if (desired < least) return { replicas: least, ...(min < fastest ? downTooFast : tooFew) };
  }
  return { replicas: desired, ...withinRange };
}

function policyLimit(direction: 'up' | 'down', current: number, rules: CompleteRules, memory: AutoscalerMemory, nowMs: number): number {
  if (rules.selectPolicy === 'Disabled') return current;
  const limits = rules.policies.map(({ type, value, periodSeconds }) => {
    const sinceMs = nowMs - periodSeconds * 1000;
    const atStart = current - changed(memory.ups, sinceMs) + changed(memory.downs, sinceMs);
    if (type === 'Pods') return direction === 'up' ? atStart + value : atStart - value;
    // percentages round so that a small one can still move: up to the next whole replica, down toward zero
    return direction === 'up' ? Math.ceil(atStart * (1 + value / 100)) : Math.trunc(atStart * (1 - value / 100));
  });
  const widest = (direction === 'up') === (rules.selectPolicy === 'Max');
  return widest ? Math.max(...limits) : Math.min(...limits);
}

function changed(events: readonly ScaleEvent[], sinceMs: number): number {
  return sum(events.filter(({ atMs }) => atMs > sinceMs).map(({ change }) => change));
}

/** Memory with one more recommendation; what no window can see any more is forgotten. */
export function rememberRecommendation(memory: AutoscalerMemory, replicas: number, windowMs: number, nowMs: number): AutoscalerMemory {
  const kept = memory.recommendations.filter(({ atMs }) => atMs >= nowMs - windowMs);
  return { ...memory, recommendations: [...kept, { atMs: nowMs, replicas }] };
}

/** Memory with one more change of size; periods are at most 1800 s by validation. */
export function rememberScaling(memory: AutoscalerMemory, from: number, to: number, nowMs: number): AutoscalerMemory {
  const recent = (events: readonly ScaleEvent[]): readonly ScaleEvent[] => events.filter(({ atMs }) => atMs >= nowMs - 1_800_000);
  const event = { atMs: nowMs, change: Math.abs(to - from) };
  return to > from
    ? { ...memory, ups: [...recent(memory.ups), event] }
    : { ...memory, downs: [...recent(memory.downs), event] };
}
