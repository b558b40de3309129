import type { DecodeGroup } from './decode-group.ts';
import type { IterationLoad } from './iteration-time.ts';
import type { KvCache } from './kv-cache.ts';
import type { Sequence } from './sequence.ts';
import type { WaitingQueue } from './waiting-queue.ts';

/** What a scheduler decides about: who runs, who waits, and what they hold. Planning edits it. */
export interface Schedule {
  readonly limits: { readonly maxSequences: number; readonly tokenBudget: number };
  readonly cache: KvCache;
  /** In order of admission, the one in `partial` included. */
  readonly running: Sequence[];
  /** Those of the running whose prompt is computed. */
  readonly group: DecodeGroup;
  readonly waiting: WaitingQueue;
  /** The one whose prompt is computed in part: there is never more than one, and with vLLM it is the youngest. */
  partial: Sequence | undefined;
  /** A sequence gave up its blocks, and waits again; `decoded` says whether it was in the group until now. */
  readonly onPreempt: (sequence: Sequence, decoded: boolean) => void;
  /** What the cache has of a prompt is held now; `computed` says how much. */
  readonly onFound: (sequence: Sequence) => void;
  /** A sequence runs, for the first time or again. */
  readonly onAdmit: (sequence: Sequence) => void;
  /** A prompt that was computed elsewhere has the blocks to be copied into. */
  readonly onTransfer: (sequence: Sequence) => void;
}

/** What an engine does next: one iteration, or many equal ones that only decode. */
export interface Batch {
  readonly prefills: { readonly sequence: Sequence; readonly tokens: number }[];
  /** Whether the decode group advances in it. */
  readonly decodes: boolean;
  /** How many times it runs unchanged, if nothing interrupts it. */
  readonly iterations: number;
  readonly load: IterationLoad;
}

/** Whose law of scheduling an engine follows. */
export interface Planner {
  /** Decides the next iteration; `undefined` when nothing can run. */
  plan(schedule: Schedule): Batch | undefined;
  /** So many iterations of the decode group have run. */
  decoded?(iterations: number): void;
}

/** The running one gives up its blocks; everything it had computed is to be computed again. Does not put it anywhere. */
export function giveUp({ cache, group, running, onPreempt }: Schedule, sequence: Sequence, again: boolean): void {
  running.splice(running.lastIndexOf(sequence), 1);
  const decoded = sequence.decoding;
  if (decoded) group.leave(sequence);
  cache.release(sequence, again);
  sequence.computed = 0;
  sequence.prefillTarget = sequence.request.promptTokens + sequence.generated;
  sequence.preemptions += 1;
  onPreempt(sequence, decoded);
}

/**
 * Lets the first of the waiting in, and gives it blocks for as much of its prompt as `budget` allows. One whose prompt was computed elsewhere gets
 * blocks for all of it, and waits on until they are filled: `undefined`.
 */
export function admitFirst(schedule: Schedule, budget: number): { sequence: Sequence; tokens: number } | undefined {
  const { cache, running, waiting } = schedule;
  const sequence = waiting.shift() as Sequence;
  if (sequence.blocks === 0) {
    cache.claim(sequence);
    schedule.onFound(sequence);
  }
  if (sequence.remote) {
    cache.reserve(sequence, sequence.prefillTarget);
    schedule.onTransfer(sequence);
    return undefined;
  }
  schedule.onAdmit(sequence);
  const tokens = Math.min(sequence.prefillTarget - sequence.computed, budget);
  cache.grow(sequence, sequence.computed + tokens);
  running.push(sequence);
  return { sequence, tokens };
}

export function batchOf(schedule: Schedule, prefills: { sequence: Sequence; tokens: number }[], decodes: boolean, iterations: number): Batch {
  let prefillTokens = 0;
  let prefillResidentTokens = 0;
  let prefillPairs = 0;
  for (const { sequence, tokens } of prefills) {
    prefillTokens += tokens;
    prefillResidentTokens += sequence.computed;
    prefillPairs += tokens * (sequence.computed + (tokens + 1) / 2);
  }
  return {
    prefills,
    decodes,
    iterations,
    load: {
      decoding: decodes ? schedule.group.size() : 0,
      prefilling: prefills.length,
      prefillTokens,
      decodeResidentTokens: decodes ? schedule.group.residentTokens() : 0,
      prefillResidentTokens,
      prefillPairs,
    },
  };
}
