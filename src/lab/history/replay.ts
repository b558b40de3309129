import { availableParallelism } from 'node:os';
import { independentGroups } from '../../decide/index.ts';
import { ColumnChunk } from './column-chunk.ts';
import { joinDivergences, type Divergence } from './divergence.ts';
import type { History, HistoryChunk } from './history.ts';
import { joinLedgers, type Ledger, type ReplayedDecision } from './ledger.ts';
import type { MissRules } from './misses.ts';
import { decidesApart, inOrderOfTime, ReplayShare, type ReplayPolicy, type ShareOptions } from './replay-share.ts';
import { startThreads, type Deciders } from './replay-threads.ts';

export interface ReplayOptions {
  /** Each decides about the same cycles with a memory of its own, which begins with the controller's of the time where it is known. */
  readonly policies: readonly ReplayPolicy[];
  readonly misses: MissRules;
  /** In order of time, policies and variants; after each chunk. */
  readonly onDecision?: (policy: string, decision: ReplayedDecision) => void;
  /** Called between chunks. */
  readonly onProgress?: (progress: { readonly toMs: number; readonly cycles: number }) => void;
  /** At most so many threads decide, whether it pays or not; without it as many as there are cores, up to four, where it pays. The result is the same. */
  readonly threads?: number;
}

export interface Replay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cycles: number;
  /** Wall time spent on deciding and keeping the books, starting threads included, without the reading. */
  readonly decidingSeconds: number;
  readonly threads: number;
  readonly ledgers: readonly { readonly name: string; readonly ledger: Ledger }[];
  /** Of each policy after the first, against the first. */
  readonly divergences: readonly { readonly name: string; readonly divergence: Divergence }[];
}

const mostThreads = 4;
/** Decisions from which threads pay: with 200 000 two or four of them take longer than one (starting, and compiling in each), with 400 000 as long. */
const decisionsThatPay = 400_000;

/**
 * Lets the shipping engine decide about a history, cycle by cycle. Open loop: each decision is made from what was truly there at its
 * time, with the engine's own memory of its decisions before; what it decided changes nothing in what it sees next.
 */
export async function replay(history: History, options: ReplayOptions, signal: AbortSignal): Promise<Replay> {
  const { policies, misses, onDecision } = options;
  const share: ShareOptions = { policies: policies.map(({ name, policy }) => ({ name, policy })), misses, stepMs: history.stepMs, tells: onDecision !== undefined };
  let deciders: Deciders<HistoryChunk> | undefined;
  let cycles = 0;
  let fromMs = 0;
  let toMs = 0;
  let decidingMs = 0;
  try {
    for await (const chunk of history.chunks(signal)) {
      signal.throwIfAborted();
      if (chunk.cycles === 0) continue;
      if (cycles === 0) fromMs = chunk.atMs(0);
      const startedMs = performance.now();
      deciders ??= decidersFor(chunk, history, share, options.threads, signal);
      const told = await deciders.pass(chunk);
      decidingMs += performance.now() - startedMs;
      for (const { policy, decision } of inOrderOfTime(told)) onDecision?.(policies[policy]?.name ?? '', decision);
      cycles += chunk.cycles;
      toMs = chunk.atMs(chunk.cycles - 1) + history.stepMs;
      options.onProgress?.({ toMs, cycles });
    }
    const startedMs = performance.now();
    const books = (await deciders?.books()) ?? [new ReplayShare(share).books()];
    const ledgers = policies.map(({ name }, index) => ({ name, ledger: joinLedgers(books.flatMap((one) => one.ledgers[index] ?? [])) }));
    const divergences = policies.slice(1).map(({ name }, index) => ({ name, divergence: joinDivergences(books.flatMap((one) => one.divergences[index] ?? [])) }));
    decidingMs += performance.now() - startedMs;
    return { fromMs, toMs, cycles, decidingSeconds: decidingMs / 1000, threads: deciders?.threads ?? 1, ledgers, divergences };
  } finally {
    await deciders?.close();
  }
}

/** Cycles of a record stay on this thread: they are objects, and reading them takes longer than deciding about them. So do those under quotas, which are decided about together. */
function decidersFor(first: HistoryChunk, history: History, share: ShareOptions, asked: number | undefined, signal: AbortSignal): Deciders<HistoryChunk> {
  if (!(first instanceof ColumnChunk) || !decidesApart(share.policies)) return onThisThread(share);
  const variants = first.variants();
  const decisions = (history.cyclesAtMost ?? 0) * variants.length * share.policies.length;
  const wanted = asked ?? (decisions < decisionsThatPay ? 1 : Math.min(mostThreads, availableParallelism()));
  const threads = Math.min(wanted, independentGroups(variants).length);
  if (threads <= 1) return onThisThread(share);
  const team = startThreads(threads, share, signal);
  return {
    ...team,
    async pass(chunk) {
      if (!(chunk instanceof ColumnChunk)) throw new TypeError('A history began with columns and goes on with something else.');
      return await team.pass(chunk);
    },
  };
}

function onThisThread(options: ShareOptions): Deciders<HistoryChunk> {
  const share = new ReplayShare(options);
  return {
    threads: 1,
    pass: async (chunk) => share.pass(chunk),
    books: async () => [share.books()],
    close: async () => {},
  };
}
