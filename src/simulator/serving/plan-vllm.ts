import { admitFirst, batchOf, giveUp } from './schedule.ts';
import type { Batch, Planner, Schedule } from './schedule.ts';
import type { Sequence } from './sequence.ts';

/**
 * Plans the next iteration as vLLM's V1 scheduler does: running sequences first, in order of admission; when the cache is full the
 * youngest gives up its blocks and waits at the front of the queue; then, unless somebody was preempted, waiting ones while there is room
 * for their whole prompt, in chunks of the token budget. A budget of fewer tokens than sequences is refused by vLLM, so every decoding
 * sequence advances in every iteration, and at most one prompt, the youngest, is computed in part.
 */
export const vllmPlanner: Planner = { plan };

function plan(schedule: Schedule): Batch | undefined {
  const { limits, cache, running, group, waiting } = schedule;
  const prefills: { sequence: Sequence; tokens: number }[] = [];
  let preempted = false;

  function preemptYoungest(): void {
    const youngest = running.at(-1) as Sequence;
    if (youngest === schedule.partial) schedule.partial = undefined;
    giveUp(schedule, youngest, true);
    waiting.pushFront(youngest);
    preempted = true;
  }

  while (group.blocksForNext() > cache.free()) preemptYoungest();
  group.reserveNext();
  let budget = limits.tokenBudget - group.size();
  const { partial } = schedule;
  if (partial !== undefined) {
    const tokens = Math.min(partial.prefillTarget - partial.computed, budget);
    if (cache.grow(partial, partial.computed + tokens)) {
      prefills.push({ sequence: partial, tokens });
      budget -= tokens;
    } else {
      preemptYoungest();
    }
  }

  const most = preempted ? 0 : limits.maxSequences;
  while (budget > 0 && running.length < most) {
    const next = waiting.first();
    if (next === undefined || !cache.fits(next, next.prefillTarget)) break;
    const admitted = admitFirst(schedule, budget);
    if (admitted === undefined) continue;
    budget -= admitted.tokens;
    prefills.push(admitted);
  }

  // whoever gave up everything may make room for the one that waits: the scheduler is asked again at once
  if (prefills.length === 0 && group.size() === 0) return preempted ? plan(schedule) : undefined;
  if (prefills.length > 0 || preempted) return batchOf(schedule, prefills, group.size() > 0, 1);
  // the blocks of the first of the equal iterations are taken already
  return batchOf(schedule, prefills, true, 1 + group.iterationsAfterNext(cache.free(), group.untilFirstEnd() - 1));
}
