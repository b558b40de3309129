import type { CapacityLaw, ReplicaCapacity } from '../../model/index.ts';
import type { Ability } from '../analyze/learned/ability.ts';
import type { Known } from '../analyze/learned/laws.ts';
import type { Limits } from '../analyze/learned/limits.ts';
import type { IterationLaw } from '../learn/iteration-law.ts';
import type { Shape } from '../learn/shape.ts';

/** What one replica of a member may be given, and how that is known. */
export function capacityOf(known: Known & Pick<Ability, 'carries' | 'carriesSurely'>, shape: Shape): ReplicaCapacity {
  const { law, limits, guessed, guessedFrom, startup, batch, member, carries, carriesSurely } = known;
  const { medianMs, lateMs, seen } = startup;
  const { kvCapacityTokens } = member.supply;
  const start = { medianMs, lateMs, seen };
  if (law === undefined || limits === undefined) return { known: 'Unknown', startup: start };
  return {
    known: guessed ? 'Guessed' : 'Learned',
    ...(guessedFrom !== undefined && { guessedFrom }),
    ...(carries !== undefined && { sustainedPerSecond: carries }),
    ...(carriesSurely !== undefined && { surelyPerSecond: carriesSurely }),
    fullPerSecond: Math.min(limits.perSecond, limits.promptsPerSecond),
    limitedBy: limits.by,
    ...(limits.prompts === undefined ? { sequences: limits.sequences, batch } : { promptSeconds: limits.prompts.service }),
    queue: limits.queue,
    ...(kvCapacityTokens !== undefined && { kvCapacityTokens }),
    law: lawIn(law, limits, shape),
    startup: start,
  };
}

function lawIn(law: IterationLaw, limits: Limits, shape: Shape): CapacityLaw {
  const { baseMs, perSequenceMs, perResidentMs, perPromptMs, windows } = law;
  const { sequences } = limits;
  const itlSeconds = limits.itlBase + limits.itlSlope * sequences;
  // prompts that are computed in one iteration of the full batch, in steady state
  const promptK = (limits.perSecond * itlSeconds * shape.promptTokens * limits.computedShare) / 1000;
  const deviationMs = law.deviationAt(sequences, (sequences * shape.tokensPerSequence) / 1000, promptK);
  return { baseMs, perSequenceMs, perResidentMs, perPromptMs, windows, deviationFraction: itlSeconds > 0 && Number.isFinite(deviationMs) ? deviationMs / (1000 * itlSeconds) : 1 };
}
