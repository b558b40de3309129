import type { DecodeEquation } from './decode-equations.ts';
import { leastSquares } from './least-squares.ts';
import type { Solution } from './least-squares.ts';

/** The part of the law of an iteration that decoding shows. Milliseconds. */
export interface DecodeLaw extends DecodeTimes {
  /** Standard errors, from the scatter of the equations. */
  readonly errors: DecodeTimes;
  /** Weighted sum of squared residuals. */
  readonly residual: number;
}

export interface DecodeTimes {
  readonly baseMs: number;
  readonly perSequenceMs: number;
  readonly perLeftoverSequenceMs: number;
  readonly perResidentTokenMs: number;
}

/** How many standard errors a refinement of the law has to stand above nothing. */
const standsOut = 4;
/** Tiles that kernels are built of. */
const tiles = [2, 4, 8];

/**
 * Base, per sequence, per leftover of a tile and per resident token, given what a prefill token costs. Time per resident token is only kept where it
 * stands out of its error: sequences of one recording are much alike, and then it cannot be told from time per sequence.
 * All equations count alike, however the machine's speed drifts: taking each stretch of time by itself looks better, but slow moments
 * make sequences pile up, so that within a stretch slowness looks like a price of sequences (tried: predictions of heavier load were 10 to 30 % too slow).
 * @param slowerBy what pauses make of the mean: the law is without them.
 * @param tile sequences beyond a multiple of it cost more; 0 for none.
 */
export function fitDecodeLaw(equations: readonly DecodeEquation[], perPrefillTokenMs: number, slowerBy: number, tile: number): DecodeLaw {
  const right = equations.map(({ milliseconds, prefillTokens }) => milliseconds / slowerBy - prefillTokens * perPrefillTokenMs);
  const weights = equations.map(({ iterations }) => 1 / iterations);
  const rows = equations.map((equation) => [equation.iterations, equation.sequences, tile > 0 ? leftOver(equation, tile) : 0]);
  const whole = leastSquares(rows.map((row, index) => [...row, equations[index]?.residentTokens ?? 0]), right, weights);
  const [base = 0, perSequence = 0, , perResident = 0] = whole.values;
  const resident = perResident > standsOut * (whole.errors[3] ?? Infinity) && base > 0 && perSequence > 0;
  const solution: Solution = resident ? whole : leastSquares(rows, right, weights);
  return { ...named(solution.values), errors: named(solution.errors), residual: solution.residual };
}

function named([baseMs = 0, perSequenceMs = 0, perLeftoverSequenceMs = 0, perResidentTokenMs = 0]: readonly number[]): DecodeTimes {
  return { baseMs, perSequenceMs, perLeftoverSequenceMs, perResidentTokenMs };
}

/** The tile whose leftovers stand out of their error, and explain the most; 0 where none does, or where nothing tells how many ran at a time. */
export function chooseTile(equations: readonly DecodeEquation[], perPrefillTokenMs: number): number {
  if (equations.some(({ iterationsAt }) => iterationsAt === undefined)) return 0;
  const standing = tiles
    .map((tile) => ({ tile, law: fitDecodeLaw(equations, perPrefillTokenMs, 1, tile) }))
    .filter(({ law }) => law.perLeftoverSequenceMs > standsOut * law.errors.perLeftoverSequenceMs);
  return standing.reduce((best, one) => (one.law.residual < best.residual ? { tile: one.tile, residual: one.law.residual } : best), { tile: 0, residual: Infinity }).tile;
}

/** Iterations, each as often as it had sequences beyond a multiple of the tile. */
function leftOver({ iterationsAt }: DecodeEquation, tile: number): number {
  let total = 0;
  for (const [sequences, iterations] of iterationsAt ?? []) total += iterations * (sequences % tile);
  return total;
}
