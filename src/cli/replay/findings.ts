import type { CycleRecord, Decision } from '../../model/index.ts';
import type { createReplay, Difference, RecordHeader } from '../../record/index.ts';

export interface Place {
  readonly file: string;
  readonly line: number;
  readonly cycle?: number;
}

/** A cycle that came out otherwise. */
export interface DifferingCycle extends Place {
  readonly atMs: number;
  /** Where; the first of them. */
  readonly differences: readonly (Difference & { readonly variant?: string })[];
  readonly total: number;
}

/** Another number than there was, by another policy. */
export interface OtherNumber extends Place {
  readonly atMs: number;
  readonly variant: string;
  readonly recorded?: number;
  readonly decided?: number;
  readonly reason: string;
  readonly sentences: readonly string[];
}

/** What a replay came to. */
export interface Findings {
  readonly isWhatIf: boolean;
  readonly variant?: string;
  readonly headers: readonly RecordHeader[];
  readonly cycles: number;
  readonly decisions: number;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Cycles in which anything is another. */
  readonly differing: number;
  /** All differences of them. */
  readonly differences: number;
  readonly first: readonly DifferingCycle[];
  /** With another policy: decisions with another number, and how many replicas more and fewer they would have had, all cycles together. */
  readonly otherNumbers: number;
  readonly firstNumbers: readonly OtherNumber[];
  readonly replicasMore: number;
  readonly replicasFewer: number;
  readonly failures: readonly (Place & { readonly atMs: number; readonly why: string })[];
  readonly unreadable: readonly (Place & { readonly why: string })[];
  /** Files that end in the middle of a line: their writer was killed, or writes still. */
  readonly cut: readonly (Place & { readonly why: string })[];
}

type Again = ReturnType<ReturnType<typeof createReplay>>;

interface Tally {
  header(header: RecordHeader): void;
  unreadable(what: Place & { readonly why: string; readonly isEnd: boolean }): void;
  cycle(place: Place, record: CycleRecord, again: Again): void;
  cycles(): number;
  findings(): Findings;
}

/** Counts everything and keeps the first `most` of each kind, so that a record of a month fits in memory whatever is wrong with it. */
export function openTally({ variant, isWhatIf, most }: { readonly variant?: string; readonly isWhatIf: boolean; readonly most: number }): Tally {
  const headers: RecordHeader[] = [];
  const first: DifferingCycle[] = [];
  const firstNumbers: OtherNumber[] = [];
  const failures: Findings['failures'][number][] = [];
  const unreadable: Findings['unreadable'][number][] = [];
  const cut: Findings['cut'][number][] = [];
  const counts = { cycles: 0, decisions: 0, differing: 0, differences: 0, otherNumbers: 0, replicasMore: 0, replicasFewer: 0 };
  let fromMs: number | undefined;
  let toMs: number | undefined;
  let kept = 0;

  function compareNumbers(place: Place, { atMs, decisions: recorded }: CycleRecord, decided: readonly Decision[]): void {
    const were = new Map(recorded.map((decision) => [decision.variant.key, decision.desired]));
    for (const decision of decided) {
      const { key } = decision.variant;
      const was = were.get(key);
      if (decision.desired === was || (variant !== undefined && variant !== key)) continue;
      counts.otherNumbers++;
      counts.replicasMore += Math.max(0, (decision.desired ?? 0) - (was ?? 0));
      counts.replicasFewer += Math.max(0, (was ?? 0) - (decision.desired ?? 0));
      if (firstNumbers.length >= most) continue;
      firstNumbers.push({ ...place, atMs, variant: key, ...(was !== undefined && { recorded: was }), ...(decision.desired !== undefined && { decided: decision.desired }), reason: decision.reason, sentences: decision.trail.map(({ sentence }) => sentence) });
    }
  }

  return {
    header: (header) => void headers.push(header),
    unreadable: ({ isEnd, ...what }) => void (isEnd ? cut : unreadable).push(what),
    cycle(place, record, again) {
      const { atMs } = record;
      counts.cycles++;
      fromMs = Math.min(fromMs ?? atMs, atMs);
      toMs = Math.max(toMs ?? atMs, atMs);
      if (again.kind === 'failed') return void failures.push({ ...place, atMs, why: again.why });
      const { decisions, differences } = again;
      counts.decisions += variant === undefined ? decisions.length : decisions.filter((decision) => decision.variant.key === variant).length;
      if (isWhatIf) return compareNumbers(place, record, decisions);
      if (differences.length === 0) return;
      counts.differing++;
      counts.differences += differences.length;
      const shown = differences.slice(0, most - kept);
      kept += shown.length;
      if (shown.length > 0) first.push({ ...place, atMs, differences: shown.map((difference) => ({ ...difference, ...variantAt(difference.path, record) })), total: differences.length });
    },
    cycles: () => counts.cycles,
    findings: () => ({ isWhatIf, ...(variant !== undefined && { variant }), headers, ...counts, ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }), first, firstNumbers, failures, unreadable, cut }),
  };
}

/** Which variant a path with an index is about. */
function variantAt(path: string, { decisions, emission }: CycleRecord): { variant?: string } {
  const [, list, index] = /^(decisions|emission\.statuses)\[(\d+)\]/.exec(path) ?? [];
  const key = list === 'decisions' ? decisions[Number(index)]?.variant.key : list === undefined ? undefined : emission.statuses[Number(index)]?.resource.key;
  return key === undefined ? {} : { variant: key };
}
