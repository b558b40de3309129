import { compareText } from '../../base/index.ts';

/** A time in which a decision would have differed from what was there. */
export interface Moment {
  readonly variant: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Replica-hours that would have been more (or, below 0, fewer). */
  readonly replicaHours: number;
  readonly money: number;
  /** Where the two were farthest apart. */
  readonly peak: { readonly atMs: number; readonly actual: number; readonly decided: number; readonly reason: string; readonly sentences: readonly string[] };
}

/** How many moments of one variant are kept. */
const kept = 5;

/** Watches one variant for times in which the two numbers differ, and keeps those that weigh most. */
export class Moments {
  readonly #variant: string;
  readonly #costPerHour: number;
  #open: { fromMs: number; replicaHours: number; peak: Moment['peak'] } | undefined;
  #kept: Moment[] = [];

  constructor(variant: string, costPerHour: number) {
    this.#variant = variant;
    this.#costPerHour = costPerHour;
  }

  /** Time passes; `hours` of it since the last call. */
  pass(difference: number, hours: number): void {
    if (this.#open) this.#open.replicaHours += difference * hours;
  }

  /** @param read puts the decision into words, and is called only where the two are farther apart than before in this moment. */
  see(atMs: number, actual: number, decided: number, read: () => Pick<Moment['peak'], 'reason' | 'sentences'>): void {
    const difference = decided - actual;
    const open = this.#open;
    if (difference === 0 && !open) return;
    const known = open ? open.peak.decided - open.peak.actual : 0;
    if (open && (difference === 0 || Math.sign(difference) !== Math.sign(known))) this.close(atMs);
    if (difference === 0) return;
    if (!this.#open) this.#open = { fromMs: atMs, replicaHours: 0, peak: { atMs, actual, decided, ...read() } };
    else if (Math.abs(difference) > Math.abs(known)) this.#open.peak = { atMs, actual, decided, ...read() };
  }

  close(atMs: number): void {
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    this.#kept.push({ variant: this.#variant, toMs: atMs, ...open, money: open.replicaHours * this.#costPerHour });
    if (this.#kept.length > kept * 4) this.#kept = heaviest(this.#kept, kept);
  }

  all(): readonly Moment[] {
    return heaviest(this.#kept, kept);
  }
}

/** Those that weigh most in money, then in replica-hours; of equal ones the first, and the first by its variant. */
export function heaviest(moments: readonly Moment[], count: number): Moment[] {
  return moments.toSorted((a, b) => Math.abs(b.money) - Math.abs(a.money) || Math.abs(b.replicaHours) - Math.abs(a.replicaHours) || a.fromMs - b.fromMs || compareText(a.variant, b.variant)).slice(0, count);
}
