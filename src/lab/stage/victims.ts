import { compareText } from '../../base/index.ts';
import { isReady } from './pod.ts';
import type { Pod } from './pod.ts';

/**
 * The order in which a ReplicaSet gives up pods: without a node first, then not ready, then those that became ready last. Ages
 * count in powers of two of nanoseconds (feature LogarithmicScaleDown, on since Kubernetes 1.22), so among pods of like age it is chance: the UID.
 * Pod deletion costs are never set here, and pods of one variant are never on one node.
 */
export function leastWorthKeeping(nowMs: number): (a: Pod, b: Pod) => number {
  return (a, b) => {
    const byStage = stage(a) - stage(b);
    if (byStage !== 0) return byStage;
    const [timeA, timeB] = isReady(a) ? [a.readySinceMs ?? 0, b.readySinceMs ?? 0] : [a.createdAtMs, b.createdAtMs];
    const byAge = timeA === timeB ? 0 : ageRank(nowMs - timeA) - ageRank(nowMs - timeB);
    return byAge === 0 ? compareText(a.uid, b.uid) : byAge;
  };
}

function stage(pod: Pod): number {
  if (pod.scheduledAtMs === undefined) return 0;
  return isReady(pod) ? 2 : 1;
}

function ageRank(ageMs: number): number {
  return ageMs > 0 ? Math.trunc(Math.log2(ageMs * 1e6)) : -1;
}
