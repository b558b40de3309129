import { describe, expect, it } from 'vitest';
import { scene, script } from '../../../test/support/lab/scenes.ts';
import { runExperiment } from './index.ts';
import type { HpaOptions, PolicyStage } from './index.ts';

/** `spec.replicas` over time under an HPA whose one metric is a function of the time. */
function follow(value: (seconds: number, stage: PolicyStage) => number | undefined, options: Partial<HpaOptions> = {}, initialReplicas = 2) {
  const policy = script((stage) => {
    stage.hpa('0/v', { minReplicas: 1, maxReplicas: 10, metrics: [{ name: 'load', type: 'averageValue', target: 1, read: () => value(stage.now() / 1000, stage) }], ...options });
  });
  const { decisions = [] } = runExperiment({ scenario: scene({ ratePerSecond: 0.2, variant: { initialReplicas } }), policy, seed: 1, capacities: {}, timeline: true });
  return { changes: decisions.filter(({ from, to }) => from !== to).map(({ atSeconds, from, to }) => ({ atSeconds, from, to })), decisions };
}

describe('an HPA on the stage', () => {
  it('syncs every 15 s at a place of its own, and says what it saw', () => {
    const { decisions } = follow(() => 2);
    const gaps = decisions.slice(1).map(({ atSeconds }, index) => atSeconds - (decisions[index]?.atSeconds ?? 0));
    expect(new Set(gaps.map((gap) => gap.toFixed(3)))).toEqual(new Set(['15.000']));
    expect(decisions[0]?.why).toContain('load 2 against 1');
  });

  it('goes up at the next sync, and down five minutes after the last reason to stay', () => {
    const { changes } = follow((seconds) => (seconds < 60 ? 2 : seconds < 120 ? 5 : 1));
    // at most to the double, or 4, at once
    expect(changes.map(({ from, to }) => [from, to])).toEqual([[2, 4], [4, 5], [5, 1]]);
    expect(changes[0]?.atSeconds).toBeGreaterThanOrEqual(60);
    expect(changes[0]?.atSeconds).toBeLessThan(75);
    expect(changes[2]?.atSeconds).toBeGreaterThan(405);
    expect(changes[2]?.atSeconds).toBeLessThan(435);
  });

  it('stays within its tolerance, its bounds and its behaviour', () => {
    expect(follow(() => 2.19).changes).toEqual([]);
    expect(follow(() => 2.21).changes.map(({ to }) => to)).toEqual([3]);
    expect(follow(() => 50).changes.at(-1)?.to).toBe(10);
    const slowly = follow(() => 9, { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } } }).changes;
    expect(slowly.map(({ to }) => to)).toEqual([3, 4, 5, 6, 7, 8, 9]);
    for (const [index, { atSeconds }] of slowly.slice(1).entries()) expect(atSeconds - (slowly[index]?.atSeconds ?? 0)).toBeGreaterThan(59.999);
  });

  it('holds while the metric is unknown, and says so', () => {
    const { changes, decisions } = follow((seconds) => (seconds > 100 ? undefined : 3));
    expect(changes.map(({ to }) => to)).toEqual([3]);
    expect(decisions.at(-1)?.why).toContain('HPA holds: load unknown');
    expect(follow(() => Number.NaN).changes).toEqual([]);
    expect(follow(() => Infinity).changes).toEqual([]);
  });

  it('sees what is ready, and not what is starting, where the target is a value', () => {
    // one metric per pod twice its target: 2 ready ask for 4, and the two that start are no reason for more
    const policy = script((stage) => {
      stage.hpa('0/v', { minReplicas: 1, maxReplicas: 10, metrics: [{ name: 'use', type: 'value', target: 0.5, read: () => (stage.now() < 55_000 ? 1 : 0.5) }] });
    });
    const { decisions = [] } = runExperiment({ scenario: scene({ ratePerSecond: 0.2 }), policy, seed: 1, capacities: {}, timeline: true });
    expect(decisions.filter(({ from, to }) => from !== to).map(({ to }) => to)).toEqual([4]);
  });

  it('does nothing at zero replicas', () => {
    const { changes, decisions } = follow(() => 5, {}, 0);
    expect(changes).toEqual([]);
    expect(decisions[0]?.why).toContain('no metric was asked for');
  });
});
