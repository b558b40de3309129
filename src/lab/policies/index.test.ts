import { describe, expect, test } from 'vitest';
import { defineLaw, findPolicy, policies, PolicyError, policyKinds, staticFleet, tunedPolicies } from './index.ts';
import type { SweepRecord } from './index.ts';

describe('finding a policy', () => {
  test('by every name that is listed', () => {
    for (const { name } of policies()) expect(findPolicy(name).name).toBe(name);
  });

  test('names are there once', () => {
    const names = policies().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('a static fleet of any size', () => {
    expect(findPolicy('static-37').settings).toEqual({ replicas: 37 });
  });

  test('with other settings, and with none that it does not have', () => {
    expect(findPolicy('slo-aware', { upThreshold: 0.3 }).settings).toMatchObject({ upThreshold: 0.3, downThreshold: 0.4 });
    expect(() => findPolicy('slo-aware', { upThreshold: -0.3 })).toThrow(/policy slo-aware cannot have upThreshold=-0.3; expected at least 0/);
    expect(() => findPolicy('wva', { threshold: 0.3 })).toThrow(/the settings of wva are fixed; only those of published laws can be changed/);
    expect(() => findPolicy('slo-aware', { threshold: 0.3 })).toThrow(/policy slo-aware has no setting threshold; it has upThreshold, /);
  });

  test('a mistake names what may have been meant', () => {
    expect(() => findPolicy('slo-awere')).toThrow(new PolicyError('there is no policy slo-awere; near to it: slo-aware'));
    expect(() => findPolicy('keda')).toThrow(/near to it: keda-queue/);
    expect(() => findPolicy('something')).toThrow(/there are static-N, hpa, keda-queue/);
  });
});

test('every law says what each of its numbers means', () => {
  for (const { name, settings, meaning, sweep = {} } of policyKinds()) {
    expect(Object.keys(meaning).toSorted(), name).toEqual(Object.keys(settings).toSorted());
    for (const key of Object.keys(sweep)) expect(Object.keys(settings), `${name} sweeps ${key}`).toContain(key);
  }
});

test('a sweep tries what is published too', () => {
  for (const { name, settings, sweep = {} } of policyKinds()) {
    for (const [key, values] of Object.entries(sweep)) expect(values, `${name}: ${key}`).toContain(settings[key]);
  }
});

describe('what a sweep found', () => {
  const law = defineLaw({
    name: 'steady',
    family: 'peer',
    title: 'steady',
    source: 'none.',
    formula: [],
    assumed: [],
    settings: { pods: 3, windowSeconds: 60 },
    meaning: { pods: 'pods', windowSeconds: 'seconds' },
    begin: () => {},
  });
  const record = (score: number): SweepRecord => ({
    format: 1,
    objective: 'as they like',
    policies: [
      {
        policy: 'steady',
        on: '2026-11-24',
        seeds: [1],
        tried: 4,
        leftOut: [],
        published: { settings: { pods: 3 }, score: 0.7, scenarios: [] },
        best: { settings: { pods: 5 }, score, scenarios: [] },
      },
    ],
  });

  test('is a policy of its own where it is better', () => {
    expect(tunedPolicies([law], record(0.8))).toMatchObject([{ name: 'steady-tuned', settings: { pods: 5, windowSeconds: 60 }, source: 'none. Settings by a sweep of 4 on 2026-11-24: pods 5.' }]);
  });

  test('and is not where it is no better', () => {
    expect(tunedPolicies([law], record(0.7))).toEqual([]);
  });

  test('a law that is gone is said', () => {
    expect(() => tunedPolicies([], record(0.8))).toThrow(/policy steady that does not exist/);
  });
});

test('a static fleet stands within the bounds of its variant', () => {
  expect(staticFleet(3).create()).toMatchObject({ name: 'static-3', family: 'static', settings: { replicas: 3 } });
});
