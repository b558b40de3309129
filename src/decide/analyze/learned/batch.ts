import type { BatchSource, SequencesMemory } from '../../../model/index.ts';
import { factsOf } from '../../learn/accelerator-facts.ts';
import { seenBound } from '../../learn/most-sequences.ts';
import type { Member } from '../group.ts';

/** Sequences that the engine of a replica runs at once at the most, and how that is known. */
export interface Batch {
  readonly most: number;
  readonly from: BatchSource;
}

/** What vLLM's server runs at once where it is told nothing, on accelerators of 70 GiB and more that are no A100; and what is thought of one whose arguments nobody knows. */
const untoldOnLarge = 1024;
const largeBytes = 70 * 2 ** 30;

/** What replicas were seen to run while others waited, where that is less than what is told or assumed; and never less than what one was seen to run, as where each of several ranks is told its own. */
export function batchOf(member: Member, memory: SequencesMemory | undefined, nowMs: number): Batch {
  const expected = expectedOf(member);
  if (memory === undefined) return expected;
  const most = Math.max(memory.most, Math.min(expected.most, seenBound(memory, nowMs) ?? Infinity));
  return most === expected.most ? expected : { most, from: 'Seen' };
}

function expectedOf({ seen: { engineArguments }, variant: { accelerator } }: Member): Batch {
  if (engineArguments === undefined) return { most: untoldOnLarge, from: 'Assumed' };
  if (engineArguments.maxSequencesAssumed !== true) return { most: engineArguments.maxSequences, from: 'Argument' };
  return { most: factsOf(accelerator).facts.memory >= largeBytes && !accelerator.toUpperCase().startsWith('A100') ? untoldOnLarge : engineArguments.maxSequences, from: 'Assumed' };
}
