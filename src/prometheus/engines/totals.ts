import { nothingTold, type Capacities } from './kv-capacities.ts';
import type { Told } from './sample.ts';

/** What adds up: of each inner list, whose columns are copies of one number, the largest value. */
export type Total = readonly (readonly number[])[];

/** One part that is no number makes the whole unknown: a sum of some is not the sum. */
export function total(parts: Total, values: ArrayLike<number>, offset: number): Told | undefined {
  if (parts.length === 0) return undefined;
  let whole = 0;
  for (let index = 0; index < parts.length; index++) {
    const part = largest(parts[index] as readonly number[], values, offset);
    if (part === 'NotANumber') return part;
    whole += part;
  }
  return whole;
}

function largest(columns: readonly number[], values: ArrayLike<number>, offset: number): Told {
  let most = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < columns.length; index++) {
    const value = values[offset + (columns[index] as number)] as number;
    if (!Number.isFinite(value)) return 'NotANumber';
    if (value > most) most = value;
  }
  return most;
}

export function byRank(ranks: ReadonlyMap<string, readonly number[]>, values: ArrayLike<number>, offset: number): Capacities {
  return ranks.size === 0 ? nothingTold : new Map([...ranks].map(([rank, columns]) => [rank, largest(columns, values, offset)]));
}

export function totalOf(told: Capacities): Told | undefined {
  if (told.size === 0) return undefined;
  let whole = 0;
  for (const one of told.values()) {
    if (one === 'NotANumber') return one;
    whole += one;
  }
  return whole;
}

/** Mean by capacity where every rank's capacity is known, else the plain mean. */
export function weighted(ranks: ReadonlyMap<string, readonly number[]>, values: ArrayLike<number>, offset: number, capacities: Capacities): Told | undefined {
  let [count, plain, whole, byCapacity, every] = [0, 0, 0, 0, true];
  for (const [rank, columns] of ranks) {
    const share = largest(columns, values, offset);
    // one is what it is, without rounding errors of multiplying and dividing it
    if (share === 'NotANumber' || ranks.size === 1) return share;
    const weight = capacities.get(rank);
    count += 1;
    plain += share;
    if (typeof weight === 'number') {
      whole += weight;
      byCapacity += share * weight;
    } else every = false;
  }
  if (count === 0) return undefined;
  return every && whole > 0 ? byCapacity / whole : plain / count;
}

export function latestOf(columns: readonly number[], values: ArrayLike<number>, offset: number): number | undefined {
  let latest: number | undefined;
  for (const column of columns) {
    const value = values[offset + column] as number;
    if (Number.isFinite(value)) latest = Math.max(latest ?? 0, value);
  }
  return latest;
}
