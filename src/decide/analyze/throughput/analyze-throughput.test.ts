import { describe, expect, it } from 'vitest';
import { decisionAbout, desiredOf, noonMs, sceneOf, times, type ReplicaSketch, type VariantSketch } from '../../../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, fresh, missing, policySetOf, type Memory, type Policy } from '../../../model/index.ts';
import { decide, type Outcome } from '../../decide.ts';

// full at 0.85, as published
const policy: Policy = { ...defaultPolicy, analyzer: 'throughput', scaleDownStabilizationMs: 0, saturation: { ...defaultPolicy.saturation, kvCacheThreshold: 0.85 } };
/** On the line 0.006 + 0.073 k, with a cache of 1 024 000 tokens, prompts of 5000 of which a tenth is cached, answers of 200: 2780.6 tokens a second when full. */
const replica = (use: number, more: ReplicaSketch['readings'] = {}): ReplicaSketch => ({
  kv: use, queue: 0, capacity: 1_024_000,
  readings: { itlSeconds: 0.006 + 0.073 * use, meanPromptTokens: 5000, meanGenerationTokens: 200, prefixHitFraction: 0.1, completionsPerSecond: 1, ...more },
});

interface AtRouter {
  readonly arrivals?: number;
  readonly waiting?: number;
}

function look(sketches: readonly VariantSketch[], { arrivals, waiting }: AtRouter = {}, memory: Memory = emptyMemory, nowMs = noonMs): Outcome {
  const none = missing('NotReported');
  const told = (value: number | undefined) => (value === undefined ? none : fresh(value, nowMs));
  const router = { arrivalsPerSecond: told(arrivals), recentArrivalsPerSecond: none, waiting: told(waiting), running: none };
  const models = [{ namespace: 'prod', modelID: 'llama', router, latency: { ttft: missing<never>('NotReported'), itl: missing<never>('NotReported') } }];
  return decide({ ...sceneOf(sketches, nowMs), models }, policySetOf(policy), memory, nowMs);
}
const firstStep = (outcome: Outcome, name = 'v') => decisionAbout(outcome, name).trail[0];

describe('tokens a second asked for against given', () => {
  it('15 requests a second are 3000 tokens a second, and more than one replica gives', () => {
    const outcome = look([{ name: 'v', replicas: [replica(0.5)] }], { arrivals: 15 });
    expect(desiredOf(outcome)).toEqual({ v: 2 });
    expect(firstStep(outcome)?.sentence).toBe('The load calls for 1 more (3000 tokens/s asked for (15 requests/s at the router with answers of 200 tokens) and 2781 given by a line from a usual base).');
  });

  it('one that is starting will do', () => {
    expect(firstStep(look([{ name: 'v', replicas: [replica(0.5), { state: 'starting', podAgeMs: 10_000 }] }], { arrivals: 15 }))?.reason).toBe('AwaitingReplicas');
  });

  it('variants add up', () => {
    // 3200 of 5561, and one alone would be asked for more than 0.7 of what it gives
    expect(desiredOf(look([{ name: 'v1', replicas: [replica(0.5)] }, { name: 'v2', replicas: [replica(0.2)] }], { arrivals: 16 }))).toEqual({ v1: 1, v2: 1 });
  });

  it('the router counts, and not what replicas say of themselves', () => {
    expect(firstStep(look([{ name: 'v', replicas: [replica(0.5, { arrivalsPerSecond: 999 })] }], { arrivals: 8 }))?.sentence).toMatch(/1600 tokens\/s asked for/);
  });

  it('none at the router is none, whatever still leaves', () => {
    expect(firstStep(look([{ name: 'v', replicas: times(2, replica(0.5, { completionsPerSecond: 20 })) }], { arrivals: 0 }))).toMatchObject({ to: 1, sentence: expect.stringMatching(/0 tokens\/s asked for/) });
  });

  it('what waits counts, in the router and in engines', () => {
    expect(firstStep(look([{ name: 'v', replicas: [replica(0.5)] }], { arrivals: 0, waiting: 450 }))?.sentence).toMatch(/3306 tokens\/s asked for .*3306 for 450 that wait/);
    expect(firstStep(look([{ name: 'v', replicas: [{ ...replica(0.5), queue: 100 }] }], { arrivals: 6 }))?.sentence).toMatch(/1935 tokens\/s asked for .*735 for 100 that wait/);
  });

  // where released versions took it for no load and removed everything
  it('without any rate of arrivals the use of the caches tells, and nothing is removed', () => {
    expect(firstStep(look([{ name: 'v', replicas: times(2, replica(0.95)) }]))?.sentence).toMatch(/5613 by the use of the caches/);
    expect(firstStep(look([{ name: 'v', replicas: times(4, replica(0.2)) }]))?.reason).toBe('HeldMetricsPartial');
  });

  it('replicas tell where there is no router, and one that is silent has as much as the others', () => {
    const outcome = look([{ name: 'v', replicas: [replica(0.5, { arrivalsPerSecond: 10 }), { ...replica(0.5), readings: { itlSeconds: 0.04 } }] }]);
    expect(firstStep(outcome)?.sentence).toMatch(/20 requests\/s at the replicas/);
    const silent = look([{ name: 'v', replicas: [...times(3, replica(0.2, { arrivalsPerSecond: 1 })), replica(0.2)] }]);
    expect(firstStep(silent)?.reason).toBe('HeldMetricsPartial');
  });

  it('prefill servers generate nothing: they are decided by their use', () => {
    const sketches: VariantSketch[] = [{ name: 'p', role: 'prefill', replicas: times(2, replica(0.8)) }, { name: 'd', role: 'decode', replicas: times(2, replica(0.5)) }];
    const outcome = look(sketches, { arrivals: 6, waiting: 100 });
    expect(decisionAbout(outcome, 'p')).toMatchObject({ desired: 3 });
    expect(firstStep(outcome, 'p')?.sentence).toMatch(/by use, since prefill servers generate nothing/);
    expect(firstStep(outcome, 'd')?.sentence).toMatch(/1935 tokens\/s asked for/);
  });

  it('a model that has shown no time between tokens is decided by its use', () => {
    expect(firstStep(look([{ name: 'v', replicas: times(2, { kv: 0.9, queue: 0 }) }], { arrivals: 3 }))).toMatchObject({ to: 3, sentence: expect.stringMatching(/by use, since no time/) });
  });
});

describe('what is remembered', () => {
  const uses = [0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65];
  const generating = (use: number, share = 1) => replica(use, { generationTokensPerSecond: share * ((use * 1_024_000) / 4600 / (0.006 + 0.073 * use)) });
  const play = (looks: readonly VariantSketch[][], from = emptyMemory, at = noonMs) => {
    let memory = from;
    const outcomes = looks.map((sketches, index) => {
      const outcome = look(sketches, { arrivals: 5 }, memory, at + index * 15_000);
      memory = outcome.memory;
      return outcome;
    });
    return { outcomes, memory };
  };
  const seen = play([uses.map((use) => ({ name: 'v', min: 1, replicas: [replica(use)] })).map((sketch) => [sketch])].flat());
  const remembered = (memory: Memory) => memory.variants['prod/v']?.throughput;

  it('ten looks make a line, and its base is kept', () => {
    expect(firstStep(seen.outcomes.at(-1) as Outcome)?.sentence).toMatch(/given by a line through what was seen/);
    expect(remembered(seen.memory)?.baseSeconds).toBeCloseTo(0.006, 9);
  });

  it('other requests begin a new window with the known base', () => {
    const other = replica(0.3, { meanPromptTokens: 2000, itlSeconds: 0.012 + 0.073 * 0.3 });
    const { outcomes, memory } = play([[{ name: 'v', replicas: [other] }]], seen.memory, noonMs + 200_000);
    expect(remembered(memory)?.window.length).toBe(3);
    expect(firstStep(outcomes[0] as Outcome)?.sentence).toMatch(/a line from its known base/);
  });

  it('a slow drift of requests is noticed too', () => {
    const drifting = Array.from({ length: 10 }, (_, index): VariantSketch[] => [{ name: 'v', replicas: [replica(0.4, { meanPromptTokens: 5000 * 1.03 ** (index + 1) })] }]);
    const { memory } = play(drifting, seen.memory, noonMs + 200_000);
    expect(remembered(memory)?.began?.promptTokens).toBeGreaterThan(6000);
  });

  it('three looks at odds with what is generated clear the window, and one that agrees begins to count anew', () => {
    const odd = Array.from({ length: 3 }, (): VariantSketch[] => [{ name: 'v', replicas: [generating(0.5, 0.1)] }]);
    expect(remembered(play(odd.slice(1), seen.memory, noonMs + 200_000).memory)?.misses).toBe(2);
    expect(remembered(play(odd, seen.memory, noonMs + 200_000).memory)?.window).toEqual([]);
    const between: VariantSketch[][] = [...odd.slice(1), [{ name: 'v', replicas: [generating(0.5)] }], ...odd.slice(1)];
    expect(remembered(play(between, seen.memory, noonMs + 200_000).memory)?.misses).toBe(2);
  });

  it('other requests begin to count the looks at odds anew', () => {
    const odd = (more: ReplicaSketch['readings']): VariantSketch[] => [{ name: 'v', replicas: [{ ...generating(0.5, 0.1), readings: { ...generating(0.5, 0.1).readings, ...more } }] }];
    const { memory } = play([odd({}), odd({}), odd({ meanPromptTokens: 9000 })], seen.memory, noonMs + 200_000);
    expect(remembered(memory)?.misses ?? 0).toBeLessThan(2);
  });

  it('a variant at zero is known for an hour by what it was', () => {
    const other: VariantSketch = { name: 'w', cost: 20, max: 1, replicas: [replica(0.8)] };
    const back = (afterMs: number) => desiredOf(look([{ name: 'v', current: 0, replicas: [] }, other], { arrivals: 25 }, seen.memory, noonMs + afterMs));
    expect(back(600_000)).toEqual({ v: 1, w: 1 });
    expect(back(4_000_000)).toEqual({ v: 0, w: 1 });
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(seen.memory))).toEqual(seen.memory);
  });
});
