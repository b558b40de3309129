export { createAutoSource } from './auto.ts';
export { createPrometheusClient, type PrometheusClient } from './query/client.ts';
export { createPrometheusSource, type PrometheusOptions, type PrometheusSource } from './query/source.ts';
export { createScrapeSource, type ScrapeOptions } from './scrape/source.ts';
export type { MetricSource, PodAddress, PodSample, Samples } from './source.ts';
