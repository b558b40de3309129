import { parentPort, workerData } from 'node:worker_threads';
import { ColumnChunk, type ChunkPortion } from './column-chunk.ts';
import { ReplayShare, type ShareBooks, type ShareOptions, type ToldDecision } from './replay-share.ts';

// What a thread of a replay does: it keeps its share's memory and books, and answers each message with one.

/** A chunk's portion to decide about, or that the books are wanted. */
export type Question = { readonly portion: ChunkPortion } | 'books';
export type Answer = { readonly told: readonly ToldDecision[] } | { readonly books: ShareBooks };

const share = new ReplayShare(workerData as ShareOptions);

parentPort?.on('message', (question: Question) => {
  const answer: Answer = question === 'books' ? { books: share.books() } : { told: share.pass(ColumnChunk.from(question.portion)) };
  parentPort?.postMessage(answer, []);
});
