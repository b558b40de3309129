/** What the reconciler knows of a service that may go to zero. Times in simulated milliseconds. */
export interface ZeroState {
  /** Since when it is active (it has been wanted), or inactive. */
  readonly active: boolean;
  readonly sinceMs: number;
  /** Since when the activator has stood in the path of requests; absent while it does not. */
  readonly proxySinceMs?: number;
}

/**
 * Whether a service that nobody wants any more goes to zero now: it is active for a stable window at least, then marked
 * inactive, and then the activator must have been in the path for the grace period, so that no request meets nothing.
 *
 * @returns Replicas, `undefined` to leave them as they are.
 */
export function towardsZero(at: {
  readonly wanted: number;
  readonly state: ZeroState;
  readonly nowMs: number;
  readonly stableWindowMs: number;
  readonly graceMs: number;
}): { readonly replicas: number | undefined; readonly state: ZeroState } {
  const { wanted, state, nowMs, stableWindowMs, graceMs } = at;
  if (wanted > 0) return { replicas: wanted, state: state.active ? state : { ...state, active: true, sinceMs: nowMs } };
  if (state.active) {
    if (nowMs - state.sinceMs < stableWindowMs) return { replicas: 1, state };
    return { replicas: undefined, state: { ...state, active: false, sinceMs: nowMs } };
  }
  const inactiveForMs = nowMs - state.sinceMs;
  const proxyForMs = state.proxySinceMs === undefined ? 0 : nowMs - state.proxySinceMs;
  return { replicas: inactiveForMs >= graceMs || proxyForMs >= graceMs ? 0 : undefined, state };
}

/** Whether the activator stands in the path: always at zero, else while what the pods can take falls short of a burst. */
export function activatorInPath(at: { readonly readyPods: number; readonly podConcurrency: number; readonly panic: number; readonly targetBurstCapacity: number }): boolean {
  const { readyPods, podConcurrency, panic, targetBurstCapacity } = at;
  if (readyPods === 0) return true;
  return targetBurstCapacity > 0 && Math.floor(readyPods * podConcurrency - targetBurstCapacity - panic) < 0;
}
