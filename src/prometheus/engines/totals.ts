import { nothingTold, type Capacities } from './kv-capacities.ts';
import type { Told } from './sample.ts';

/** What adds up: of each inner list, whose columns are copies of one number, the largest value. One column alone, as nearly all are, stands without lists. */
export type Total = number | readonly (readonly number[])[];

export function totalOver(parts: readonly (readonly number[])[]): Total {
  const [only] = parts;
  return parts.length === 1 && only?.length === 1 ? (only[0] as number) : parts;
}

/** One part that is no number makes the whole unknown: a sum of some is not the sum. */
export function total(parts: Total, values: ArrayLike<number>, offset: number): Told | undefined {
  let whole = 0;
  if (typeof parts === 'number') {
    const value = values[offset + parts] as number;
    return Number.isFinite(value) ? whole + value : 'NotANumber';
  }
  if (parts.length === 0) return undefined;
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

/** Columns of each data-parallel rank, which are copies of one number. */
export type RankColumns = readonly (readonly [rank: string, columns: readonly number[]])[];

export function byRank(ranks: RankColumns, values: ArrayLike<number>, offset: number): Capacities {
  return ranks.length === 0 ? nothingTold : new Map(ranks.map(([rank, columns]) => [rank, largest(columns, values, offset)]));
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
export function weighted(ranks: RankColumns, values: ArrayLike<number>, offset: number, capacities: Capacities): Told | undefined {
  const [only] = ranks;
  // one is what it is, without rounding errors of multiplying and dividing it
  if (ranks.length === 1 && only) return largest(only[1], values, offset);
  let [count, plain, whole, byCapacity, every] = [0, 0, 0, 0, true];
  for (const [rank, columns] of ranks) {
    const share = largest(columns, values, offset);
    if (share === 'NotANumber') return share;
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
