import type { Engine } from '../../simulator/index.ts';
import type { StagePod, StageVariant } from './policy-stage.ts';

/** One pod, from the moment it is created until nothing of it is left. */
export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly variant: StageVariant;
  /** How many of its variant were created before it; its luck is drawn from this. */
  readonly ordinal: number;
  /** When `spec.replicas` asked for it; its start-up time counts from here. */
  readonly askedAtMs: number;
  readonly createdAtMs: number;
  /** Since when it holds accelerators, and costs. */
  scheduledAtMs?: number;
  readySinceMs?: number;
  terminatingSinceMs?: number;
  /** Its node is gone, and the API server does not know yet. */
  lostAtMs?: number;
  engine?: Engine;
  /** Ends what it waits for (scheduling, start-up, the end of its grace). */
  cancel?: () => void;
}

export function isActive(pod: Pod): boolean {
  return pod.terminatingSinceMs === undefined;
}

export function isReady(pod: Pod): boolean {
  return pod.readySinceMs !== undefined;
}

/** As the API server shows it. */
export function shown(pod: Pod): StagePod {
  return {
    name: pod.name,
    uid: pod.uid,
    createdAtMs: pod.createdAtMs,
    scheduled: pod.scheduledAtMs !== undefined,
    ...(pod.scheduledAtMs !== undefined && { scheduledAtMs: pod.scheduledAtMs }),
    ready: isReady(pod) && isActive(pod),
    ...(pod.readySinceMs !== undefined && { readySinceMs: pod.readySinceMs }),
    terminating: !isActive(pod),
  };
}
