import { compareText } from '../../base/index.ts';
import type { Conclusion } from '../../decide/index.ts';
import type { Variant } from '../../model/index.ts';
import { MissModel, totalMisses, type Misses, type MissRules, type MissShare, type WorkMisses } from './misses.ts';
import { heaviest, Moments, type Moment } from './moments.ts';
import { Tally, together, type Account } from './tally.ts';

/** One change of what would have been desired, in words. */
export interface ReplayedDecision {
  readonly atMs: number;
  readonly variant: string;
  /** Absent in the first decision. */
  readonly from?: number;
  readonly to: number;
  /** Replicas that the target asked for at that time. */
  readonly actual: number;
  readonly held: boolean;
  readonly reason: string;
  readonly sentences: readonly string[];
}

export interface VariantLedger {
  readonly variant: string;
  readonly model: string;
  readonly accelerator: string;
  readonly costPerHour: number;
  /** What there was: what the target asked for. */
  readonly actual: Account;
  /** What would have been desired. */
  readonly decided: Account;
  /** Hours for which both are known, and of them those in which the decision was held for want of knowledge. */
  readonly knownHours: number;
  readonly heldHours: number;
  readonly differsHours: number;
}

/** What one policy would have made of a history. */
export interface Ledger {
  readonly variants: readonly VariantLedger[];
  readonly actual: Account;
  readonly decided: Account;
  readonly misses: Misses;
  /** The heaviest differences, heaviest first. */
  readonly moments: readonly Moment[];
}

/** The books of one policy about some of the variants. Variants that serve the same requests are in one part. */
export interface LedgerPart {
  readonly variants: readonly VariantLedger[];
  readonly works: readonly WorkMisses[];
  readonly moments: readonly Moment[];
}

/** The parts as one, the same to the last bit however the variants were parted: sums are made in the order of keys. */
export function joinLedgers(parts: readonly LedgerPart[]): Ledger {
  const variants = parts.flatMap((part) => part.variants).toSorted((a, b) => compareText(a.variant, b.variant));
  return {
    variants,
    actual: together(variants.map(({ actual }) => actual)),
    decided: together(variants.map(({ decided }) => decided)),
    misses: totalMisses(parts.flatMap(({ works }) => works)),
    moments: heaviest(parts.flatMap(({ moments }) => moments), 10),
  };
}

class Entry {
  readonly variant: Variant;
  readonly actual = new Tally();
  readonly decided = new Tally();
  readonly moments: Moments;
  readonly share: MissShare;
  knownHours = 0;
  heldHours = 0;
  differsHours = 0;

  constructor(variant: Variant, share: MissShare) {
    this.variant = variant;
    this.share = share;
    this.moments = new Moments(variant.key, variant.costPerHour);
  }

  pass(hours: number, held: boolean): void {
    const { actual, decided } = this;
    const { costPerHour } = this.variant;
    actual.pass(hours, costPerHour);
    decided.pass(hours, costPerHour);
    this.knownHours += hours;
    if (held) this.heldHours += hours;
    const difference = (decided.count ?? 0) - (actual.count ?? 0);
    if (difference === 0) return;
    this.differsHours += hours;
    this.moments.pass(difference, hours);
  }
}

/** Keeps the books of one policy over a history: what it would have asked for against what there was. */
export class LedgerKeeper {
  readonly #onDecision: ((decision: ReplayedDecision) => void) | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #misses: MissModel;
  #lastMs = 0;

  constructor(misses: MissRules, onDecision?: (decision: ReplayedDecision) => void) {
    this.#misses = new MissModel(misses);
    this.#onDecision = onDecision;
  }

  /** @param lastsMs how long what was decided is taken to have lasted. */
  add(atMs: number, conclusions: readonly Conclusion[], lastsMs: number): void {
    const hours = lastsMs / 3_600_000;
    for (const conclusion of conclusions) {
      const { subject, desired, held } = conclusion;
      const { seen } = subject;
      if (desired === undefined || seen.targetState.kind !== 'found') continue;
      const entry = this.#entryOf(subject.variant);
      const actual = seen.currentReplicas;
      const before = entry.decided.count;
      if (before !== desired) this.#tell(conclusion, before, desired, atMs);
      entry.actual.become(actual, atMs);
      entry.decided.become(desired, atMs);
      entry.moments.see(atMs, actual, desired, () => inWords(conclusion));
      entry.pass(hours, held);
      this.#misses.see(entry.share, conclusion, atMs);
    }
    this.#misses.judge(lastsMs / 1000);
    this.#lastMs = atMs + lastsMs;
  }

  part(): LedgerPart {
    const entries = [...this.#entries.values()];
    for (const { moments } of entries) moments.close(this.#lastMs);
    return {
      variants: entries.map(({ variant, actual, decided, knownHours, heldHours, differsHours }) => ({
        variant: variant.key,
        model: variant.modelID,
        accelerator: variant.accelerator,
        costPerHour: variant.costPerHour,
        actual: actual.account(),
        decided: decided.account(),
        knownHours,
        heldHours,
        differsHours,
      })),
      works: this.#misses.works(),
      moments: entries.flatMap(({ moments }) => moments.all()),
    };
  }

  #tell(conclusion: Conclusion, from: number | undefined, to: number, atMs: number): void {
    const { subject, held } = conclusion;
    this.#onDecision?.({ atMs, variant: subject.variant.key, ...(from === undefined ? {} : { from }), to, actual: subject.seen.currentReplicas, held, ...inWords(conclusion) });
  }

  #entryOf(variant: Variant): Entry {
    let entry = this.#entries.get(variant.key);
    if (!entry) this.#entries.set(variant.key, (entry = new Entry(variant, this.#misses.share(variant))));
    return entry;
  }
}

function inWords({ reason, trail }: Conclusion): Pick<ReplayedDecision, 'reason' | 'sentences'> {
  return { reason, sentences: trail.steps.map(({ sentence }) => sentence()) };
}
