/** A Deployment that shares a pool's prefill backlog with others. */
export interface BacklogShare {
  readonly readyReplicas: number;
  /** Prompt tokens a second that one replica prefills. */
  readonly prefillVelocity: number;
}

/**
 * Seconds of prefill that one Deployment has before it: its part of the pool's backlog over what one replica gets through in a
 * second. A router that balances load keeps the wait equal, so the part goes by what each can do; while nobody is ready
 * all of it counts for everyone.
 *
 * @param backlogTokens Uncached prompt tokens that came and are not prefilled; `undefined` where the router says nothing, which reads as 0.
 */
export function prefillBacklogSeconds(backlogTokens: number | undefined, own: BacklogShare, all: readonly BacklogShare[]): number {
  if (backlogTokens === undefined) return 0;
  const pool = all.reduce((sum, { readyReplicas, prefillVelocity }) => sum + readyReplicas * prefillVelocity, 0);
  const part = pool === 0 ? 1 : (own.readyReplicas * own.prefillVelocity) / pool;
  return (backlogTokens * part) / own.prefillVelocity;
}

/**
 * Seconds of backlog that a replica may have: what TTFT leaves after the prompt's own prefill, and of that `share`, because the
 * signal is a mean and the SLO a tail. Never less than `floorSeconds`: below it every single prompt would ask for a pod.
 */
export function prefillThresholdSeconds(at: {
  readonly ttftSeconds: number;
  readonly promptTokens: number;
  readonly prefillVelocity: number;
  readonly share: number;
  readonly floorSeconds: number;
}): number {
  const { ttftSeconds, promptTokens, prefillVelocity, share, floorSeconds } = at;
  return Math.max(floorSeconds, share * (ttftSeconds - promptTokens / prefillVelocity));
}
