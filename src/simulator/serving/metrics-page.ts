import type { Engine } from './engine.ts';
import { writeSglangPage } from './sglang-page.ts';
import { writeVllmPage } from './vllm-page.ts';
import type { MetricNames } from './vllm-page.ts';

/** The page that a server shows to Prometheus, by its kind; `names` are those of vLLM. */
export function writeMetricsPage(engine: Engine, names: MetricNames = 'current'): string {
  return engine.profile.engine === 'sglang' ? writeSglangPage(engine) : writeVllmPage(engine, names);
}
