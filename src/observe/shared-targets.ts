import { compareText } from '../base/index.ts';

/** What one variant of a shared target brings to the split. */
export interface Claim {
  readonly key: string;
  readonly accelerator: string;
  /** Replicas last desired of it; 0 when nothing was. */
  readonly wanted: number;
}

/** One pod of a shared target. */
export interface ClaimedPod {
  /** Terminating and finished pods belong to somebody, but they are no replicas any more. */
  readonly isLive: boolean;
}

export interface Share<P> {
  /** Replicas of `spec.replicas` that belong to the variant. */
  readonly replicas: number;
  readonly pods: readonly P[];
}

/**
 * Splits the pods and `replicas` (the target's `spec.replicas`) of one target between variants that differ
 * in their accelerator. Pods go where their node says. Pods without a node, or on one that fits nobody, go to
 * the variant that lacks most of what was last desired of it, and so do replicas that have no pod yet; where there are
 * more pods than replicas, the variant that has most beyond its desired count gives first. The shares
 * always add up to `replicas` exactly: an HPA adds up what the variants ask for, and a replica that was counted twice
 * would come back as one more, every time.
 * @param fit how specifically an accelerator describes the node that a pod runs on; 0 for not at all, or no node yet.
 */
export function splitTarget<P extends ClaimedPod>(claims: readonly Claim[], pods: readonly P[], replicas: number, fit: (pod: P, accelerator: string) => number): Map<string, Share<P>> {
  const [only] = claims;
  if (only && claims.length === 1) return new Map([[only.key, { replicas, pods }]]);
  const shares = claims
    .toSorted((a, b) => compareText(a.key, b.key))
    .map((claim) => ({ ...claim, replicas: 0, pods: [] as P[] }));
  const homeless: P[] = [];
  for (const pod of pods) {
    const owner = best(shares, ({ accelerator }) => fit(pod, accelerator));
    if (!owner || fit(pod, owner.accelerator) === 0) homeless.push(pod);
    else give(owner, pod);
  }
  const lack = (share: (typeof shares)[number]): number => share.wanted - share.replicas;
  for (const pod of homeless) {
    const owner = best(shares, lack);
    if (owner) give(owner, pod);
  }
  let rest = replicas - shares.reduce((total, share) => total + share.replicas, 0);
  // a count that nobody means (somebody's slip of a few zeros) is shared out in bulk, and not one by one
  const bulk = Math.max(0, Math.floor((rest - 10_000) / Math.max(1, shares.length)));
  for (const share of shares) share.replicas += bulk;
  rest -= bulk * shares.length;
  for (; rest > 0; rest--) {
    const share = best(shares, lack);
    if (!share) break;
    share.replicas++;
  }
  for (; rest < 0; rest++) {
    const share = best(
      shares.filter(({ replicas }) => replicas > 0),
      (candidate) => -lack(candidate),
    );
    if (!share) break;
    share.replicas--;
  }
  return new Map(shares.map(({ key, replicas, pods }) => [key, { replicas, pods }]));
}

function give<P extends ClaimedPod>(share: { replicas: number; pods: P[] }, pod: P): void {
  share.pods.push(pod);
  if (pod.isLive) share.replicas++;
}

/** The first of the highest. */
function best<T>(candidates: readonly T[], worth: (candidate: T) => number): T | undefined {
  let found: T | undefined;
  for (const candidate of candidates) if (found === undefined || worth(candidate) > worth(found)) found = candidate;
  return found;
}
