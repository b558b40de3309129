/** A change back within this long is a flap: no load that a start-up of minutes could follow turns faster. */
export const flapMs = 600_000;

/** What a number of replicas cost over time, and how restless it was. */
export interface Account {
  readonly replicaHours: number;
  readonly money: number;
  readonly changes: number;
  /** Changes in the other direction than the one before. */
  readonly reversals: number;
  /** Reversals within ten minutes of the change that they take back. */
  readonly flaps: number;
}

/** Follows one number of replicas. */
export class Tally implements Account {
  replicaHours = 0;
  money = 0;
  changes = 0;
  reversals = 0;
  flaps = 0;
  /** `undefined` until it is known. */
  count: number | undefined = undefined;
  #direction = 0;
  #changedAtMs = 0;

  /** Time passes with the number as it is. */
  pass(hours: number, costPerHour: number): void {
    if (this.count === undefined) return;
    this.replicaHours += this.count * hours;
    this.money += this.count * hours * costPerHour;
  }

  become(count: number, atMs: number): void {
    const before = this.count;
    if (before === count) return;
    this.count = count;
    if (before === undefined) return;
    const direction = count > before ? 1 : -1;
    this.changes++;
    if (this.#direction !== 0 && direction !== this.#direction) {
      this.reversals++;
      if (atMs - this.#changedAtMs <= flapMs) this.flaps++;
    }
    this.#direction = direction;
    this.#changedAtMs = atMs;
  }

  account(): Account {
    const { replicaHours, money, changes, reversals, flaps } = this;
    return { replicaHours, money, changes, reversals, flaps };
  }
}

/** Several accounts as one. */
export function together(accounts: readonly Account[]): Account {
  const total = new Tally();
  for (const account of accounts) {
    total.replicaHours += account.replicaHours;
    total.money += account.money;
    total.changes += account.changes;
    total.reversals += account.reversals;
    total.flaps += account.flaps;
  }
  return total.account();
}
