import { conclude, memoryOf, type Conclusion } from '../../decide/index.ts';
import { emptyMemory, type Memory, type Policy } from '../../model/index.ts';
import { DivergenceKeeper, type Divergence } from './divergence.ts';
import type { History, HistoryChunk } from './history.ts';
import { LedgerKeeper, type Ledger, type ReplayedDecision } from './ledger.ts';
import type { MissRules } from './misses.ts';

export interface ReplayPolicy {
  readonly name: string;
  readonly policy: Policy;
}

export interface ReplayOptions {
  /** Each decides about the same cycles with a memory of its own, which begins with the controller's of the time where it is known. */
  readonly policies: readonly ReplayPolicy[];
  readonly misses: MissRules;
  readonly onDecision?: (policy: string, decision: ReplayedDecision) => void;
  /** Called between chunks. */
  readonly onProgress?: (progress: { readonly toMs: number; readonly cycles: number }) => void;
}

export interface Replay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cycles: number;
  /** Wall time spent on deciding and keeping the books, without the reading. */
  readonly decidingSeconds: number;
  readonly ledgers: readonly { readonly name: string; readonly ledger: Ledger }[];
  /** Of each policy after the first, against the first. */
  readonly divergences: readonly { readonly name: string; readonly divergence: Divergence }[];
}

/** A missed cycle or two is a slow cycle; more is time that nobody watched, and counts for nothing. */
const longestSteps = 4;

/**
 * Lets the shipping engine decide about a history, cycle by cycle. Open loop: each decision is made from what was truly there at its
 * time, with the engine's own memory of its decisions before; what it decided changes nothing in what it sees next.
 */
export async function replay(history: History, options: ReplayOptions, signal: AbortSignal): Promise<Replay> {
  const { misses, onDecision } = options;
  const replayers = options.policies.map(({ name, policy }) => createReplayer(policy, misses, onDecision && ((decision) => onDecision(name, decision))));
  const [first, ...others] = replayers.map((replayer, index) => ({ replayer, name: options.policies[index]?.name ?? '', against: new DivergenceKeeper() }));
  let cycles = 0;
  let fromMs = 0;
  let toMs = 0;
  let decidingMs = 0;
  for await (const chunk of history.chunks(signal)) {
    signal.throwIfAborted();
    if (chunk.cycles === 0 || !first) continue;
    if (cycles === 0) fromMs = chunk.atMs(0);
    const startedMs = performance.now();
    for (const { replayer } of [first, ...others]) replayer.remember(chunk);
    for (let cycle = 0; cycle < chunk.cycles; cycle++) {
      const lastsMs = lastsFor(chunk, cycle, history.stepMs);
      const decided = first.replayer.pass(chunk, cycle, lastsMs);
      for (const { replayer, against } of others) against.add(chunk.atMs(cycle), decided, replayer.pass(chunk, cycle, lastsMs), lastsMs / 3_600_000);
    }
    decidingMs += performance.now() - startedMs;
    cycles += chunk.cycles;
    toMs = chunk.atMs(chunk.cycles - 1) + history.stepMs;
    options.onProgress?.({ toMs, cycles });
  }
  return {
    fromMs,
    toMs,
    cycles,
    decidingSeconds: decidingMs / 1000,
    ledgers: first ? [first, ...others].map(({ name, replayer }) => ({ name, ledger: replayer.ledger() })) : [],
    divergences: others.map(({ name, against }) => ({ name, divergence: against.divergence() })),
  };
}

/** How long what was decided in a cycle is taken to have lasted. */
function lastsFor(chunk: HistoryChunk, cycle: number, stepMs: number): number {
  if (cycle + 1 >= chunk.cycles) return stepMs;
  const lastsMs = chunk.atMs(cycle + 1) - chunk.atMs(cycle);
  return lastsMs > longestSteps * stepMs ? 0 : lastsMs;
}

/** One policy on its way through a history. */
export interface Replayer {
  /** Takes over what the controller of the time remembered, where a chunk says it. */
  remember(chunk: HistoryChunk): void;
  pass(chunk: HistoryChunk, cycle: number, lastsMs: number): readonly Conclusion[];
  ledger(): Ledger;
}

export function createReplayer(policy: Policy, misses: MissRules, onDecision?: (decision: ReplayedDecision) => void): Replayer {
  const books = new LedgerKeeper(misses, onDecision);
  let memory: Memory = emptyMemory;
  return {
    remember(chunk) {
      memory = chunk.memory ?? memory;
    },
    pass(chunk, cycle, lastsMs) {
      const observation = chunk.observe(cycle, policy.staleAfterMs);
      const atMs = chunk.atMs(cycle);
      const conclusions = conclude(observation, policy, memory, atMs);
      memory = memoryOf(conclusions, observation, memory);
      books.add(atMs, conclusions, lastsMs);
      return conclusions;
    },
    ledger: () => books.ledger(),
  };
}
