import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import { openWorkload } from '../../simulator/index.ts';
import { checkFeasible } from '../stage/index.ts';
import { shippedScenarios } from './index.ts';

const scenarios = shippedScenarios();
const withoutTraces = scenarios.filter(({ models }) => models.every(({ traffic }) => traffic.every(({ kind }) => kind !== 'trace'))).map((scenario) => [scenario.name, scenario] as const);

describe('the shipped scenarios', () => {
  it('are all read, and called as their files', () => {
    const files = readdirSync(new URL('shipped/', import.meta.url)).map((file) => file.replace('.yaml', ''));
    expect(scenarios.map(({ name }) => name).toSorted()).toStrictEqual(files.toSorted());
  });

  it('are about half kept from design, in shapes of their own', () => {
    const heldOut = scenarios.filter(({ usedInDesign }) => !usedInDesign);
    expect(heldOut.length).toBeGreaterThanOrEqual(6);
    expect(Math.abs(heldOut.length - scenarios.length / 2)).toBeLessThanOrEqual(2);
    const loadOf = ({ models }: (typeof scenarios)[number]): string => JSON.stringify(models.map(({ traffic }) => traffic));
    const seen = new Set(scenarios.filter(({ usedInDesign }) => usedInDesign).map(loadOf));
    expect(heldOut.filter((scenario) => !scenario.name.startsWith('metrics-') && seen.has(loadOf(scenario))).map(({ name }) => name)).toStrictEqual([]);
  });

  it.each(withoutTraces)('%s brings at most 150 000 requests', (_, { models, durationSeconds }) => {
    let requests = 0;
    for (const [index, { traffic }] of models.entries()) {
      const workload = openWorkload(traffic, createRandom(`count/${index}`));
      for (let arrival = workload.next(); arrival !== undefined && arrival.atMs < durationSeconds * 1000; arrival = workload.next()) requests++;
    }
    expect(requests).toBeGreaterThan(4000);
    expect(requests).toBeLessThan(150_000);
  });

  it.each(withoutTraces)('%s has SLOs that a generous static fleet meets', (_, scenario) => {
    expect(checkFeasible(scenario)).toMatchObject({ feasible: true });
  });
});
