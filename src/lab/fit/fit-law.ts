import { sum } from '../../base/index.ts';
import type { DecodeEquation } from './decode-equations.ts';
import { leastSquares } from './least-squares.ts';
import type { Solution } from './least-squares.ts';

/** The part of the law of an iteration that decoding shows. Milliseconds. */
export interface DecodeLaw extends DecodeTimes {
  /** Standard errors, from the scatter of the stretches. */
  readonly errors: DecodeTimes;
}

export interface DecodeTimes {
  readonly baseMs: number;
  readonly perSequenceMs: number;
  readonly perResidentTokenMs: number;
}

/** How many standard errors the time per resident token has to stand above nothing. */
const standsOut = 4;

/**
 * Base, per sequence and per resident token, given what a prefill token costs. Time per resident token is only kept where it
 * stands out of its error: sequences of one recording are much alike, and then it cannot be told from time per sequence.
 *
 * An iteration counts once, and not once for each sequence that was in it: those saw the same. Errors are those of whole stretches, since a machine that is slow is so for a
 * while. Speed itself is not taken out stretch by stretch, however it drifts: slow moments make sequences pile up, so that within a stretch slowness looks
 * like a price of sequences (tried: predictions of heavier load were 10 to 30 % too slow).
 *
 * A step of the law at tiles of 2, 4 or 8 sequences, as kernels might have, was tried and left out: with errors of single equations the recordings seemed to show one, but so did up to 18 % of
 * simulated recordings without one whose machine drifted by 15 %; with errors of stretches neither do.
 * @param slowerBy what pauses make of the mean: the law is without them.
 */
export function fitDecodeLaw(equations: readonly DecodeEquation[], perPrefillTokenMs: number, slowerBy: number): DecodeLaw {
  const right = equations.map(({ milliseconds, prefillTokens }) => milliseconds / slowerBy - prefillTokens * perPrefillTokenMs);
  const weights = equations.map(({ sequences }) => 1 / sequences);
  const groups = equations.map(({ stretch }) => stretch);
  const whole = leastSquares(equations.map(({ iterations, sequences, residentTokens }) => [iterations, sequences, residentTokens]), right, weights, { groups });
  const [base = 0, perSequence = 0, perResident = 0] = whole.values;
  const resident = perResident > standsOut * (whole.errors[2] ?? Infinity) && base > 0 && perSequence > 0;
  return resident ? law(whole) : lean(leastSquares(equations.map(({ iterations, sequences }) => [iterations, sequences]), right, weights, { groups, negative: true }), equations);
}

/**
 * Where a recording tells little of what a sequence costs, it is taken for the usual share of the base, give or take as much: both are weighed by their errors, and the time of
 * an iteration at the middle of what was recorded stays. Found elsewhere: 1 % of the base on accelerators, 3 % on a CPU with four cores, 8 to 9 % on one with two.
 */
const usualShare = 0.05;

function lean({ values: [base = 0, perSequence = 0], errors: [baseError = Infinity, perSequenceError = Infinity] }: Solution, equations: readonly DecodeEquation[]): DecodeLaw {
  const middle = sum(equations.map(({ iterations }) => iterations)) / sum(equations.map(({ iterations, sequences }) => iterations ** 2 / sequences));
  const atMiddle = base + middle * perSequence;
  const usual = (usualShare * atMiddle) / (1 + usualShare * middle);
  // 1 for a price without an error, 0 for one of which nothing is known
  const trust = 1 / (1 + (perSequenceError / usual) ** 2);
  const leaning = Math.max(0, trust === 0 ? usual : trust * perSequence + (1 - trust) * usual);
  const error = usual * Math.sqrt(1 - trust);
  // of the base, apart from that of the price; unknown with one stretch
  const apart = Number.isFinite(baseError) ? Math.max(0, baseError ** 2 - (middle * perSequenceError) ** 2) : 0;
  return {
    baseMs: Math.max(0, atMiddle - middle * leaning),
    perSequenceMs: leaning,
    perResidentTokenMs: 0,
    errors: { baseMs: Math.sqrt(apart + (middle * error) ** 2), perSequenceMs: error, perResidentTokenMs: 0 },
  };
}

function law({ values, errors }: Solution): DecodeLaw {
  return { ...named(values), errors: named(errors) };
}

function named([baseMs = 0, perSequenceMs = 0, perResidentTokenMs = 0]: readonly number[]): DecodeTimes {
  return { baseMs, perSequenceMs, perResidentTokenMs };
}
