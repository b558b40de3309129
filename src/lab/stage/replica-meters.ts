import { isActive, isReady } from './pod.ts';
import type { Pod } from './pod.ts';
import type { StageVariant } from './policy-stage.ts';

/** How many pods of one variant are in which state. */
export interface PodCounts {
  /** Hold accelerators and cost: starting, ready and draining. */
  held: number;
  /** Held and not draining. */
  provisioned: number;
  ready: number;
  starting: number;
  draining: number;
}

/** Pods over time: what they cost, and how many there were at most. */
export interface ReplicaMeters {
  /** Counts the time since the last call at the present states. */
  settle(): void;
  /** Milliseconds × pods. */
  readonly heldMs: ReadonlyMap<string, number>;
  readonly provisionedMs: ReadonlyMap<string, number>;
  /** Of the models, and of all together (`undefined`). */
  peak(model?: number): number;
}

export function countPods(pods: readonly Pod[]): PodCounts {
  const counts: PodCounts = { held: 0, provisioned: 0, ready: 0, starting: 0, draining: 0 };
  for (const pod of pods) {
    if (pod.scheduledAtMs === undefined || pod.lostAtMs !== undefined) continue;
    counts.held += 1;
    if (!isActive(pod)) counts.draining += 1;
    else {
      counts.provisioned += 1;
      if (isReady(pod)) counts.ready += 1;
      else counts.starting += 1;
    }
  }
  return counts;
}

export function createReplicaMeters(variants: readonly (StageVariant & { readonly modelIndex: number })[], podsOf: (variant: string) => readonly Pod[], now: () => number): ReplicaMeters {
  const heldMs = new Map(variants.map(({ key }) => [key, 0]));
  const provisionedMs = new Map(heldMs);
  const peaks = new Map<number | undefined, number>();
  let settledAtMs = now();

  return {
    heldMs,
    provisionedMs,
    peak: (model) => peaks.get(model) ?? 0,
    settle() {
      const passedMs = now() - settledAtMs;
      if (passedMs <= 0) return;
      settledAtMs = now();
      const present = new Map<number | undefined, number>();
      for (const { key, modelIndex } of variants) {
        const { held, provisioned } = countPods(podsOf(key));
        heldMs.set(key, (heldMs.get(key) ?? 0) + held * passedMs);
        provisionedMs.set(key, (provisionedMs.get(key) ?? 0) + provisioned * passedMs);
        for (const whose of [modelIndex, undefined]) present.set(whose, (present.get(whose) ?? 0) + provisioned);
      }
      for (const [whose, count] of present) peaks.set(whose, Math.max(peaks.get(whose) ?? 0, count));
    },
  };
}
