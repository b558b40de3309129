export { createAutoSource } from './auto.ts';
export { createPrometheusClient } from './query/client.ts';
export { createPrometheusSource } from './query/source.ts';
export { createScrapeSource } from './scrape/source.ts';
export type { MetricSource, PodAddress, PodSample, Samples } from './source.ts';
export type { EngineSample } from './engines/sample.ts';
export { nothingRead } from './window/readings.ts';
export { createSampleWindows, type SampleWindows } from './window/sample-windows.ts';
