import { admitFirst, batchOf, giveUp } from './schedule.ts';
import type { Batch, Planner, Schedule } from './schedule.ts';
import type { Sequence } from './sequence.ts';
import { tokensToSample } from './sequence.ts';

// SGLang's defaults: SGLANG_INIT_NEW_TOKEN_RATIO, SGLANG_MIN_NEW_TOKEN_RATIO_FACTOR, SGLANG_NEW_TOKEN_RATIO_DECAY_STEPS,
// SGLANG_RETRACT_DECODE_STEPS, SGLANG_CLIP_MAX_NEW_TOKENS_ESTIMATION, with a schedule conservativeness of 1.
const firstRatio = 0.7;
const leastRatio = firstRatio * 0.14;
const ratioStep = (firstRatio - leastRatio) / 600;
const retractSteps = 20;
const mostNewTokens = 4096;

/**
 * Plans as SGLang's scheduler does (without mixed chunks, first come first served): whenever waiting prompts can be let in, they are a
 * batch of their own, up to the chunk size, and the decoding sequences stand still meanwhile. A prompt is let in when the free tokens hold it,
 * all its answer, and a part of what the running ones may still add. That part, the new token ratio, begins at 0.7 and sinks with every decode
 * iteration to 0.098. When it was too bold and the cache is full, sequences with the fewest tokens are retracted until there is room
 * for 20 more iterations, and wait again behind all others.
 */
export function createSglangPlanner(): Planner {
  let ratio = firstRatio;

  function plan(schedule: Schedule): Batch | undefined {
    const { limits, cache, running, group, waiting } = schedule;
    if (running.length === 0) ratio = firstRatio;
    const prefills = planPrefill(schedule, ratio);
    if (prefills.length > 0) return batchOf(schedule, prefills, false, 1);
    if (group.size() === 0) return undefined;

    const need = (): number => Math.max(group.blocksForNext(), group.size() > 1 && retracted ? Math.ceil((retractSteps * group.size()) / cache.blockTokens) : 0);
    let retracted = false;
    while (need() > cache.free() && group.size() > 0) {
      const victim = leastDecoded(schedule);
      giveUp(schedule, victim, false);
      waiting.push(victim);
      retracted = true;
    }
    if (group.size() === 0) return plan(schedule);
    if (retracted) ratio = ratioAfterRetraction(schedule);
    group.reserveNext();
    // while the ratio sinks, somebody may be let in after any iteration; later nobody can before somebody has ended
    const steady = waiting.size() === 0 || running.length >= limits.maxSequences || ratio <= leastRatio;
    const iterations = steady && !retracted ? 1 + group.iterationsAfterNext(cache.free(), group.untilFirstEnd() - 1) : 1;
    return batchOf(schedule, prefills, true, iterations);
  }

  return {
    plan,
    decoded(iterations) {
      ratio = Math.max(leastRatio, ratio - ratioStep * iterations);
    },
  };
}

function planPrefill(schedule: Schedule, ratio: number): Batch['prefills'] {
  const { limits, cache, running, group, waiting } = schedule;
  const prefills: Batch['prefills'] = [];
  let budget = limits.tokenBudget;
  const { partial } = schedule;
  if (partial !== undefined) {
    const tokens = Math.min(partial.prefillTarget - partial.computed, budget);
    if (!cache.grow(partial, partial.computed + tokens)) return prefills;
    prefills.push({ sequence: partial, tokens });
    budget -= tokens;
  }
  if (waiting.size() === 0) return prefills;
  let promised = 0;
  for (const sequence of running) {
    promised += sequence.decoding
      ? ratio * newTokens(sequence, group.generated(sequence))
      : newTokens(sequence, sequence.generated) + sequence.prefillTarget - sequence.computed;
  }
  for (const { tokens } of prefills) promised -= tokens;
  while (budget > 0 && running.length < limits.maxSequences) {
    const next = waiting.first();
    if (next === undefined) break;
    const ahead = newTokens(next, next.generated);
    // one that was copied here holds its prompt already: only its running can free that again
    if (next.blocks === 0 && !cache.fits(next, next.prefillTarget + ahead + promised)) break;
    const admitted = admitFirst(schedule, budget);
    promised += ahead;
    if (admitted === undefined) continue;
    const { sequence, tokens } = admitted;
    budget -= tokens;
    promised += sequence.prefillTarget - sequence.computed - tokens;
    prefills.push(admitted);
  }
  return prefills;
}

function newTokens(sequence: Sequence, generated: number): number {
  return Math.min(mostNewTokens, tokensToSample(sequence) - generated);
}

/** The decoding one with the fewest sampled tokens, of those the one with the longest prompt. */
function leastDecoded({ running, group }: Schedule): Sequence {
  let least: Sequence | undefined;
  for (const sequence of running) {
    if (!sequence.decoding) continue;
    const fewer = least === undefined ? 0 : group.generated(sequence) - group.generated(least);
    if (least === undefined || fewer < 0 || (fewer === 0 && sequence.request.promptTokens > least.request.promptTokens)) least = sequence;
  }
  return least as Sequence;
}

function ratioAfterRetraction({ running, group }: Schedule): number {
  let sampled = 0;
  let most = 0;
  for (const sequence of running) {
    if (!sequence.decoding) continue;
    sampled += group.generated(sequence) + retractSteps;
    most += tokensToSample(sequence);
  }
  return most === 0 ? firstRatio : Math.min(1, sampled / most);
}
