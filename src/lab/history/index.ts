export type { History, HistoryChunk, HistoryGap } from './history.ts';
