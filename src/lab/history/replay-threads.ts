import { Worker } from 'node:worker_threads';
import { independentGroups } from '../../decide/index.ts';
import type { ChunkPortion, ColumnChunk } from './column-chunk.ts';
import type { ShareBooks, ShareOptions, ToldDecision } from './replay-share.ts';
import type { Answer, Question } from './replay-worker.ts';

/** Who decides about chunks, in their order. */
export interface Deciders<Chunk> {
  readonly threads: number;
  /** A chunk may be handed over to a thread, and is not to be used afterwards. */
  pass(chunk: Chunk): Promise<readonly ToldDecision[]>;
  books(): Promise<readonly ShareBooks[]>;
  /** Ends them in the middle of what they do. */
  close(): Promise<void>;
}

/**
 * What a decision makes is of no use after it. A young generation that stays in the processor's cache costs less than a large one that is seldom collected: a week of
 * a hundred variants took two threads 7.0 to 7.5 s with 20 and 24 MB, 7.1 to 7.9 s with 16 MB, 7.6 to 8.8 s with 32 MB and as V8 likes it best 8.7 to 9.6 s. With 8 or 12 MB one run of three took nearly twice as long, with 4 or 6 MB every one did.
 */
const maxYoungGenerationSizeMb = 24;

interface Thread {
  readonly worker: Worker;
  readonly keys: Set<string>;
}

/**
 * Threads that share a replay: each has some of the groups of variants that know nothing of each other, from the first chunk to the last, so neither
 * memory nor books ever move. A chunk is over when all have decided about it.
 * @param signal when it is aborted, whatever is waited for fails with its reason.
 */
export function startThreads(count: number, options: ShareOptions, signal: AbortSignal): Deciders<ColumnChunk> {
  const threads: readonly Thread[] = Array.from({ length: count }, () => ({ worker: new Worker(new URL('./replay-worker.ts', import.meta.url), { workerData: options, resourceLimits: { maxYoungGenerationSizeMb } }), keys: new Set() }));
  const threadOf = new Map<string, Thread>();

  /** A group that is new goes to whoever has the fewest variants, the largest first. */
  function shareOut(chunk: ColumnChunk): void {
    const groups = independentGroups(chunk.variants()).toSorted((a, b) => b.length - a.length);
    for (const group of groups) {
      const before = [...new Set(group.flatMap((key) => threadOf.get(key) ?? []))];
      if (before.length > 1) throw new Error(`The variants ${group.join(', ')} came to share a model or a target in the middle of a history, and resources that stay as they are were expected. With one thread it can be replayed.`);
      const thread = before[0] ?? threads.reduce((least, one) => (one.keys.size < least.keys.size ? one : least));
      for (const key of group) {
        thread.keys.add(key);
        threadOf.set(key, thread);
      }
    }
  }

  async function ask({ worker, keys }: Thread, question: Question, handedOver: readonly ArrayBuffer[] = []): Promise<Answer> {
    return await new Promise<Answer>((resolve, reject) => {
      const failed = (why: string, cause?: unknown): void => {
        reject(new Error(`A thread that replays ${keys.size} of the variants (${[...keys].slice(0, 3).join(', ')}${keys.size > 3 ? ', …' : ''}) ended: ${why} Nothing of this replay can be used.`, { cause }));
      };
      worker.removeAllListeners();
      worker.once('message', resolve);
      worker.once('messageerror', (error) => failed(error.message, error));
      worker.once('error', (error: unknown) => failed(error instanceof Error ? error.message : String(error), error));
      worker.once('exit', (code) => failed(`it gave no answer, and its exit code is ${code}.`));
      worker.postMessage(question, handedOver);
    });
  }

  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => {});

  return {
    threads: count,
    async pass(chunk) {
      shareOut(chunk);
      const portions = threads.map(({ keys }) => chunk.portion(keys));
      const handedOver = memoriesOfOne(portions);
      const answers = await Promise.race([aborted, Promise.all(threads.map(async (thread, index) => await ask(thread, { portion: portions[index] as ChunkPortion }, handedOver[index])))]);
      return answers.flatMap((answer) => ('told' in answer ? answer.told : []));
    },
    async books() {
      const answers = await Promise.race([aborted, Promise.all(threads.map(async (thread) => await ask(thread, 'books')))]);
      return answers.flatMap((answer) => ('books' in answer ? answer.books : []));
    },
    close: async () => {
      await Promise.all(threads.map(async ({ worker }) => await worker.terminate()));
    },
  };
}

/** What can be handed over with each portion. A pod whose name several portions know is copied for each. */
function memoriesOfOne(portions: readonly ChunkPortion[]): readonly (readonly ArrayBuffer[])[] {
  const wanted = new Map<ArrayBuffer, number>();
  for (const { readings } of portions) for (const { memory } of readings) wanted.set(memory, (wanted.get(memory) ?? 0) + 1);
  return portions.map(({ readings }) => readings.flatMap(({ memory }) => (wanted.get(memory) === 1 ? [memory] : [])));
}
