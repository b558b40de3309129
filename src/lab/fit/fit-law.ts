import { groupBy, sum } from '../../base/index.ts';
import type { DecodeEquation } from './decode-equations.ts';
import { leastSquares } from './least-squares.ts';
import type { Solution } from './least-squares.ts';

/** The part of the law of an iteration that decoding shows, with standard errors. Milliseconds. */
export interface DecodeLaw {
  readonly baseMs: number;
  readonly perSequenceMs: number;
  readonly perResidentTokenMs: number;
  readonly errors: { readonly baseMs: number; readonly perSequenceMs: number; readonly perResidentTokenMs: number };
}

/** Stretches in which the machine is taken as equally fast, and how much its speed differs between them (standard deviation). */
const stretchSeconds = 20;
const speedSpread = 0.05;

/**
 * Base, per sequence and per resident token, given what a prefill token costs. Machines are faster in one minute than in another (the tapes
 * of a quiet one by 10 %), and all that is seen in such a stretch is seen with the same speed: it is estimated with the law, drawn towards 1, so that
 * a stretch with many requests does not decide alone. Time per resident token is only kept where it stands out of its error
 * four times over: sequences of one recording are much alike, and then it cannot be told from time per sequence.
 * @param slowerBy what pauses make of the mean: the law is without them.
 */
export function fitDecodeLaw(equations: readonly DecodeEquation[], perPrefillTokenMs: number, slowerBy: number): DecodeLaw {
  const weights = equations.map(({ iterations }) => 1 / iterations);
  const stretches = [...groupBy(equations.keys(), (index) => Math.floor((equations[index]?.atSeconds ?? 0) / stretchSeconds) + 1e6 * (equations[index]?.tape ?? 0)).values()];
  const slowness = equations.map(() => 1);
  const solve = (columns: (equation: DecodeEquation) => readonly number[]): Solution => {
    const right = equations.map(({ milliseconds, prefillTokens }, index) => milliseconds / slowerBy / (slowness[index] ?? 1) - prefillTokens * perPrefillTokenMs);
    return leastSquares(equations.map(columns), right, weights);
  };
  const two = ({ iterations, sequences }: DecodeEquation): readonly number[] => [iterations, sequences];
  const three = ({ iterations, sequences, residentTokens }: DecodeEquation): readonly number[] => [iterations, sequences, residentTokens];
  let solution = solve(two);
  for (let round = 0; round < 10; round++) {
    const expected = equations.map((equation) => sum(two(equation).map((value, column) => value * (solution.values[column] ?? 0))) + equation.prefillTokens * perPrefillTokenMs);
    const variance = solution.residual / equations.length;
    for (const stretch of stretches) {
      let over = 0;
      let all = variance / speedSpread ** 2;
      for (const index of stretch) {
        const [seen, thought, weight] = [(equations[index]?.milliseconds ?? 0) / slowerBy, expected[index] ?? 0, weights[index] ?? 0];
        over += weight * thought * (seen - thought);
        all += weight * thought * thought;
      }
      for (const index of stretch) slowness[index] = 1 + over / all;
    }
    solution = solve(two);
  }
  const withResident = solve(three);
  const [base = 0, perSequence = 0, perResident = 0] = withResident.values;
  const stands = perResident > 4 * (withResident.errors[2] ?? Infinity) && base > 0 && perSequence > 0;
  const { values, errors } = stands ? withResident : solution;
  return {
    baseMs: values[0] ?? 0,
    perSequenceMs: values[1] ?? 0,
    perResidentTokenMs: values[2] ?? 0,
    errors: { baseMs: errors[0] ?? 0, perSequenceMs: errors[1] ?? 0, perResidentTokenMs: errors[2] ?? 0 },
  };
}
