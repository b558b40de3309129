import { conclude, memoryOf } from '../../decide/index.ts';
import { emptyMemory, type Memory, type Policy } from '../../model/index.ts';
import type { History, HistoryChunk } from './history.ts';
import { LedgerKeeper, type Ledger, type ReplayedDecision } from './ledger.ts';
import type { MissRules } from './misses.ts';

export interface ReplayOptions {
  /** By name; each decides about the same cycles with a memory of its own. */
  readonly policies: readonly { readonly name: string; readonly policy: Policy }[];
  readonly misses: MissRules;
  readonly onDecision?: (policy: string, decision: ReplayedDecision) => void;
  /** Called between chunks. */
  readonly onProgress?: (progress: { readonly toMs: number; readonly cycles: number; readonly seconds: number }) => void;
}

export interface Replay {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cycles: number;
  /** Wall time spent on deciding and keeping the books, without the reading. */
  readonly decidingSeconds: number;
  readonly ledgers: readonly { readonly name: string; readonly ledger: Ledger }[];
}

/** A missed cycle or two is a slow cycle; more is a gap. */
const longestSteps = 4;

/**
 * Lets the shipping engine decide about a history, cycle by cycle. Open loop: each decision is made from what was truly there at its
 * time, with the engine's own memory of its decisions before; what it decided changes nothing in what it sees next.
 */
export async function replay(history: History, options: ReplayOptions, signal: AbortSignal): Promise<Replay> {
  const replayers = options.policies.map(({ name, policy }) => createReplayer(name, policy, history.stepMs, options));
  let cycles = 0;
  let fromMs = 0;
  let toMs = 0;
  let decidingMs = 0;
  for await (const chunk of history.chunks(signal)) {
    signal.throwIfAborted();
    if (chunk.cycles === 0) continue;
    if (cycles === 0) fromMs = chunk.atMs(0);
    const startedMs = performance.now();
    for (const replayer of replayers) replayer.pass(chunk);
    decidingMs += performance.now() - startedMs;
    cycles += chunk.cycles;
    toMs = chunk.atMs(chunk.cycles - 1) + history.stepMs;
    options.onProgress?.({ toMs, cycles, seconds: decidingMs / 1000 });
  }
  return { fromMs, toMs, cycles, decidingSeconds: decidingMs / 1000, ledgers: replayers.map((replayer) => ({ name: replayer.name, ledger: replayer.ledger() })) };
}

export interface Replayer {
  readonly name: string;
  pass(chunk: HistoryChunk): void;
  ledger(): Ledger;
}

export function createReplayer(name: string, policy: Policy, stepMs: number, options: Pick<ReplayOptions, 'misses' | 'onDecision'>): Replayer {
  const { misses, onDecision } = options;
  const books = new LedgerKeeper({ misses, longestStepMs: longestSteps * stepMs, onDecision: onDecision && ((decision) => onDecision(name, decision)) });
  let memory: Memory = emptyMemory;
  return {
    name,
    pass(chunk) {
      for (let cycle = 0; cycle < chunk.cycles; cycle++) {
        const atMs = chunk.atMs(cycle);
        const observation = chunk.observe(cycle, policy.staleAfterMs);
        const conclusions = conclude(observation, policy, memory, atMs);
        memory = memoryOf(conclusions, observation, memory);
        books.add(observation, conclusions, cycle + 1 < chunk.cycles ? chunk.atMs(cycle + 1) - atMs : stepMs);
      }
    },
    ledger: () => books.ledger(),
  };
}
