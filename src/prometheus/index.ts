export type { MetricSource, PodAddress, PodSample, Samples } from './source.ts';
export { createScrapeSource } from './scrape/source.ts';
export type { ScrapeBudgets, ScrapeOptions } from './scrape/source.ts';
export { createPrometheusSource } from './query/source.ts';
export type { PrometheusOptions } from './query/source.ts';
export { createAutoSource } from './auto.ts';
