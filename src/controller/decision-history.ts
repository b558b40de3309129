import { clamp, compareText } from '../base/index.ts';
import { accountOf, type CycleRecord, type Decision, type PastDecision, type VariantAccount } from '../model/index.ts';

/** The last decisions, for whoever asks why. */
export interface DecisionHistory {
  /** Told of each whole cycle. */
  hear(record: CycleRecord): void;
  /** When the last cycle was decided; `undefined`: none has been. */
  lastMs(): number | undefined;
  /** Keys of all variants of the last cycle, in order. */
  variants(): readonly string[];
  /** Decisions of a variant that were news, and its latest, newest first. */
  decisions(key: string): readonly PastDecision[];
  /** `undefined`: the last cycle decided nothing about such a variant. */
  account(key: string): VariantAccount | undefined;
}

/** Kept of each variant; a decision that only says again what the one before said takes its place. */
const mostEach = 20;
/** Of all variants together: at a kilobyte each about ten megabytes, however many variants there are. */
const mostTogether = 10_000;

/**
 * Keeps the last cycle whole, and of those before what was news: another number, another reason, or another step. What has left the
 * cluster is forgotten.
 */
export function createDecisionHistory(): DecisionHistory {
  let last: CycleRecord | undefined;
  let kept: ReadonlyMap<string, readonly PastDecision[]> = new Map();
  const decisions = (key: string): readonly PastDecision[] => kept.get(key) ?? [];
  return {
    hear(record) {
      const most = clamp(Math.floor(mostTogether / Math.max(1, record.decisions.length)), 2, mostEach);
      kept = new Map(record.decisions.map((decision) => [decision.variant.key, withNext(decisions(decision.variant.key), pastOf(decision, record.atMs)).slice(0, most)]));
      last = record;
    },
    lastMs: () => last?.atMs,
    variants: () => [...kept.keys()].toSorted(compareText),
    decisions,
    account(key) {
      const account = last && accountOf(last, key);
      return account && { variant: key, decisions: decisions(key), account };
    },
  };
}

function withNext(before: readonly PastDecision[], next: PastDecision): readonly PastDecision[] {
  const [latest, ...older] = before;
  // what is said again and again is one entry, with the newest figures; one in which a number changed stays as it was
  return latest && latest.from === latest.to && saysTheSame(latest, next) ? [next, ...older] : [next, ...before];
}

function saysTheSame(a: PastDecision, b: PastDecision): boolean {
  return (
    a.from === b.from &&
    a.to === b.to &&
    a.held === b.held &&
    a.reason === b.reason &&
    a.trail.length === b.trail.length &&
    a.trail.every(({ from, to, reason }, index) => b.trail[index]?.reason === reason && b.trail[index].to - b.trail[index].from === to - from)
  );
}

function pastOf({ previous, desired, current, held, reason, trail }: Decision, atMs: number): PastDecision {
  return { atMs, ...(previous !== undefined && { from: previous }), ...(desired !== undefined && { to: desired }), current, held, reason, trail };
}
