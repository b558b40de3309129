import { engineMetrics, seriesNames } from '../engines/names.ts';
import { identityLabels } from './match.ts';

/** Information about the cache is asked for apart: its forty labels would make up half of the answer. */
const configNames: readonly string[] = engineMetrics.filter(({ form }) => form === 'info').map(({ name }) => name);

/**
 * Every scrape of the last `lookbackMs` of everything we read, from all pods at once: one query, however
 * many models and pods there are. Raw samples rather than rates, because they carry their own time (an
 * instant vector would date old news as new), show restarts as they were, keep NaN apart from 0, and give by
 * the same arithmetic the same numbers as a pod that is asked directly.
 */
export function samplesQuery(lookbackMs: number, matchers: string): string {
  const names = [...seriesNames.keys()].filter((name) => !configNames.includes(name));
  return `{__name__=~"${names.join('|')}"${matchers === '' ? '' : `,${matchers}`}}[${Math.ceil(lookbackMs / 1000)}s]`;
}

/** The cache's size of every pod, by the few labels that matter. */
export function configQuery(matchers: string): string {
  const labels = ['__name__', ...identityLabels, 'engine', 'model_name', 'num_gpu_blocks', 'block_size', 'kv_cache_size_tokens'];
  return `max by (${labels.join(', ')}) ({__name__=~"${configNames.join('|')}"${matchers === '' ? '' : `,${matchers}`}})`;
}
