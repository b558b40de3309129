import { compareText } from '../../base/index.ts';
import type { Conclusion } from '../../decide/index.ts';
import { heaviest, Moments, type Moment } from './moments.ts';

/** Where a second policy would have decided otherwise than a first one, about the same cycles. */
export interface Divergence {
  /** Variant-hours about which both decided, and of them those in which they differed. */
  readonly hours: number;
  readonly differsHours: number;
  /** Replica-hours that the second asks for beyond the first, and those that it does not ask for. */
  readonly moreReplicaHours: number;
  readonly fewerReplicaHours: number;
  /** In each `actual` is the first policy's number, `decided` the second's, and the sentences are the second's. */
  readonly moments: readonly Moment[];
}

/** That of one variant. */
export interface VariantDivergence extends Divergence {
  readonly variant: string;
}

/** Those of variants as one, the same to the last bit in whatever order they come. */
export function joinDivergences(all: readonly VariantDivergence[]): Divergence {
  const total = { hours: 0, differsHours: 0, moreReplicaHours: 0, fewerReplicaHours: 0 };
  for (const one of all.toSorted((a, b) => compareText(a.variant, b.variant))) {
    total.hours += one.hours;
    total.differsHours += one.differsHours;
    total.moreReplicaHours += one.moreReplicaHours;
    total.fewerReplicaHours += one.fewerReplicaHours;
  }
  return { ...total, moments: heaviest(all.flatMap(({ moments }) => moments), 10) };
}

class Difference {
  readonly moments: Moments;
  hours = 0;
  differsHours = 0;
  moreReplicaHours = 0;
  fewerReplicaHours = 0;

  constructor(key: string, costPerHour: number) {
    this.moments = new Moments(key, costPerHour);
  }
}

/** Compares two policies cycle by cycle. */
export class DivergenceKeeper {
  readonly #byVariant = new Map<string, Difference>();
  #lastMs = 0;

  add(atMs: number, first: readonly Conclusion[], second: readonly Conclusion[], hours: number): void {
    for (const [index, one] of second.entries()) {
      const before = first[index]?.desired;
      const { desired } = one;
      if (before === undefined || desired === undefined) continue;
      const { variant } = one.subject;
      const own = this.#differenceOf(variant.key, variant.costPerHour);
      own.moments.see(atMs, before, desired, () => ({ reason: one.reason, sentences: one.trail.steps.map(({ sentence }) => sentence()) }));
      own.hours += hours;
      const difference = desired - before;
      if (difference === 0) continue;
      own.differsHours += hours;
      if (difference > 0) own.moreReplicaHours += difference * hours;
      else own.fewerReplicaHours -= difference * hours;
      own.moments.pass(difference, hours);
    }
    this.#lastMs = atMs + hours * 3_600_000;
  }

  byVariant(): VariantDivergence[] {
    return [...this.#byVariant].map(([variant, { moments, hours, differsHours, moreReplicaHours, fewerReplicaHours }]) => {
      moments.close(this.#lastMs);
      return { variant, hours, differsHours, moreReplicaHours, fewerReplicaHours, moments: moments.all() };
    });
  }

  #differenceOf(key: string, costPerHour: number): Difference {
    let own = this.#byVariant.get(key);
    if (!own) this.#byVariant.set(key, (own = new Difference(key, costPerHour)));
    return own;
  }
}
