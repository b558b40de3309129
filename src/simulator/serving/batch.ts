import type { BlockPool } from './block-pool.ts';
import type { IterationLoad } from './iteration-time.ts';
import { inPrefill, tokensLeft } from './sequence.ts';
import type { Sequence } from './sequence.ts';

/** What an engine does next: one iteration, or many equal ones that only decode. */
export interface Batch {
  readonly work: readonly { readonly sequence: Sequence; readonly tokens: number }[];
  /** How many times it runs unchanged, if nothing interrupts it. */
  readonly iterations: number;
  readonly load: IterationLoad;
}

export interface BatchLimits {
  readonly maxSequences: number;
  readonly tokenBudget: number;
}

/**
 * Plans the next iteration as vLLM's scheduler does: running sequences first, in order of admission; when the cache is full the
 * youngest gives up its blocks and starts again from the front of the queue; then waiting ones while there is room for
 * their whole prompt, in chunks of the token budget. Edits `running` and `waiting`.
 */
export function planBatch(
  running: Sequence[],
  waiting: Sequence[],
  pool: BlockPool,
  limits: BatchLimits,
  nowMs: number,
  onPreempt: (sequence: Sequence) => void,
): Batch | undefined {
  const work: { sequence: Sequence; tokens: number }[] = [];
  let budget = limits.tokenBudget;
  let preempted = false;

  for (let index = 0; index < running.length && budget > 0; index++) {
    const sequence = running[index] as Sequence;
    const tokens = inPrefill(sequence) ? Math.min(sequence.prefillTarget - sequence.computed, budget) : 1;
    let fits = reserve(sequence, tokens, pool);
    while (!fits) {
      const youngest = running.pop() as Sequence;
      preempt(youngest, pool);
      waiting.unshift(youngest);
      onPreempt(youngest);
      preempted = true;
      if (youngest === sequence) break;
      fits = reserve(sequence, tokens, pool);
    }
    if (!fits) break;
    budget -= tokens;
    work.push({ sequence, tokens });
  }

  const lettingIn = preempted ? 0 : limits.maxSequences;
  while (budget > 0 && running.length < lettingIn) {
    const sequence = waiting[0];
    if (sequence === undefined || pool.blocksFor(sequence.prefillTarget) > pool.free()) break;
    const tokens = Math.min(sequence.prefillTarget, budget);
    reserve(sequence, tokens, pool);
    waiting.shift();
    running.push(sequence);
    sequence.admittedAtMs ??= nowMs;
    budget -= tokens;
    work.push({ sequence, tokens });
  }

  if (work.length === 0) return undefined;
  const load = { decoding: 0, prefilling: 0, prefillTokens: 0, decodeResidentTokens: 0, prefillResidentTokens: 0, prefillPairs: 0 };
  for (const { sequence, tokens } of work) {
    if (inPrefill(sequence)) {
      load.prefilling += 1;
      load.prefillTokens += tokens;
      load.prefillResidentTokens += sequence.computed;
      load.prefillPairs += tokens * (sequence.computed + (tokens + 1) / 2);
    } else {
      load.decoding += 1;
      load.decodeResidentTokens += sequence.computed;
    }
  }
  const repeats = load.prefillTokens === 0 && !preempted ? equalIterations(running, pool) : 1;
  return { work, iterations: repeats, load };
}

/** How often one and the same decode iteration can run: until the first sequence ends, or the cache is full. */
function equalIterations(running: readonly Sequence[], pool: BlockPool): number {
  let low = 1;
  let high = Math.min(...running.map(tokensLeft));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    let blocks = 0;
    for (const sequence of running) blocks += pool.blocksFor(sequence.computed + middle) - sequence.blocks;
    if (blocks <= pool.free()) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Gives a sequence the blocks for `tokens` more tokens, or says that the cache is full. */
export function reserve(sequence: Sequence, tokens: number, pool: BlockPool): boolean {
  const more = Math.max(0, pool.blocksFor(sequence.computed + tokens) - sequence.blocks);
  if (!pool.take(more)) return false;
  sequence.blocks += more;
  return true;
}

function preempt(sequence: Sequence, pool: BlockPool): void {
  pool.give(sequence.blocks);
  sequence.blocks = 0;
  sequence.computed = 0;
  sequence.prefillTarget = sequence.request.promptTokens + sequence.generated;
  sequence.preemptions += 1;
}
