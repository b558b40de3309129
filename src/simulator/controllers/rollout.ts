import type { Workload } from '../../wire/index.ts';

/** What a Deployment says about replacing pods. */
export interface RollingLimits {
  readonly maxSurge: number;
  readonly maxUnavailable: number;
}

type IntOrPercent = number | string | undefined;

/** Surge rounds up and unavailability down; when both come to 0, one pod may be missing. */
export function rollingLimits(deployment: Workload): RollingLimits {
  const spec: { replicas?: number; strategy?: { rollingUpdate?: Partial<Record<keyof RollingLimits, IntOrPercent>> } } = deployment.spec ?? {};
  const replicas = spec.replicas ?? 1;
  const rolling = spec.strategy?.rollingUpdate;
  const maxSurge = resolve(rolling?.maxSurge ?? '25%', replicas, Math.ceil);
  const maxUnavailable = resolve(rolling?.maxUnavailable ?? '25%', replicas, Math.floor);
  return { maxSurge, maxUnavailable: maxSurge === 0 && maxUnavailable === 0 ? 1 : maxUnavailable };
}

function resolve(value: IntOrPercent, replicas: number, round: (value: number) => number): number {
  if (typeof value === 'number') return value;
  return round((Number.parseFloat(value ?? '0') / 100) * replicas);
}

/** Sizes of the ReplicaSets of one Deployment in a rolling update: the newest's, and those of the old ones in their order. */
export function nextSizes(
  replicas: number,
  limits: RollingLimits,
  newest: { readonly size: number; readonly available: number },
  old: readonly { readonly size: number; readonly available: number }[],
): { readonly newest: number; readonly old: readonly number[] } {
  const oldTotal = old.reduce((total, { size }) => total + size, 0);
  const room = Math.max(0, replicas + limits.maxSurge - (newest.size + oldTotal));
  const grown = newest.size >= replicas ? replicas : Math.min(replicas, newest.size + room);
  const leastAvailable = replicas - limits.maxUnavailable;
  const newUnavailable = grown - Math.min(grown, newest.available);
  let removable = Math.max(0, grown + oldTotal - leastAvailable - newUnavailable);
  const shrunk = old.map(({ size, available }) => {
    // pods that serve nobody go first and cost nothing
    const idle = Math.max(0, size - available);
    const remove = Math.min(size, Math.max(Math.min(idle, removable), removable));
    removable -= remove;
    return size - remove;
  });
  return { newest: grown, old: shrunk };
}
