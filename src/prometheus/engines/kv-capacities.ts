import { cacheCapacityTokens } from './capacity.ts';
import type { SeriesIdentity } from './page-series.ts';
import type { Told } from './sample.ts';

/** Tokens by rank. */
export type Capacities = ReadonlyMap<string, Told>;

export const nothingTold: Capacities = new Map();

/** Of the series that tell it by their labels: how many tokens the KV cache of each rank holds. */
export function capacitiesOf(series: readonly SeriesIdentity[], ownBlocks: 0 | 1): Capacities {
  if (series.length === 0) return nothingTold;
  const capacities = new Map<string, Told>();
  for (const { labels } of series) {
    const tokens = cacheCapacityTokens(labels, ownBlocks);
    if (tokens !== undefined) capacities.set(rankOf(labels), tokens);
  }
  return capacities;
}

/** The data-parallel rank that a series is of; empty where it does not say. */
export function rankOf(labels: SeriesIdentity['labels']): string {
  return labels['engine'] ?? labels['dp_rank'] ?? '';
}
