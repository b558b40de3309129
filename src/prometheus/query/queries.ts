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

const configLabels = ['__name__', ...identityLabels, 'engine', 'model_name', 'num_gpu_blocks', 'block_size', 'kv_cache_size_tokens'].join(', ');

/** The cache's size of every pod, by the few labels that matter. */
export function configQuery(matchers: string): string {
  return `max by (${configLabels}) ({__name__=~"${configNames.join('|')}"${matchers === '' ? '' : `,${matchers}`}})`;
}

/** The same of all times between, for a moment that ends so long a past. */
export function pastConfigQuery(rangeMs: number, matchers: string): string {
  // every form of it is an info series, whose value never changes
  return `max by (${configLabels}) (last_over_time({__name__=~"${configNames.join('|')}"${matchers === '' ? '' : `,${matchers}`}}[${Math.ceil(rangeMs / 1000)}s]))`;
}

/** A series that every engine shows as long as it is there, one a rank. */
export function presenceQuery(matchers: string): string {
  const names = engineMetrics.filter(({ meaning }) => meaning === 'running').map(({ name }) => name);
  return `{__name__=~"${names.join('|')}"${matchers === '' ? '' : `,${matchers}`}}`;
}
