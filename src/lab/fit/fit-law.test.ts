import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import type { DecodeEquation } from './decode-equations.ts';
import { fitDecodeLaw } from './fit-law.ts';
import { leastSquares } from './least-squares.ts';

/** Requests of a server with 8 ms an iteration and 0.6 ms a sequence; each stretch of time has its own speed and its own number of sequences, which see the same. */
function recorded(seed: string, drift: number): readonly DecodeEquation[] {
  const random = createRandom(seed);
  return Array.from({ length: 12 }, (_, stretch) => ({ stretch: `s ${stretch}`, slower: Math.exp(random.normal(0, drift)), atOnce: 1 + Math.floor(random.next() * 12) })).flatMap(({ stretch, slower, atOnce }) =>
    Array.from({ length: atOnce }, () => {
      const iterations = 100 + Math.floor(random.next() * 100);
      const sequences = iterations * atOnce;
      return { atSeconds: 0, stretch, iterations, sequences, residentTokens: sequences * random.normal(500, 60), prefillTokens: 0, milliseconds: slower * (8 * iterations + 0.6 * sequences) * Math.exp(random.normal(0, 0.02)) };
    }),
  );
}

describe('the law of decoding', () => {
  it('is found where the machine is steady', () => {
    const { baseMs, perSequenceMs, perResidentTokenMs } = fitDecodeLaw(recorded('steady', 0), 0, 1);
    expect(Math.abs(baseMs - 8)).toBeLessThan(0.3);
    expect(Math.abs(perSequenceMs - 0.6)).toBeLessThan(0.05);
    expect(perResidentTokenMs).toBe(0);
  });

  it('has errors that hold what a drifting machine makes of it', () => {
    const fits = Array.from({ length: 200 }, (_, seed) => fitDecodeLaw(recorded(`drift ${seed}`, 0.15), 0, 1));
    // the speed's mean is part of what is measured: exp(0.15² / 2)
    const atEight = (8 + 8 * 0.6) * Math.exp(0.15 ** 2 / 2);
    const within = fits.filter(({ perSequenceMs, errors }) => Math.abs(perSequenceMs - 0.6) < 2 * errors.perSequenceMs);
    expect(within.length).toBeGreaterThan(0.8 * fits.length);
    expect(fits.filter(({ perResidentTokenMs }) => perResidentTokenMs > 0).length).toBeLessThanOrEqual(0.05 * fits.length);
    const off = fits.map(({ baseMs, perSequenceMs }) => (baseMs + 8 * perSequenceMs) / atEight - 1);
    expect(Math.sqrt(off.reduce((sum, one) => sum + one ** 2, 0) / off.length)).toBeLessThan(0.08);
  });

  it('counts an iteration once, however many sequences saw it', () => {
    const stretches = [[1, 8.6], [4, 12], [12, 15.2]] as const;
    const equations = stretches.flatMap(([atOnce, ms]) =>
      Array.from({ length: atOnce }, () => ({ atSeconds: 0, stretch: `${atOnce}`, iterations: 100, sequences: 100 * atOnce, residentTokens: 0, prefillTokens: 0, milliseconds: 100 * ms })),
    );
    const { baseMs, perSequenceMs } = fitDecodeLaw(equations, 0, 1);
    // the middle of three stretches, and not of seventeen requests
    expect(baseMs + ((1 + 4 + 12) / 3) * perSequenceMs).toBeCloseTo((8.6 + 12 + 15.2) / 3, 9);
  });

  it('takes a sequence to cost the usual share of the base where one stretch is all there is', () => {
    const { baseMs, perSequenceMs, errors } = fitDecodeLaw(recorded('short', 0).filter(({ stretch }) => stretch === 's 3'), 0, 1);
    expect(perSequenceMs / baseMs).toBeCloseTo(0.05, 9);
    expect(errors.perSequenceMs).toBeGreaterThan(0);
    expect(Number.isFinite(errors.perSequenceMs)).toBe(true);
  });
});

describe('least squares', () => {
  const rows = [[1, 0], [1, 1], [1, 2], [1, 3]];
  const weights = [1, 1, 1, 1];

  it('solve, and leave out what would be negative', () => {
    expect(leastSquares(rows, [2, 5, 8, 11], weights).values.map((value) => Math.round(1e9 * value) / 1e9)).toEqual([2, 3]);
    expect(leastSquares(rows, [3, 2, 1, 0], weights)).toMatchObject({ values: [1.5, 0], errors: [expect.any(Number), Infinity] });
    expect(leastSquares(rows, [3, 2, 1, 0], weights, { negative: true }).values[1]).toBeCloseTo(-1, 9);
  });

  it('have errors of the textbook, of groups where they are larger, and none that could be believed with one group', () => {
    const right = [2.1, 4.9, 8.1, 10.9];
    const plain = leastSquares(rows, right, weights);
    // residuals of -0.02, 0.14, -0.22... : s² = Σ r² / 2, and s² (XᵀX)⁻¹
    const [a = 0, b = 0] = plain.values;
    const squares = right.map((value, at) => (value - a - b * at) ** 2).reduce((sum, one) => sum + one, 0) / 2;
    expect(plain.errors[1]).toBeCloseTo(Math.sqrt(squares / 5), 9);
    expect(plain.errors[0]).toBeCloseTo(Math.sqrt((squares * 14) / 20), 9);
    const grouped = leastSquares(rows, [2, 5, 9, 12], weights, { groups: ['x', 'x', 'y', 'y'] });
    expect(grouped.errors[1]).toBeGreaterThanOrEqual(leastSquares(rows, [2, 5, 9, 12], weights).errors[1] ?? Infinity);
    expect(leastSquares(rows, right, weights, { groups: ['x', 'x', 'x', 'x'] }).errors).toEqual([Infinity, Infinity]);
  });
});
