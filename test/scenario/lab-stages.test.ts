import { describe, expect, it } from 'vitest';
import { ourPolicy } from '../../src/lab/policies/ours/index.ts';
import { shippedScenarios } from '../../src/lab/scenario/index.ts';
import { runExperiment } from '../../src/lab/stage/index.ts';
import type { CycleRecord } from '../../src/model/index.ts';

describe('prefill and decode in separate pools', () => {
  const [scenario] = shippedScenarios().filter(({ name }) => name === 'prefill-decode');

  it('are scaled each by what it is short of: prompts first, answers when they become long', () => {
    if (scenario === undefined) throw new Error('It is shipped.');
    const counts = new Map<string, number[]>();
    const { scores } = runExperiment({
      scenario, seed: 3,
      policy: ourPolicy({
        onCycle({ decisions }: CycleRecord) {
          for (const { variant, desired = 0 } of decisions) counts.set(variant.role, [...(counts.get(variant.role) ?? []), desired]);
        },
      }),
    });
    console.log(`prefill-decode under our engine: ${(scores.attainment * 100).toFixed(1)} % at ${scores.money.toFixed(1)}`);
    // four of each all the time serve everything for 72
    expect(scores.attainment).toBeGreaterThan(0.95);
    expect(scores.money).toBeLessThan(50);
    const at = (role: string, seconds: number): number => counts.get(role)?.[seconds / 15] ?? 0;
    // 7/s of 5000 tokens are 2.4 prefill servers at work; of 600 tokens a quarter of one
    expect(at('prefill', 1200)).toBeGreaterThanOrEqual(3);
    expect(at('prefill', 2250)).toBeLessThan(at('prefill', 1200));
    expect(at('decode', 2250)).toBeGreaterThanOrEqual(2);
    expect(at('prefill', 2850)).toBeLessThanOrEqual(2);
  });
});
