import { expect, test } from 'vitest';
import { madeScenario } from '../../../test/support/lab/made-results.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { oneVariantScenarios } from './one-variant.ts';

const base = madeScenario('two');
const [model] = base.models;
const [variant] = model?.variants ?? [];
if (model === undefined || variant === undefined) throw new Error('The scenario of the tests has no variant.');

function withVariants(...variants: readonly Partial<typeof variant>[]): ExperimentScenario {
  return { ...base, models: [{ ...model!, variants: variants.map((changes) => ({ ...variant!, ...changes })) }] };
}

test('each variant alone begins with what carries as much, and may have as many', () => {
  const scenario = withVariants({ name: 'small', minReplicas: 1, maxReplicas: 8, initialReplicas: 3 }, { name: 'large', minReplicas: 0, maxReplicas: 4, initialReplicas: 0 });
  const found = oneVariantScenarios(scenario, { '0/small': 4, '0/large': 12 });
  expect(found.map(({ variant: name, scenario: of }) => [name, of.name, of.models[0]?.variants.map(({ name: its, minReplicas, maxReplicas, initialReplicas }) => [its, minReplicas, maxReplicas, initialReplicas])])).toEqual([
    // all carry at most 8 x 4 + 4 x 12 = 80, which is 20 small ones
    ['small', 'two-only-small', [['small', 1, 20, 3]]],
    // 3 small ones are one large one; 80 are 6.7 of them
    ['large', 'two-only-large', [['large', 1, 7, 1]]],
  ]);
  // what is asked for stays
  expect(found.every(({ scenario: of }) => of.models[0]?.traffic === scenario.models[0]?.traffic)).toBe(true);
});

test('a scenario without choice has none, and another role stays', () => {
  expect(oneVariantScenarios(base, {})).toEqual([]);
  expect(oneVariantScenarios(withVariants({ name: 'p', role: 'prefill' }, { name: 'd', role: 'decode' }), {})).toEqual([]);
  const split = oneVariantScenarios(withVariants({ name: 'p', role: 'prefill' }, { name: 'd', role: 'decode' }, { name: 'e', role: 'decode' }), { '0/d': 1, '0/e': 1 });
  expect(split.map(({ scenario: of }) => of.models[0]?.variants.map(({ name }) => name))).toEqual([['p', 'd'], ['p', 'e']]);
});
