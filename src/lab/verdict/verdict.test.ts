import { describe, expect, test } from 'vitest';
import { madeRun, madeScenario } from '../../../test/support/lab/made-results.ts';
import type { RunResult } from '../runs/index.ts';
import type { PlayedPolicy, PlayedScenario } from './played.ts';
import { judge, type Verdict } from './verdict.ts';

// Everything here is small enough to be worked out by hand; the comments do.

type Run = readonly [attainment: number, money: number];

function runs(scenario: string, policy: string, its: readonly Run[], more: { readonly averageReplicas?: number; readonly reversals?: number; readonly leastMoney?: number } = {}): readonly RunResult[] {
  return its.map(([attainment, money], index) => madeRun(scenario, policy, index + 1, { attainment, money, ...more }));
}

function played(name: string, usedInDesign: boolean, ours: readonly RunResult[], others: Readonly<Record<string, readonly Run[]>>, durationSeconds = 1800): PlayedScenario {
  const family = (policy: string): PlayedPolicy['family'] => (policy.startsWith('static') ? 'static' : policy.startsWith('clairvoyant') ? 'bound' : policy.startsWith('informed') ? 'informed' : 'peer');
  return {
    scenario: madeScenario(name, { usedInDesign, durationSeconds }),
    ours,
    others: Object.entries(others).map(([policy, its]) => ({ policy, family: family(policy), runs: runs(name, policy, its) })),
  };
}

const only = (scenarios: readonly PlayedScenario[]): Verdict => judge({ scenarios, alone: [], silences: [] });

describe('the ramp', () => {
  const ramp = (its: readonly Run[], averageReplicas: number): Verdict['ramp'] => only([played('ramp', true, runs('ramp', 'wva', its, { averageReplicas }), {})]).ramp;

  test('is judged by both means', () => {
    const found = ramp([[0.988, 20], [0.992, 20]], 5.5);
    expect(found?.attainment.mean).toBeCloseTo(0.99, 12);
    expect(found).toMatchObject({ seeds: 2, replicas: { mean: 5.5 }, holds: true });
    expect(ramp([[0.988, 20], [0.99, 20]], 5.5)?.holds).toBe(false);
    expect(ramp([[1, 20], [1, 20]], 5.51)?.holds).toBe(false);
  });

  test('is not judged where it was not played', () => expect(only([]).ramp).toBeUndefined());
});

describe('a policy that is better on both', () => {
  const ours = (name: string): readonly RunResult[] => runs(name, 'wva', [[0.95, 10], [0.96, 11], [0.97, 12]]);

  test('counts where neither interval of the differences on the same seeds reaches 0', () => {
    const verdict = only([
      // +0.01, -1 with every seed
      played('beaten', true, ours('beaten'), { peer: [[0.96, 9], [0.97, 10], [0.98, 11]] }),
      // +0.03, -0.01, +0.01: 0.01 on average, and 4.303 x 0.02 / sqrt(3) = 0.05 either way
      played('perhaps', true, ours('perhaps'), { peer: [[0.98, 9], [0.95, 10], [0.98, 11]] }),
      // more attainment for more money, less for less
      played('even', false, ours('even'), { dear: [[0.99, 13], [0.99, 13], [0.99, 13]], cheap: [[0.9, 5], [0.9, 5], [0.9, 5]] }),
      // a fleet that fits is no other system, and a plan that knows the future or a rule that knows the present is none either
      played('fleet', false, ours('fleet'), { peer: [[0.9, 12], [0.9, 12], [0.9, 12]], 'informed@1': [[1, 5], [1, 5], [1, 5]], 'static-4': [[1, 9], [1, 10], [1, 11]], 'clairvoyant@1': [[1, 5], [1, 5], [1, 5]] }),
      // nobody to compare with
      played('alone', false, ours('alone'), {}),
    ]);
    expect(verdict.dominated).toEqual({ compared: 4, in: ['beaten'], perhapsIn: ['perhaps'], byFleetIn: ['fleet'], holds: false });
    expect(verdict.scenarios[0]?.better).toMatchObject([{ policy: 'peer', certain: true, difference: { seeds: 3, attainment: { count: 3 } } }]);
    expect(verdict.scenarios[0]?.better[0]?.difference.attainment.mean).toBeCloseTo(0.01, 12);
    // 1 less of 11 on average
    expect(verdict.scenarios[0]?.better[0]?.difference.money.mean).toBeCloseTo(-1 / 11, 12);
  });

  test('is compared on the seeds that both have played', () => {
    // with its one seed it is better than ours of that seed, and worse than the mean of ours
    const verdict = only([played('one', true, ours('one'), { peer: [[0.955, 9.9]] })]);
    expect(verdict.dominated?.in).toEqual(['one']);
    expect(only([played('one', true, ours('one'), { peer: [[0.95, 9.9]] })]).dominated?.in).toEqual([]);
  });
});

describe('goodput per money', () => {
  const plans = { 'clairvoyant@0.5': [[0.8, 4]], 'clairvoyant@0.9': [[0.9, 5]], 'clairvoyant@1': [[1, 8]], 'clairvoyant@2': [[1, 16]], 'clairvoyant@0.8': [[0.85, 7]] } as const;
  const at = (name: string, usedInDesign: boolean, run: Run): PlayedScenario => played(name, usedInDesign, runs(name, 'wva', [run]), plans);

  test('is held against the lower hull of the plans at our attainment, and averaged over scenarios', () => {
    const verdict = only([
      // half of the way from (0.9, 5) to (1, 8): 6.5; (0.85, 7) is above the hull
      at('between', true, [0.95, 10]),
      // the cheaper of those with the best
      at('best', false, [1, 10]),
      // below every plan: the cheapest
      at('below', false, [0.5, 8]),
    ]);
    expect(verdict.scenarios.map(({ share }) => share)).toMatchObject([
      { clairvoyantMoney: expect.closeTo(6.5, 12) as number, share: expect.closeTo(0.65, 12) as number, place: 'within' },
      { clairvoyantMoney: 8, share: 0.8, place: 'within' },
      { clairvoyantMoney: 4, share: 0.5, place: 'below' },
    ]);
    // (0.65 + 0.8 + 0.5) / 3, and (0.8 + 0.5) / 2 - 0.65 = 0
    expect(verdict.goodputPerMoney?.mean).toBeCloseTo(0.65, 12);
    expect(verdict.goodputPerMoney?.difference).toBeCloseTo(0, 12);
    expect(verdict.goodputPerMoney).toMatchObject({ holds: false, differenceHolds: true });
  });

  test('above every plan the cheapest of the best counts', () => {
    const worse = played('above', true, runs('above', 'wva', [[0.99, 6]]), { 'clairvoyant@1': [[0.98, 5]], 'clairvoyant@2': [[0.98, 7]] });
    const verdict = only([worse]);
    expect(verdict.scenarios[0]?.share).toMatchObject({ clairvoyantMoney: 5, place: 'above' });
    // 5 / 6, and nothing is held out
    expect(verdict.goodputPerMoney).toEqual({ mean: 5 / 6, usedInDesign: 5 / 6, holds: false });
  });

  test('says what is to be had without foresight, where a rule that knows the present attains as much', () => {
    const rules = { 'clairvoyant@1': [[1, 6]], 'informed@1': [[0.9, 6]], 'informed@2': [[1, 10]] } as const;
    const verdict = only([
      // half of the way from (0.9, 6) to (1, 10): 8
      played('between', true, runs('between', 'wva', [[0.95, 12]]), { ...rules, 'clairvoyant@0.5': [[0.9, 4]] }),
      played('best', true, runs('best', 'wva', [[1, 8]]), rules),
      // no rule attains as much
      played('above', true, runs('above', 'wva', [[0.99, 20]]), { 'clairvoyant@1': [[1, 6]], 'informed@1': [[0.9, 6]] }),
    ]);
    expect(verdict.scenarios.map(({ share }) => share?.informedMoney)).toEqual([expect.closeTo(8, 12), 10, undefined]);
    // 5 / 8 and 6 / 10; ours 5 / 12 and 6 / 8
    expect(verdict.goodputPerMoney?.informed).toEqual({ scenarios: 2, ofClairvoyant: expect.closeTo(0.6125, 12) as number, ours: expect.closeTo((5 / 12 + 0.75) / 2, 12) as number });
  });

  test('compares the seeds that plans have played too', () => {
    const verdict = only([played('two', true, runs('two', 'wva', [[1, 10], [0.5, 100]]), { 'clairvoyant@1': [[1, 9]] })]);
    expect(verdict.goodputPerMoney).toMatchObject({ mean: 0.9, holds: true });
  });
});

describe('several accelerators', () => {
  const whole = played('two', true, runs('two', 'wva', [[0.99, 10]], { leastMoney: 8 }), { 'clairvoyant@1': [[0.98, 8]], 'clairvoyant@2': [[1, 10]] });
  const alone = (cheapPeer: Run): Verdict['twoAccelerators'] => judge({
    scenarios: [whole],
    alone: [
      { of: 'two', variant: 'l40s', played: played('two-only-l40s', true, runs('two-only-l40s', 'wva', [[0.99, 14]]), { peer: [cheapPeer], 'static-8': [[1, 20]], 'clairvoyant@1': [[0.99, 12]] }) },
      { of: 'two', variant: 'h100', played: played('two-only-h100', true, runs('two-only-h100', 'wva', [[0.99, 13]]), { 'clairvoyant@1': [[0.97, 3]] }) },
    ],
    silences: [],
  }).twoAccelerators;

  test('cost what the plan costs at the same attainment, and less than one of them alone', () => {
    // between (0.98, 8) and (1, 10) the plan pays 9; what attains 0.97 is no match
    const found = alone([0.97, 2]);
    expect(found?.worst).toBeCloseTo(10 / 9, 12);
    expect(found?.worstOfLeast).toBe(1.25);
    expect(found).toMatchObject({ holds: false, cheaperThanOne: true });
    expect(found?.scenarios).toMatchObject([{ cheapestAlone: { variant: 'h100', policy: 'wva', money: 13 }, oursAlone: [{ variant: 'l40s', money: 14 }, { variant: 'h100', money: 13 }] }]);
    // plans for one variant: 12 on l40s; that on h100 does not attain as much
    expect(found?.scenarios[0]?.allowed).toBeCloseTo(9 / 12, 12);
  });

  test('are not cheaper where anybody alone is, within half a point of the attainment', () => {
    expect(alone([0.986, 9])).toMatchObject({ cheaperThanOne: false, scenarios: [{ cheapestAlone: { variant: 'l40s', policy: 'peer', money: 9 } }] });
  });
});

test('reversals are counted a day', () => {
  const noise = (reversals: number): Verdict['noise'] => only([played('constant-noise', true, runs('constant-noise', 'wva', [[1, 1], [1, 1]], { reversals }), {}, 43_200)]).noise;
  expect(noise(3)).toMatchObject({ seeds: 2, reversalsPerDay: { mean: 6 }, most: 3, holds: false });
  expect(noise(0)?.holds).toBe(true);
});

test('silence is stood with every seed, or not at all', () => {
  const silence = (...its: readonly (readonly [lost: number, held?: number])[]): Verdict['silence'] =>
    judge({ scenarios: [], alone: [], silences: its.map(([replicasLost, held], index) => ({ scenario: 'lost', seed: index + 1, replicasLost, ...(held !== undefined && { heldAfterSeconds: held }) })) }).silence;
  expect(silence([0, 12], [0, 30])).toEqual({ seeds: 2, replicasLost: 0, heldAfterSeconds: 30, holds: true });
  expect(silence([0, 12], [0, 31])?.holds).toBe(false);
  expect(silence([0, 12], [1, 12])).toMatchObject({ replicasLost: 1, holds: false });
  expect(silence([0, 12], [0])).toEqual({ seeds: 2, replicasLost: 0, holds: false });
});
