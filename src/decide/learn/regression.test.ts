import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { estimate, evidenceOf, Fit } from './regression.ts';

const vague = { mean: [1, 1, 1, 1], deviation: [1e3, 1e3, 1e3, 1e3] };

it('finds the parameters of a plane, whatever they are', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.1, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 }), (truth) => {
      const fit = new Fit(evidenceOf(vague));
      for (let row = 0; row < 40; row++) {
        const x = [1, row % 7, (row * row) % 11, (row * 5) % 13] as const;
        fit.add(...x, x.reduce((sum, value, index) => sum + value * (truth[index] as number), 0), 1);
      }
      const { mean } = estimate(fit.evidence());
      for (const [index, value] of truth.entries()) expect(Math.abs((mean[index] as number) - value)).toBeLessThan(0.02 + value * 0.01);
    }),
  );
});

it('stays with the prior where it has seen nothing, and is surer where it has', () => {
  const prior = { mean: [10, 0.05, 0.1, 60], deviation: [4, 0.05, 0.04, 24] };
  const before = estimate(evidenceOf(prior));
  expect(before.mean.map((value, index) => value / (prior.mean[index] as number))).toEqual([1, 1, 1, 1].map((one) => expect.closeTo(one, 9) as number));
  const fit = new Fit(evidenceOf(prior));
  for (let row = 0; row < 10; row++) fit.add(1, 20, 20, 0.5, 45, 0.5);
  const after = estimate(fit.evidence());
  expect(after.deviationAt(1, 20, 20, 0.5)).toBeLessThan(before.deviationAt(1, 20, 20, 0.5) / 3);
  expect(after.mean.reduce((sum, value, index) => sum + value * ([1, 20, 20, 0.5][index] as number), 0)).toBeCloseTo(45, 0);
});

it('never finds a time below nothing', () => {
  const fit = new Fit(evidenceOf(vague));
  for (let row = 0; row < 20; row++) fit.add(1, row, 0, 0, 10 - row * 0.2, 1);
  const { mean } = estimate(fit.evidence());
  expect(mean.every((value) => value >= 0)).toBe(true);
  expect(mean[1]).toBe(0);
});

it('forgets towards the prior, and not into nothing', () => {
  const prior = { mean: [10, 0, 0, 0], deviation: [1, 1, 1, 1] };
  const fit = new Fit(evidenceOf(prior));
  for (let row = 0; row < 50; row++) fit.add(1, 0, 0, 0, 20, 1);
  expect(estimate(fit.evidence()).mean[0]).toBeGreaterThan(19);
  fit.fade(prior, 1e-6);
  expect(estimate(fit.evidence()).mean[0]).toBeCloseTo(10, 1);
});
