import type { LawMemory, ReplicaObservation } from '../../model/index.ts';
import { learnLaw, lawOf, windowOf, type Evidence } from './iteration-law.ts';
import { Fit } from './regression.ts';

/** Iterations of another revision that take what the law says to a quarter, are likely to follow it: most rollouts change a version and no more. */
const agreement = 0.25;
/** What such a law is worth, in windows: what the new pods show outweighs it within minutes. */
const keptWindows = 4;
/** What was just learned from is learned from again a look later. */
const lookMs = 15_000;

/** Of replicas made from different things those of today. */
export function ofToday(replicas: readonly ReplicaObservation[]): readonly ReplicaObservation[] {
  return replicas.some(({ outdated }) => outdated === true) ? replicas.filter(({ outdated }) => outdated !== true) : replicas;
}

/**
 * The law of replicas that are made from something else than those that it was learned from: begun anew from what they show, or the old one with little
 * belief where they show the same. `undefined` while they have shown no iteration; until then the old law is the best guess.
 *
 * @param serving Of the new revision only.
 */
export function revisedLaw(old: LawMemory | undefined, serving: readonly ReplicaObservation[], context: Evidence, nowMs: number): LawMemory | undefined {
  const anew = learnLaw(undefined, serving, context, nowMs);
  if (anew === undefined || old === undefined || !agrees(old, serving, context)) return anew;
  return learnLaw(hardlyBelieved(old, nowMs), serving, context, nowMs);
}

function agrees(old: LawMemory, serving: readonly ReplicaObservation[], context: Evidence): boolean {
  const { baseMs, perSequenceMs, perResidentMs, perPromptMs } = lawOf(old);
  return serving.every((replica) => {
    const window = windowOf(replica, context, serving.length);
    if (window === undefined) return true;
    const { ms, iterations, sequences, residentK, promptK } = window;
    const told = iterations * baseMs + perSequenceMs * sequences + perResidentMs * residentK + perPromptMs * promptK;
    return Math.abs(told - ms) <= agreement * ms;
  });
}

function hardlyBelieved(old: LawMemory, nowMs: number): LawMemory {
  const keep = Math.min(1, keptWindows / Math.max(old.windows, keptWindows));
  const fit = new Fit(old);
  fit.fade(old.prior, keep);
  return { prior: old.prior, ...fit.evidence(), windows: keep * old.windows, atMs: nowMs - lookMs };
}
