import { describe, expect, it } from 'vitest';
import { madeResults, madeRun, madeScores } from '../../../../test/support/lab/made-results.ts';
import type { RunLine } from '../lines.ts';
import { currentRuns } from '../current-runs.ts';
import { overviewOf } from './overview.ts';
import { pairedDifference, summarize } from './summarize.ts';

describe('summarize', () => {
  it('has means over seeds, and sorts by money within bands of attainment', () => {
    const [summary] = summarize([
      madeRun('ramp', 'cheap-and-bad', 1, { attainment: 0.6, money: 5 }),
      madeRun('ramp', 'dear', 1, { attainment: 1, money: 40 }),
      madeRun('ramp', 'good', 1, { attainment: 0.992, money: 20 }),
      madeRun('ramp', 'good', 2, { attainment: 0.998, money: 22 }),
      madeRun('ramp', 'middling', 1, { attainment: 0.96, money: 18 }),
    ]);
    expect(summary?.policies.map(({ policy }) => policy)).toStrictEqual(['good', 'dear', 'middling', 'cheap-and-bad']);
    const good = summary?.policies[0];
    expect(good?.seeds).toStrictEqual([1, 2]);
    expect(good?.scores.money).toMatchObject({ mean: 21, count: 2 });
    expect(good?.scores.attainment.high).toBe(1);
    expect(good?.ttftSeconds.p90?.mean).toBe(1.2);
  });

  it('has the attainment of each model apart', () => {
    const models = (first: number, second: number): Partial<RunLine> => ({ models: [{ model: 'a', scores: madeScores({ attainment: first }) }, { model: 'b', scores: madeScores({ attainment: second }) }] });
    const [summary] = summarize([madeRun('two', 'own', 1, {}, models(0.9, 0.4)), madeRun('two', 'own', 2, {}, models(1, 0.6))]);
    expect(summary?.policies[0]?.models.map(({ model, attainment }) => [model, attainment.mean])).toStrictEqual([['a', 0.95], ['b', 0.5]]);
  });

  it('names the cheapest policy that is better on both axes', () => {
    const [summary] = summarize([
      madeRun('ramp', 'wasteful', 1, { attainment: 0.9, money: 30 }),
      madeRun('ramp', 'better', 1, { attainment: 0.95, money: 25 }),
      madeRun('ramp', 'best', 1, { attainment: 0.95, money: 20 }),
      madeRun('ramp', 'lean', 1, { attainment: 0.7, money: 10 }),
      madeRun('ramp', 'clairvoyant@1', 1, { attainment: 1, money: 1 }),
    ]);
    expect(Object.fromEntries(summary?.policies.map(({ policy, dominatedBy }) => [policy, dominatedBy]) ?? [])).toStrictEqual({
      best: undefined, better: 'best', wasteful: 'best', lean: undefined,
    });
  });

  it('measures the distance to the clairvoyant curve on both axes, seed by seed', () => {
    const curve = (seed: number, factor: number): ReturnType<typeof madeRun>[] => [
      madeRun('ramp', 'clairvoyant@low', seed, { attainment: 0.8, money: 10 * factor }),
      madeRun('ramp', 'clairvoyant@high', seed, { attainment: 1, money: 20 * factor }),
    ];
    const [summary] = summarize([...curve(1, 1), ...curve(2, 2), madeRun('ramp', 'own', 1, { attainment: 0.9, money: 18 }), madeRun('ramp', 'own', 2, { attainment: 0.9, money: 36 })]);
    // least cost of 0.9 is 15 and 30: 20 % more with both seeds; for 18 and 36 a plan reaches 0.96
    expect(summary?.policies[0]?.distance.cost?.mean).toBeCloseTo(0.2);
    expect(summary?.policies[0]?.distance.cost?.high).toBeCloseTo(0.2);
    expect(summary?.policies[0]?.distance.attainment?.mean).toBeCloseTo(0.06);
    expect(summary?.bound.map(({ money }) => money)).toStrictEqual([15, 30]);
  });

  it('keeps rules that know the present apart, those that no other is better than', () => {
    const rules = [['low', 0.9, 6], ['worse', 0.92, 9], ['high', 1, 10]] as const;
    const [summary] = summarize(
      [...rules.map(([name, attainment, money]) => madeRun('ramp', `informed@${name}`, 1, { attainment, money })), madeRun('ramp', 'own', 1, { attainment: 0.9, money: 12 })],
      new Map([...rules.map(([name]) => [`informed@${name}`, 'informed'] as const), ['own', 'ours'] as const]),
    );
    // none of them is a policy that somebody could use: ours is on the front
    expect(summary?.policies.map(({ policy, dominatedBy }) => [policy, dominatedBy])).toEqual([['own', undefined]]);
    // half of the way from (0.9, 6) to (1, 10) is cheaper than (0.92, 9)
    expect(summary?.informed.map(({ policy }) => policy)).toEqual(['informed@low', 'informed@high']);
    expect(summary?.bound).toEqual([]);
  });

  it('has no distance where one seed has nothing to be held against', () => {
    const bound = [1, 2].map((seed) => madeRun('ramp', 'clairvoyant@a', seed, { attainment: 0.99, money: 10 }));
    const [summary] = summarize([...bound, madeRun('ramp', 'own', 1, { attainment: 0.98, money: 9 }), madeRun('ramp', 'own', 2, { attainment: 1, money: 12 })]);
    expect(Object.keys(summary?.policies[0]?.distance ?? {})).toStrictEqual(['least']);
    expect(summary?.policies[0]?.distance.least?.mean).toBeCloseTo(0.05); // 9 and 12 over 10
  });
});

describe('pairedDifference', () => {
  it('lets cancel what chance does to both', () => {
    const seeds = [1, 2, 3, 4, 5];
    const theirs = seeds.map((seed) => madeRun('ramp', 'a', seed, { attainment: 0.5 + 0.08 * seed, money: 10 * seed }));
    const own = seeds.map((seed) => madeRun('ramp', 'b', seed, { attainment: 0.51 + 0.08 * seed, money: 10 * seed - 3 }));
    const difference = pairedDifference(own, theirs);
    expect(difference?.seeds).toBe(5);
    expect(difference?.attainment.mean).toBeCloseTo(0.01);
    expect(difference?.attainment.high).toBeCloseTo(0.01);
    expect(difference?.money.mean).toBeCloseTo(-0.1);
  });

  it('uses the seeds that both have, and is nothing where there is none', () => {
    expect(pairedDifference([madeRun('r', 'b', 1), madeRun('r', 'b', 2)], [madeRun('r', 'a', 2)])?.seeds).toBe(1);
    expect(pairedDifference([madeRun('r', 'b', 1)], [madeRun('r', 'a', 2)])).toBeUndefined();
  });
});

describe('overviewOf', () => {
  it('never adds up held-out scenarios and those used in design', () => {
    const bound = ['kept', 'seen', 'seen-too'].flatMap((scenario) => [0.5, 1].map((attainment) => madeRun(scenario, `clairvoyant@${attainment}`, 1, { attainment, money: 20 * attainment })));
    const runs = [
      ...bound,
      madeRun('kept', 'a', 1, { attainment: 0.9, money: 27 }),
      madeRun('seen', 'a', 1, { attainment: 1, money: 40 }),
      madeRun('seen-too', 'a', 1, { attainment: 0.5, money: 10 }),
      madeRun('seen', 'b', 1, { attainment: 0.8, money: 50 }),
    ];
    const overview = overviewOf(summarize(runs), (scenario) => scenario !== 'kept');
    expect(overview.heldOut.scenarios).toBe(1);
    expect(overview.heldOut.rows).toStrictEqual([{ policy: 'a', played: 1, attainment: 0.9, overBound: expect.closeTo(0.5), front: 1 }]);
    expect(overview.usedInDesign.rows).toStrictEqual([
      { policy: 'a', played: 2, attainment: 0.75, overBound: expect.closeTo(0.5), front: 2 },
      // better, and in one of the two only
      { policy: 'b', played: 1, attainment: 0.8, overBound: expect.closeTo(50 / 16 - 1), front: 0 },
    ]);
  });
});

describe('currentRuns', () => {
  const made = madeResults({ scenarios: 1, policies: 2, seeds: 3, rows: 10 });

  it('leaves results of one version as they are, without a word', () => {
    const { results, notes } = currentRuns(made);
    expect(notes).toStrictEqual([]);
    expect(results.runs).toHaveLength(made.runs.length);
    expect(results.refusals).toHaveLength(1);
  });

  it('leaves out other versions of a scenario, and of the sources within a policy, and says so', () => {
    const runs = made.runs.map((run, index) => (index === 0 ? { ...run, scenarioHash: 'old' } : run.policy === 'wva' && run.seed === 1 ? { ...run, code: 'old' } : run));
    const { results, notes } = currentRuns({ ...made, runs });
    expect(results.runs).toHaveLength(made.runs.length - 2);
    expect(notes).toStrictEqual([
      'scenario-1: 1 run is of another version of the scenario than the one that was played last, and left out.',
      'scenario-1: 1 run is of other sources than the newest of the same policy, and left out (wva).',
    ]);
  });

  it('takes the version of a scenario that was played last, though there are more runs of the one before', () => {
    const edited = { ...madeRun('scenario-1', 'wva', 1), scenarioHash: 'edited', fingerprint: 'edited' };
    const { results, notes } = currentRuns({ ...made, runs: [...made.runs, edited] });
    expect(results.runs).toStrictEqual([edited]);
    expect(notes).toStrictEqual([expect.stringContaining(`scenario-1: ${made.runs.length} runs are of another version`)]);
  });

  it('takes the runs of the sources that ask, in whatever order the files were read, and is silent where each has its successor', () => {
    const others = made.runs.map((run) => ({ ...run, code: 'other', fingerprint: `other ${run.fingerprint}` }));
    for (const runs of [[...made.runs, ...others], [...others, ...made.runs]]) {
      const { results, notes } = currentRuns({ ...made, runs }, 'c0de');
      expect(new Set(results.runs)).toStrictEqual(new Set(made.runs));
      expect(notes).toStrictEqual([]);
    }
    const one = made.runs.slice(0, 1);
    const { results, notes } = currentRuns({ ...made, runs: [...one, ...others] }, 'c0de');
    expect(new Set(results.runs)).toStrictEqual(new Set([...one, ...others.filter(({ policy }) => policy !== one[0]?.policy)]));
    expect(notes[0]).toBe(`scenario-1: 2 runs are of other sources than the newest of the same policy, and left out (${one[0]?.policy}).`);
  });

  it('says when policies stand together that come from different sources', () => {
    const runs = made.runs.map((run) => (run.policy === 'wva' ? { ...run, code: 'new' } : run));
    expect(currentRuns({ ...made, runs }).notes).toStrictEqual([expect.stringMatching(/2 versions of the sources \(21 of c0de, 3 of new\)/)]);
  });

  it('forgets a refusal of a pair that has been played since', () => {
    const runs = [...made.runs, madeRun('scenario-1', 'knative', 1)];
    expect(currentRuns({ ...made, runs }).results.refusals).toStrictEqual([]);
  });
});
