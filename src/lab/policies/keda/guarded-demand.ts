/**
 * The formula of the demand-aware overshoot guard: demand in replicas, less those that are on their way, and never so that a
 * pool shrinks while it grows. What comes out is read with target 1: ceil of it is what the HPA wants.
 */
export function guardedDemand(at: {
  /** Requests that wait in flow control. */
  readonly queued: number;
  /** Requests in servers. */
  readonly running: number;
  /** Pods that are not available yet. */
  readonly pending: number;
  /** Replicas that there are, available or not. */
  readonly replicas: number;
  readonly queuedPerReplica: number;
  readonly runningPerReplica: number;
}): number {
  const demand = Math.max(at.queued / at.queuedPerReplica, at.running / at.runningPerReplica);
  return demand <= at.replicas ? demand : Math.max(demand - at.pending, at.replicas);
}
