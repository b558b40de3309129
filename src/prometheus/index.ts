export { createAutoSource, type AutoOptions } from './auto.ts';
export { createPrometheusClient, type PrometheusClient, type PrometheusClientOptions } from './query/client.ts';
export { createPrometheusSource, type PrometheusLook, type PrometheusOptions, type PrometheusSource } from './query/source.ts';
export { createScrapeSource, defaultScrapeBudgets, type ScrapeBudgets, type ScrapeOptions } from './scrape/source.ts';
export type { MetricSource, PodAddress, PodSample, Samples } from './source.ts';
