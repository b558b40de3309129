import { describe, expect, test } from 'vitest';
import { decide } from '../../../decide/index.ts';
import { analyzers, defaultPolicy, policySetOf, type CycleRecord, type Policy } from '../../../model/index.ts';
import type { RunResult } from '../../runs/result.ts';
import { shippedScenarios, type ExperimentScenario } from '../../scenario/index.ts';
import { runExperiment } from '../../stage/index.ts';
import { ourPolicy } from './our-policy.ts';

function scenarioOf(name: string): ExperimentScenario {
  const found = shippedScenarios().find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`No scenario ${name} is shipped.`);
  return found;
}

function play(scenario: ExperimentScenario, analyzer: Policy['analyzer']): { records: CycleRecord[]; run: RunResult } {
  const records: CycleRecord[] = [];
  const run = runExperiment({ scenario, policy: ourPolicy({ engine: policySetOf({ ...defaultPolicy, analyzer }), onCycle: (record) => records.push(record) }), seed: 1, capacities: {} });
  return { records, run };
}

describe.each(analyzers.filter((analyzer) => analyzer !== 'learned'))('the published ramp, decided by %s', (analyzer) => {
  const { records, run } = play(scenarioOf('ramp'), analyzer);

  test('is grown with, within the bounds, and given back', () => {
    const desired = records.map(({ decisions }) => decisions[0]?.desired ?? 0);
    for (const { decisions } of records) {
      for (const { variant, desired: wanted = 0, trail } of decisions) {
        expect(wanted).toBeGreaterThanOrEqual(variant.minReplicas);
        expect(wanted).toBeLessThanOrEqual(variant.maxReplicas ?? Infinity);
        for (const { sentence } of trail) expect(sentence).not.toMatch(/NaN|Infinity|undefined/);
      }
    }
    // 10 requests/s fill eight, 1 request/s fills less than the minimum of three
    expect(Math.max(...desired)).toBe(8);
    expect(desired.at(-1)).toBe(3);
    expect(run.scores.averageReplicas).toBeLessThan(7);
    // three replicas throughout have 15 % of the requests within the targets
    expect(run.scores.attainment).toBeGreaterThan(0.9);
    expect(run.scores.reversals).toBeLessThanOrEqual(5);
  });

  test('can be decided again from its record', () => {
    for (const { observation, policy, memory, atMs, decisions } of records) expect(decide(observation, policy, memory, atMs).decisions).toEqual(decisions);
  });
});
