import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { madeScenario } from '../../../test/support/lab/made-results.ts';
import type { Policy } from '../policies/index.ts';
import { canonicalJson, codeFingerprint, decisive, fingerprint } from './fingerprint.ts';
import { planGrid, type GridOptions } from './grid.ts';
import { parseShard } from './shard.ts';

function policy(name: string, settings: Record<string, number> = {}, why?: string): Policy {
  return { name, family: 'peer', title: name, source: 'a test', settings, refuses: () => why, begin: () => undefined };
}

function chosen(...all: readonly Policy[]): GridOptions['policies'] {
  return () => all.map((each) => ({ law: each.name, settings: {}, policy: each }));
}

const base: GridOptions = {
  scenarios: [{ scenario: madeScenario('a') }, { scenario: madeScenario('b') }],
  policies: chosen(policy('one'), policy('two')),
  seeds: [1, 2, 3],
  code: 'c0de',
};

describe('planGrid', () => {
  it('has every pair with every seed, seed by seed, the time line with the first', () => {
    const { runs, scenarios, policies } = planGrid(base);
    expect(runs).toHaveLength(12);
    expect(runs.slice(0, 4).map(({ scenario, policy, seed }) => [scenario.name, policy, seed])).toStrictEqual([['a', 'one', 1], ['a', 'two', 1], ['b', 'one', 1], ['b', 'two', 1]]);
    expect(runs.filter(({ timeline }) => timeline).map(({ seed }) => seed)).toStrictEqual([1, 1, 1, 1]);
    expect([scenarios.length, policies.length]).toStrictEqual([2, 2]);
  });

  it('says why a policy does not play, instead of a run', () => {
    const { runs, refusals } = planGrid({ ...base, policies: chosen(policy('one'), policy('two', {}, 'it needs a router')) });
    expect(runs).toHaveLength(6);
    expect(refusals).toContainEqual({ kind: 'refusal', scenario: 'b', policy: 'two', why: 'it needs a router' });
  });

  it('is the same for the same, and other for other scenario, traces, settings, seed or code', () => {
    const [run] = planGrid(base).runs;
    const prints = [
      base,
      { ...base, scenarios: [{ scenario: madeScenario('a', { durationSeconds: 1801 }) }] },
      { ...base, scenarios: [{ scenario: madeScenario('a'), traces: 'other bytes' }] },
      { ...base, policies: chosen(policy('one', { target: 0.7 })) },
      { ...base, policies: chosen(policy('one', { target: 0.71 })) },
      { ...base, seeds: [4] },
      { ...base, code: 'other' },
    ].map((options) => planGrid(options).runs[0]?.fingerprint);
    expect(prints[0]).toBe(run?.fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('is split into parts that have everything once, and are alike in size', () => {
    const many: GridOptions = { ...base, policies: chosen(...Array.from({ length: 25 }, (_, index) => policy(`policy-${index}`))), seeds: Array.from({ length: 10 }, (_, index) => index + 1) };
    const all = planGrid(many).runs;
    const parts = Array.from({ length: 8 }, (_, index) => planGrid({ ...many, shard: { index, count: 8 } }).runs);
    expect(parts.flat().map(({ fingerprint }) => fingerprint).toSorted()).toStrictEqual(all.map(({ fingerprint }) => fingerprint).toSorted());
    // 500 runs, 62.5 a part with a standard deviation of 7.4
    for (const part of parts) expect(Math.abs(part.length - 62.5)).toBeLessThan(30);
  });

  it('gives a run to the same part whatever the code and the other runs are', () => {
    const inFirst = (options: GridOptions): string[] => planGrid({ ...options, shard: { index: 0, count: 3 } }).runs.map(({ policy, seed, scenario }) => `${scenario.name}/${policy}/${seed}`);
    const few = inFirst({ ...base, code: 'other', policies: chosen(policy('two')) });
    expect(inFirst(base)).toStrictEqual(expect.arrayContaining(few));
  });
});

describe('parseShard', () => {
  it.each([['0/8', { index: 0, count: 8 }], ['7/8', { index: 7, count: 8 }], ['8/8', undefined], ['1', undefined], ['-1/2', undefined], ['0/0', undefined]])('reads %s', (text, expected) => {
    expect(parseShard(text)).toStrictEqual(expected);
  });
});

describe('fingerprints', () => {
  it('do not depend on the order of keys', () => {
    expect(canonicalJson({ b: 1, a: { d: [2, { f: 1, e: undefined }], c: 3 } })).toBe('{"a":{"c":3,"d":[2,{"f":1}]},"b":1}');
    expect(fingerprint({ a: 1, b: 2 })).toBe(fingerprint({ b: 2, a: 1 }));
  });

  it('cover every source that a run can reach', () => {
    const src = fileURLToPath(new URL('../../', import.meta.url));
    const reached = new Set<string>();
    const follow = (file: string): void => {
      if (reached.has(file)) return;
      reached.add(file);
      // types decide nothing, and a whole statement of them is gone when it runs
      const statements = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from '(\.[^']+\.ts)'/gm);
      for (const [, target = ''] of statements) follow(join(dirname(file), target));
    };
    follow(join(src, 'lab/runs/worker.ts'));
    const outside = [...reached].map((file) => relative(src, file)).filter((file) => !decisive.some((folder) => file.startsWith(`${folder}/`)));
    expect(reached.size).toBeGreaterThan(100);
    // the Kubernetes client comes in with the door of `observe`, and nothing on the stage speaks to it
    expect(outside.filter((file) => !file.startsWith('kubernetes/')).toSorted()).toStrictEqual(['lab/runs/fingerprint.ts', 'lab/runs/kept-result.ts', 'lab/runs/named-policy.ts', 'lab/runs/worker.ts']);
  });

  it('of the sources are the same twice', () => {
    expect(codeFingerprint()).toMatch(/^[0-9a-f]{16}$/);
    expect(codeFingerprint()).toBe(codeFingerprint());
  });
});
