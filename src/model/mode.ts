/** What may be done with a decision about a variant. */
export const modes = [
  'act', // emit and, in direct actuation, write
  'recommend', // decide, show, change nothing in the cluster and serve no series
  'paused', // hold the current desired count
  'pausedDown', // never below the last decision; growing is allowed
] as const;
export type Mode = (typeof modes)[number];
