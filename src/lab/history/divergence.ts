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

/** Compares two policies cycle by cycle. */
export class DivergenceKeeper {
  readonly #moments = new Map<string, Moments>();
  #hours = 0;
  #differsHours = 0;
  #more = 0;
  #fewer = 0;
  #lastMs = 0;

  add(atMs: number, first: readonly Conclusion[], second: readonly Conclusion[], hours: number): void {
    for (const [index, one] of second.entries()) {
      const before = first[index]?.desired;
      const { desired } = one;
      if (before === undefined || desired === undefined) continue;
      const { variant } = one.subject;
      const moments = this.#momentsOf(variant.key, variant.costPerHour);
      moments.see(atMs, before, desired, () => ({ reason: one.reason, sentences: one.trail.steps.map(({ sentence }) => sentence()) }));
      this.#hours += hours;
      const difference = desired - before;
      if (difference === 0) continue;
      this.#differsHours += hours;
      if (difference > 0) this.#more += difference * hours;
      else this.#fewer -= difference * hours;
      moments.pass(difference, hours);
    }
    this.#lastMs = atMs + hours * 3_600_000;
  }

  divergence(): Divergence {
    for (const moments of this.#moments.values()) moments.close(this.#lastMs);
    return {
      hours: this.#hours,
      differsHours: this.#differsHours,
      moreReplicaHours: this.#more,
      fewerReplicaHours: this.#fewer,
      moments: heaviest([...this.#moments.values()].flatMap((moments) => moments.all()), 10),
    };
  }

  #momentsOf(key: string, costPerHour: number): Moments {
    let moments = this.#moments.get(key);
    if (!moments) this.#moments.set(key, (moments = new Moments(key, costPerHour)));
    return moments;
  }
}
