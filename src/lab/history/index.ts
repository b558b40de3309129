export type { History, HistoryChunk, HistoryGap } from './history.ts';
export { openChunkStore } from './prometheus/chunk-store.ts';
export { openPrometheusHistory } from './prometheus/prometheus-history.ts';
export { replay } from './replay.ts';
export { readResources } from './resources.ts';
