/** A decision about a variant that has no status to hold it: one that an annotated autoscaler declares. */
export interface KeptDecision {
  /** Of the autoscaler. */
  readonly uid: string;
  /** `targetKey` of the variant when it was decided. */
  readonly target: string;
  readonly accelerator: string;
  readonly replicas: number;
  /** When `replicas` last became another number. */
  readonly atMs: number;
}

/** Kept decisions as text, the same for the same decisions in any order. */
export function writeKeptDecisions(decisions: readonly KeptDecision[]): string {
  const lines = decisions.map(({ uid, target, accelerator, replicas, atMs }) => JSON.stringify({ uid, target, accelerator, replicas, atMs }));
  return lines.toSorted().join('\n');
}

/** The decisions of a text; a line that is none is passed over: somebody else has written it. */
export function readKeptDecisions(text: string): KeptDecision[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value = JSON.parse(line) as Partial<KeptDecision> | null;
      return isKept(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}

function isKept(value: Partial<KeptDecision> | null): value is KeptDecision {
  if (typeof value?.uid !== 'string' || typeof value.target !== 'string' || typeof value.accelerator !== 'string') return false;
  return Number.isSafeInteger(value.replicas) && (value.replicas ?? -1) >= 0 && Number.isFinite(value.atMs);
}
