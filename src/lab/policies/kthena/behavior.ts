import { clamp } from '../../../base/index.ts';
import { createHeldValues } from './held-values.ts';
import { createSlidingWindow } from '../sliding-window.ts';

/** `spec.behavior` of an AutoscalingPolicy. */
export interface KthenaBehavior {
  readonly upWindowMs: number;
  readonly upPeriodMs: number;
  readonly upInstances: number;
  readonly upPercent: number;
  readonly downWindowMs: number;
  readonly downPeriodMs: number;
  readonly downInstances: number;
  readonly downPercent: number;
  readonly panicThresholdPercent: number;
  readonly panicHoldMs: number;
}

export interface Steadied {
  readonly replicas: number;
  readonly panics: boolean;
}

/**
 * What becomes of a recommendation: in a panic it is taken at once and never lowers anything, otherwise the lowest (up) or highest (down)
 * of a window counts, and a step is no larger than both the number and the percentage of a period allow (whichever is larger).
 */
export function createBehavior(behavior: KthenaBehavior): (nowMs: number, current: number, recommended: number, minReplicas: number, maxReplicas: number) => Steadied {
  const forUp = createSlidingWindow(behavior.upWindowMs);
  const forDown = createSlidingWindow(behavior.downWindowMs);
  const held = createHeldValues(Math.max(behavior.upPeriodMs, behavior.downPeriodMs));
  let panicUntilMs = -Infinity;

  function up(nowMs: number, current: number, recommended: number): number {
    const steady = behavior.upWindowMs === 0 ? recommended : Math.min(recommended, forUp.lowest(nowMs) ?? recommended);
    if (behavior.upPeriodMs === 0) return Math.max(current, steady);
    const past = Math.min(current, held.lowest(nowMs, behavior.upPeriodMs) ?? current);
    return Math.max(current, Math.min(steady, past + Math.max(behavior.upInstances, Math.trunc((past * behavior.upPercent) / 100))));
  }

  function down(nowMs: number, current: number, recommended: number): number {
    const steady = behavior.downWindowMs === 0 ? recommended : Math.max(recommended, forDown.highest(nowMs) ?? recommended);
    if (behavior.downPeriodMs === 0) return Math.min(current, steady);
    const past = Math.max(current, held.highest(nowMs, behavior.downPeriodMs) ?? current);
    return Math.min(current, Math.max(steady, past - Math.max(behavior.downInstances, Math.trunc((past * behavior.downPercent) / 100))));
  }

  return (nowMs, current, recommended, minReplicas, maxReplicas) => {
    if (behavior.panicHoldMs > 0 && recommended * 100 >= current * behavior.panicThresholdPercent) panicUntilMs = nowMs + behavior.panicHoldMs;
    const panics = nowMs <= panicUntilMs;
    const taken = panics ? Math.max(recommended, current) : recommended > current ? up(nowMs, current, recommended) : down(nowMs, current, recommended);
    const replicas = clamp(taken, minReplicas, maxReplicas);
    forUp.add(nowMs, recommended);
    forDown.add(nowMs, recommended);
    held.set(nowMs, replicas);
    return { replicas, panics };
  };
}
