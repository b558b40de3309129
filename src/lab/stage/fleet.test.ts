import { describe, expect, it } from 'vitest';
import { modelOf, scene } from '../../../test/support/lab/scenes.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import { countPods } from './replica-meters.ts';
import { openTheatre } from './theatre.ts';

function opened(scenario: ExperimentScenario, seed = 1) {
  const theatre = openTheatre({ scenario, seed });
  const at = (seconds: number): void => theatre.agenda.runUntil(seconds * 1000);
  const states = (key = '0/v') => countPods(theatre.fleet.pods(key));
  return { ...theatre, at, states };
}

describe('a pod', () => {
  it('is created a second after it was asked for, and ready its start-up time after it was asked for', () => {
    const { fleet, at, states } = opened(scene());
    at(100);
    fleet.scale('0/v', 4);
    at(100.9);
    expect(states()).toMatchObject({ ready: 2, starting: 0 });
    at(101.1);
    expect(states()).toMatchObject({ ready: 2, starting: 2, provisioned: 4 });
    at(159.9);
    expect(states()).toMatchObject({ ready: 2, starting: 2 });
    at(160.1);
    expect(states()).toMatchObject({ ready: 4, starting: 0 });
  });

  it('meets the same luck whenever it is asked for: the third pod of a seed is as fast under one policy as under another', () => {
    const startup = { meanSeconds: 60, standardDeviationSeconds: 20, outliers: { share: 0.3, factor: 3 } };
    const took = (askedAt: number, seed: number): number[] => {
      const { fleet, at } = opened(scene({ variant: { startup } }), seed);
      at(askedAt);
      fleet.scale('0/v', 6);
      at(askedAt + 600);
      return fleet.pods('0/v').slice(2).map(({ readySinceMs = 0 }) => Math.round(readySinceMs - askedAt * 1000));
    };
    expect(took(10, 1)).toEqual(took(333, 1));
    expect(took(10, 1)).not.toEqual(took(10, 2));
    expect(new Set(took(10, 1)).size).toBe(4);
  });

  it('draws its start-up time around the mean, never below the lowest, and sometimes far above', () => {
    const startup = { meanSeconds: 100, standardDeviationSeconds: 10, lowestSeconds: 90, outliers: { share: 0.1, factor: 4 } };
    const { fleet, at } = opened(scene({ variant: { startup, maxReplicas: 1000 } }));
    fleet.scale('0/v', 1000);
    at(900);
    const seconds = fleet.pods('0/v').slice(2).map(({ readySinceMs = 0 }) => readySinceMs / 1000);
    expect(Math.min(...seconds)).toBe(90);
    const slow = seconds.filter((each) => each > 300);
    expect(slow.length / seconds.length).toBeGreaterThan(0.07);
    expect(slow.length / seconds.length).toBeLessThan(0.13);
    expect(seconds.filter((each) => each > 150 && each < 300)).toEqual([]);
  });
});

describe('too few accelerators', () => {
  it('keep pods pending, which cost nothing, until others are gone', () => {
    const theatre = opened(scene({ scenario: { accelerators: { A100: 3 } } }));
    const { fleet, at, states, meters } = theatre;
    fleet.scale('0/v', 5);
    at(200);
    expect(states()).toMatchObject({ ready: 3, held: 3 });
    expect(fleet.pods('0/v').map(({ scheduledAtMs }) => scheduledAtMs !== undefined)).toEqual([true, true, true, false, false]);
    meters.settle();
    // two from the beginning, the third from its creation at 1 s
    expect(meters.heldMs.get('0/v')).toBe(3 * 200_000 - 1000);
  });

  it('go to the more important model first, and to who waited longest among equals', () => {
    const variant = { initialReplicas: 2, startup: { meanSeconds: 0 } };
    const theatre = opened(scene({
      scenario: {
        accelerators: { A100: 4 },
        models: [modelOf({ model: { id: 'batch', priority: 0 }, variant }), modelOf({ model: { id: 'chat', priority: 10 }, variant })],
      },
    }));
    const { fleet, at, states } = theatre;
    fleet.scale('0/v', 3);
    at(10);
    fleet.scale('1/v', 3);
    at(20);
    expect([states('0/v').ready, states('1/v').ready]).toEqual([2, 2]);
    fleet.scale('0/v', 2); // the pending pod goes
    at(30);
    fleet.scale('0/v', 3);
    at(40);
    fleet.scale('1/v', 2);
    at(50);
    fleet.scale('1/v', 3);
    at(60);
    expect([states('0/v').ready, states('1/v').ready]).toEqual([2, 2]);
    // one accelerator becomes free while both wait
    fleet.loseNode('0/v', 1, theatre.random, 70_000);
    at(75);
    expect([states('0/v').ready, states('1/v').ready]).toEqual([1, 3]);
  });

  it('are given to a pod that fits while a larger one waits', () => {
    const variant = { initialReplicas: 1, startup: { meanSeconds: 0 } };
    const theatre = opened(scene({
      scenario: {
        accelerators: { H100: 4 },
        models: [
          modelOf({ model: { id: 'large', priority: 10 }, variant: { ...variant, profile: 'qwen3-32b-h100-tp2' } }),
          modelOf({ model: { id: 'small' }, variant: { ...variant, profile: 'llama-3.1-8b-h100' } }),
        ],
      },
    }));
    const { fleet, at, states } = theatre;
    fleet.scale('0/v', 2); // needs two, and there is one
    at(10);
    fleet.scale('1/v', 2);
    at(20);
    expect([states('0/v').ready, states('1/v').ready]).toEqual([1, 2]);
    fleet.scale('1/v', 0);
    at(30);
    expect([states('0/v').ready, states('1/v').ready]).toEqual([2, 0]);
  });

  it('are told as the API server believes them: a lost node goes after its grace period', () => {
    const theatre = opened(scene({ scenario: { accelerators: { A100: 3 } } }));
    const { fleet, at } = theatre;
    fleet.scale('0/v', 5);
    at(200);
    expect(fleet.room('A100')).toEqual({ free: 0, held: 3 });
    fleet.loseNode('0/v', 1, theatre.random, 400_000);
    at(249);
    expect(fleet.room('A100')).toEqual({ free: 0, held: 3 });
    at(251);
    expect(fleet.room('A100')).toEqual({ free: 0, held: 2 });
    at(401);
    expect(fleet.room('A100')).toEqual({ free: 0, held: 3 });
  });

  it('refuse a beginning with more pods than there are accelerators', () => {
    expect(() => opened(scene({ scenario: { accelerators: { A100: 1 } } }))).toThrow(/more pods of 0\/v than there are accelerators A100/);
  });
});

describe('scaling down', () => {
  it('takes pods that are not ready before ready ones, and young ones before old ones', () => {
    const { fleet, at } = opened(scene());
    at(50);
    fleet.scale('0/v', 4);
    at(120);
    fleet.scale('0/v', 5);
    at(130);
    const [first, second, third, fourth] = fleet.pods('0/v').map(({ name }) => name);
    fleet.scale('0/v', 4);
    at(132);
    // the pod that was still starting is gone at once
    expect(fleet.pods('0/v').map(({ name }) => name)).toEqual([first, second, third, fourth]);
    fleet.scale('0/v', 2);
    at(134);
    // idle ones have nothing to finish
    expect(fleet.pods('0/v').map(({ name }) => name)).toEqual([first, second]);
  });

  it('lets a pod finish what it has, and gives it nothing new', () => {
    const theatre = opened(scene({ ratePerSecond: 4 }));
    const { fleet, at, states, models } = theatre;
    for (const { clients } of models) clients.start();
    at(100);
    fleet.scale('0/v', 1);
    at(101.05);
    expect(states()).toMatchObject({ ready: 1, draining: 1, held: 2, provisioned: 1 });
    const engine = fleet.pods('0/v').find(({ terminatingSinceMs }) => terminatingSinceMs !== undefined)?.engine;
    expect(engine?.running()).toBeGreaterThan(0);
    at(110);
    expect(states()).toMatchObject({ ready: 1, draining: 0, held: 1 });
    at(1000);
    expect(models[0]?.ledger).toMatchObject({ lost: 0, refused: 0, timedOut: 0 });
  });

  it('loses what is not finished when the grace is over', () => {
    const theatre = opened(scene({ ratePerSecond: 4, variant: { terminationGraceSeconds: 0.2 } }));
    const { fleet, at, models } = theatre;
    for (const { clients } of models) clients.start();
    at(100);
    fleet.scale('0/v', 1);
    at(101.3);
    expect(fleet.pods('0/v')).toHaveLength(1);
    expect(models[0]?.ledger.lost).toBeGreaterThan(0);
  });
});

describe('faults of pods', () => {
  it('keep pods that start in their time from ever becoming ready, so many as told', () => {
    const faults = [{ kind: 'never-ready' as const, atSeconds: 50, untilSeconds: 200, variant: 'v', pods: 1 }];
    const { fleet, at, states } = opened(scene({ scenario: { faults } }));
    at(100);
    fleet.scale('0/v', 4);
    at(590);
    expect(states()).toMatchObject({ ready: 3, starting: 1, held: 4 });
    // it is the first to go
    fleet.scale('0/v', 3);
    at(595);
    expect(states()).toMatchObject({ ready: 3, starting: 0 });
  });

  it('slow iterations down while they last', () => {
    const faults = [{ kind: 'slow' as const, atSeconds: 100, untilSeconds: 200, variant: 'v', factor: 5 }];
    const theatre = opened(scene({ scenario: { faults } }));
    const tpot: number[][] = [[], [], []];
    theatre.onOutcome((_, { atMs, tpotSeconds }) => {
      if (tpotSeconds === undefined) return;
      const phase = atMs < 100_000 ? 0 : atMs > 130_000 && atMs < 200_000 ? 1 : atMs > 230_000 ? 2 : undefined;
      if (phase !== undefined) tpot[phase]?.push(tpotSeconds);
    });
    for (const { clients } of theatre.models) clients.start();
    theatre.at(400);
    const [before = 0, during = 0, after = 0] = tpot.map((each) => each.reduce((total, value) => total + value, 0) / each.length);
    expect(during / before).toBeGreaterThan(4);
    expect(after / before).toBeLessThan(1.2);
  });

  it('lose what is on a node at once; the API server knows after 50 s, and other pods are there after a minute and their start-up', () => {
    const faults = [{ kind: 'node-lost' as const, atSeconds: 100, variant: 'v', pods: 2 }];
    const theatre = opened(scene({ ratePerSecond: 20, variant: { initialReplicas: 4 }, scenario: { faults } }));
    const { fleet, at, states, models, meters } = theatre;
    for (const { clients } of models) clients.start();
    at(99);
    expect(models[0]?.ledger.lost).toBe(0);
    at(100.1);
    expect(models[0]?.ledger.lost).toBeGreaterThan(5);
    expect(states()).toMatchObject({ held: 2, provisioned: 2, ready: 2 });
    expect(fleet.pods('0/v').filter(({ readySinceMs }) => readySinceMs !== undefined)).toHaveLength(4);
    at(151);
    expect(fleet.pods('0/v').filter(({ readySinceMs }) => readySinceMs !== undefined)).toHaveLength(2);
    at(161);
    expect(states()).toMatchObject({ ready: 2, starting: 2 });
    at(222);
    expect(states()).toMatchObject({ ready: 4, starting: 0 });
    meters.settle();
    expect(meters.heldMs.get('0/v')).toBeCloseTo(4 * 222_000 - 2 * 60_000, 0);
    at(1500);
    expect(models[0]?.clients.inFlight()).toBe(0);
  });
});
