import { describe, expect, it } from 'vitest';
import { createFleet, server, type Server } from '../../../test/support/decide/fleet.ts';
import { decideOnce, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, type Decision, type DecisionBasis, type Policy } from '../../model/index.ts';
import { createRandom } from '../../runtime/index.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };
const slow: Server = { ...server, baseMs: 24, perPromptKiloMs: 186 };

/** What three variants of a model were decided under a load that jumps about, cycle by cycle. */
function played(seed: string): readonly Decision[] {
  const random = createRandom(seed);
  const fleet = createFleet(
    [
      { name: 'fast', server, replicas: 2, sketch: { cost: 10, max: 6 } },
      { name: 'slow', server: slow, replicas: 1, sketch: { cost: 4, max: 9, accelerator: 'L40S' } },
      { name: 'none', server, replicas: 0, sketch: { cost: 30, min: 0, max: 3, accelerator: 'H100' } },
    ],
    policy,
  );
  let rate = 8;
  return Array.from({ length: 160 }, () => {
    if (random.next() < 0.05) rate = random.next() < 0.5 ? 2 + 30 * random.next() : rate * (0.4 + random.next());
    return fleet.step(rate * (0.95 + 0.1 * random.next()));
  }).flat();
}

const decisions = ['one', 'two', 'three'].flatMap(played);
const bases = decisions.map(({ basis }) => basis as DecisionBasis);
const cost = { fast: 10, slow: 4, none: 30 } as const;
const costOf = (variants: readonly string[], replicas: readonly number[]): number => variants.reduce((total, key, index) => total + (replicas[index] ?? NaN) * cost[key.split('/')[1] as keyof typeof cost], 0);

/** Every number in it. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

describe('the basis of a decision', () => {
  it('is plain data without a number that JSON does not know', () => {
    for (const basis of bases) {
      expect(numbersIn(basis).every(Number.isFinite)).toBe(true);
      expect(JSON.parse(JSON.stringify(basis))).toEqual(basis);
    }
  });

  it('has a need whose parts add up to it', () => {
    const needs = bases.flatMap(({ need }) => need ?? []);
    expect(needs.length).toBe(bases.length);
    for (const { totalPerSecond, arrivingPerSecond, backlogPerSecond, atMostPerSecond, trendPerSecond, reservePerSecond, waiting, foreseenWaiting, allowedWaiting } of needs) {
      expect(arrivingPerSecond + backlogPerSecond).toBeCloseTo(totalPerSecond, 9);
      expect(atMostPerSecond).toBeGreaterThanOrEqual(arrivingPerSecond - 1e-9);
      expect(trendPerSecond).toBeLessThanOrEqual(reservePerSecond);
      expect(backlogPerSecond > 0).toBe(waiting + foreseenWaiting > allowedWaiting);
    }
    expect(needs.some(({ backlogPerSecond }) => backlogPerSecond > 0)).toBe(true);
    expect(needs.some(({ reservePerSecond }) => reservePerSecond > 0)).toBe(true);
  });

  it('has a choice that costs what its replicas cost, and a runner-up that suffices too and is no cheaper', () => {
    const choices = bases.flatMap(({ choice }) => choice ?? []);
    for (const { variants, chosen, runnerUp, notWorthIt, neededPerSecond } of choices) {
      expect(chosen.costPerHour).toBeCloseTo(costOf(variants, chosen.replicas), 9);
      if (chosen.enough) expect(chosen.carriesPerSecond).toBeGreaterThanOrEqual(neededPerSecond - 1e-6);
      if (notWorthIt) expect(notWorthIt.savingPerHour).toBeGreaterThan(0);
      if (runnerUp === undefined) continue;
      expect(runnerUp.costPerHour).toBeCloseTo(costOf(variants, runnerUp.replicas), 9);
      expect(runnerUp.enough && runnerUp.carriesPerSecond >= neededPerSecond - 1e-6).toBe(true);
      expect(runnerUp.replicas).not.toEqual(chosen.replicas);
      expect(runnerUp.costPerHour).toBeGreaterThanOrEqual(chosen.costPerHour - 1e-9);
    }
    for (const among of ['Additions', 'Removals', 'AnyMix']) expect(choices.some((choice) => choice.among === among && choice.runnerUp !== undefined)).toBe(true);
    expect(choices.some(({ notWorthIt }) => notWorthIt !== undefined)).toBe(true);
  });

  it('has a choice that the first step of the trail goes to', () => {
    for (const { variant, trail: [first], basis } of decisions) {
      if (basis?.choice === undefined || first === undefined || first.reason === 'CheaperMix') continue;
      expect(basis.choice.chosen.replicas[basis.choice.variants.indexOf(variant.key)]).toBe(first.to);
    }
  });

  it('says how the capacity of a replica is known', () => {
    const last = new Map(decisions.map(({ variant, basis }) => [variant.name, basis?.capacity]));
    expect(last.get('fast')).toMatchObject({ known: 'Learned', limitedBy: 'InterTokenLatency', kvCapacityTokens: server.kvCapacityTokens, startup: { medianMs: 60_000, lateMs: 60_000 } });
    expect(last.get('fast')?.law?.windows).toBeGreaterThan(10);
    expect(last.get('fast')?.law?.deviationFraction).toBeLessThan(0.1);
    const guess = bases.find(({ capacity }) => capacity?.known === 'Guessed')?.capacity;
    expect(guess?.guessedFrom).toMatch(/^prod\/(fast|slow)$/);
    expect(guess?.startup.seen).toBe(0);
  });

  it('says what went in, how old it is, and how many of the replicas told it', () => {
    const replicas = [{ kv: 0.2, queue: 1, running: 4, readings: { recentArrivalsPerSecond: 2 }, ageMs: 5000 }, { kv: 0.6, queue: 3, running: 8, readings: { recentArrivalsPerSecond: 3, ttftSeconds: 1.5 }, ageMs: 20_000 }, { kv: 0.4, ageMs: 90_000 }];
    const [decision] = decideOnce([{ name: 'v', replicas } satisfies VariantSketch], policy).decisions;
    expect(decision?.basis?.inputs).toEqual([
      { name: 'arrivalsPerSecond', from: 'replicas', freshness: 'fresh', value: 5, ageMs: 20_000, told: 2, of: 3 },
      { name: 'waiting', from: 'replicas', freshness: 'fresh', value: 4, ageMs: 20_000, told: 2, of: 3 },
      { name: 'running', from: 'replicas', freshness: 'fresh', value: 12, ageMs: 20_000, told: 2, of: 3 },
      { name: 'kvUsedFraction', from: 'replicas', freshness: 'fresh', value: 0.4, ageMs: 20_000, told: 2, of: 3 },
      { name: 'slowestTtftSeconds', from: 'replicas', freshness: 'fresh', value: 1.5, ageMs: 20_000, told: 1, of: 3 },
      { name: 'slowestItlSeconds', from: 'replicas', freshness: 'missing', why: 'NotReported', told: 0, of: 3 },
    ]);
    const [silent] = decideOnce([{ name: 'v', replicas: [{ kv: 0.4, queue: 2, ageMs: 90_000 }] } satisfies VariantSketch], policy).decisions;
    expect(silent).toMatchObject({ held: true, basis: { inputs: [{ freshness: 'missing' }, { name: 'waiting', freshness: 'stale', value: 2, ageMs: 90_000 }, {}, {}, {}, {}], capacity: { known: 'Unknown' } } });
    expect(silent?.basis).not.toHaveProperty('need');
  });

  it('has what the other analyzers reckoned, in their unit', () => {
    const [decision] = decideOnce([{ name: 'v', replicas: [{ kv: 0.9, queue: 9, running: 10 }, { kv: 0.9, queue: 9, running: 10 }] } satisfies VariantSketch], { ...defaultPolicy, analyzer: 'percent' }).decisions;
    expect(decision?.basis).toMatchObject({ analyzer: 'percent', inputs: { length: 6 }, analysis: { unit: 'replicas', serving: 2 } });
    expect(decision?.basis?.analysis?.required).toBeGreaterThan(2);
  });
});
