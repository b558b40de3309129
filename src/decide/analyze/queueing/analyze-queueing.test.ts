import { describe, expect, it } from 'vitest';
import { createFleet, replicaUnder, server, type Requests } from '../../../../test/support/decide/fleet.ts';
import { decisionAbout, desiredOf, noonMs, sceneOf, times, type ReplicaSketch, type VariantSketch } from '../../../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, policySetOf, type Memory, type Policy } from '../../../model/index.ts';
import { decide, type Outcome } from '../../decide.ts';
import { fareAt, firstTokenMs, queueModelOf, type Fare } from './queue-model.ts';

const policy: Policy = { ...defaultPolicy, analyzer: 'queueing', scaleDownStabilizationMs: 0, slo: { ttftSeconds: 1, itlSeconds: 0.05, attainment: 0.99 } };
const law = { baseMs: 12, perComputedTokenMs: 0.02, perResidentTokenMs: 0.00008 };
const lengths = { promptTokens: 1000, generationTokens: 300 };
const model = queueModelOf(law, lengths, 256, 2560);

/** A replica that behaves as the law says. */
function at(perSecond: number, more: Partial<ReplicaSketch> = {}): ReplicaSketch {
  const fare = fareAt(model as NonNullable<typeof model>, perSecond) as Fare;
  return { kv: 0.3, queue: 0, running: fare.inService, capacity: 400_000, ...more, readings: { arrivalsPerSecond: perSecond, completionsPerSecond: perSecond, meanPromptTokens: 1000, meanGenerationTokens: 300, ttftSeconds: firstTokenMs(fare) / 1000, itlSeconds: fare.itlMs / 1000, ...more.readings } };
}

function play(looks: readonly (readonly VariantSketch[])[], { from = emptyMemory, fromMs = noonMs, stepMs = 60_000, by = policy }: { from?: Memory; fromMs?: number; stepMs?: number; by?: Policy } = {}): { outcomes: Outcome[]; memory: Memory; last: Outcome } {
  let memory = from;
  const outcomes = looks.map((sketches, index) => {
    const outcome = decide(sceneOf(sketches, fromMs + index * stepMs), policySetOf(by), memory, fromMs + index * stepMs);
    memory = outcome.memory;
    return outcome;
  });
  return { outcomes, memory, last: outcomes.at(-1) as Outcome };
}
const sentence = (outcome: Outcome, name = 'v') => decisionAbout(outcome, name).trail[0]?.sentence ?? '';
const carried = (outcome: Outcome): number => Number(/and ([\d.]+) carried/.exec(sentence(outcome))?.[1]);
const remembered = (memory: Memory, name = 'v') => memory.variants[`prod/${name}`]?.queueing;

describe('requests a second asked for against carried within the targets', () => {
  it('begins with a guess, and comes to know what a replica carries', () => {
    const rates = [2, 4, 6, 8, 10, 7, 3, 5, 9, 10];
    const learned = play(Array.from({ length: 60 }, (_, index) => [{ name: 'v', min: 1, max: 1, replicas: [at(rates[index % rates.length] as number)] }]));
    const truth = queueModelOf(law, lengths, 256, 100);
    // the targets are met up to here
    let most = 1;
    for (let rate = 1; rate < 40; rate += 0.05) {
      const fare = fareAt(truth as NonNullable<typeof truth>, rate);
      if (fare !== undefined && firstTokenMs(fare) <= 1000 && fare.itlMs <= 50) most = rate;
    }
    expect(carried(learned.last) / most).toBeGreaterThan(0.9);
    expect(carried(learned.last) / most).toBeLessThan(1.1);
  });

  it('capacity is that of the replicas that serve, so that growth can be called for at all', () => {
    const { last } = play(times(1, {}).map(() => [{ name: 'v', replicas: times(2, at(10)) }]));
    const capacity = carried(last);
    const outcome = play([[{ name: 'v', replicas: times(2, at(10, { readings: { arrivalsPerSecond: capacity, completionsPerSecond: capacity } })) }]]);
    expect(decisionAbout(outcome.last, 'v').desired).toBeGreaterThan(2);
  });

  it('removes what the band leaves, and nothing while a target is missed or a replica is silent', () => {
    const calm = play([[{ name: 'v', replicas: times(6, at(2)) }]]).last;
    expect(decisionAbout(calm, 'v').desired).toBe(5);
    expect(decisionAbout(play([[{ name: 'v', replicas: [...times(5, at(2)), at(2, { readings: { itlSeconds: 0.2 } })] }]]).last, 'v').reason).toBe('HeldSaturated');
    expect(decisionAbout(play([[{ name: 'v', replicas: [...times(5, at(2)), {}] }]]).last, 'v').reason).toBe('HeldMetricsPartial');
  });

  it('drains what waits', () => {
    expect(sentence(play([[{ name: 'v', replicas: times(2, at(5, { queue: 63 })) }]], { from: play([[{ name: 'v', replicas: times(2, at(5)) }]]).memory, fromMs: noonMs + 15_000 }).last)).toMatch(/10 requests\/s at the replicas and 2 to drain/);
  });

  it('without targets takes three times the base, and says so', () => {
    expect(sentence(play([[{ name: 'v', replicas: [at(5)] }]], { by: { ...policy, slo: { attainment: 0.99 } } }).last)).toMatch(/ms to the first token and .* ms between tokens, three times the base of its servers/);
  });

  it('takes one target alone', () => {
    expect(sentence(play([[{ name: 'v', replicas: [at(5)] }]], { by: { ...policy, slo: { itlSeconds: 0.05, attainment: 0.99 } } }).last)).toMatch(/carried within 50 ms between tokens\)/);
  });

  it('a target that even one request misses calls for no end of replicas', () => {
    const outcome = play([[{ name: 'v', replicas: times(3, at(2)) }]], { by: { ...policy, slo: { itlSeconds: 0.001, attainment: 0.99 } } }).last;
    expect(decisionAbout(outcome, 'v').desired).toBe(3);
  });

  it('the percentages decide while nothing is known, and when nobody tells what arrives', () => {
    // released versions took half as much again of what was seen, up to ten seconds, for targets that somebody wanted
    for (const readings of [{ ttftSeconds: 2, itlSeconds: 0.05 }, { ttftSeconds: 0, itlSeconds: 0.05, arrivalsPerSecond: 5 }, { ttftSeconds: 2, itlSeconds: 0, arrivalsPerSecond: 5 }]) {
      expect(sentence(play([[{ name: 'v', replicas: times(2, { kv: 0.9, queue: 0, readings }) }]], { by: { ...policy, slo: { attainment: 0.99 } } }).last)).toMatch(/by use, since/);
    }
    expect(sentence(play([[{ name: 'v', replicas: times(2, { kv: 0.9, queue: 0 }) }]]).last)).toMatch(/mean KV use 0.9.*by use, since no law/);
    expect(decisionAbout(play([[{ name: 'v', replicas: times(2, {}) }]]).last, 'v').reason).toBe('HeldMetricsMissing');
  });
});

describe('what is learned from', () => {
  const settled = play(Array.from({ length: 5 }, () => [{ name: 'v', replicas: times(2, at(5)) }]));
  const after = (sketch: readonly ReplicaSketch[], looks = 1) => remembered(play(Array.from({ length: looks }, () => [{ name: 'v', replicas: sketch }]), { from: settled.memory, fromMs: noonMs + 400_000 }).memory);
  const before = remembered(settled.memory);

  it.each<[string, ReplicaSketch[]]>([
    ['replicas that have just come', [...times(2, at(9)), at(9, { podAgeMs: 90_000, startedInMs: 60_000 })]],
    ['queues that grow', times(2, at(9, { readings: { arrivalsPerSecond: 9, completionsPerSecond: 5 } }))],
    ['full queues', times(2, at(9, { queue: 40 }))],
    ['stale readings', times(2, at(9, { ageMs: 90_000 }))],
    ['idle replicas', times(2, at(9, { readings: { arrivalsPerSecond: 0, completionsPerSecond: 0 } }))],
  ])('not %s', (_, replicas) => {
    expect(after(replicas)?.mean).toEqual(before?.mean);
  });

  it('a settled fleet under another load', () => {
    expect(after(times(2, at(9)), 3)?.mean).not.toEqual(before?.mean);
  });

  it('a server that has become slower is believed after a while', () => {
    const slow = times(2, at(5, { readings: { itlSeconds: 0.06, ttftSeconds: 0.4 } }));
    expect(after(slow)?.refused).toBe(1);
    const [baseMs = 0, perComputedTokenMs = 0, perResidentTokenMs = 0] = after(slow, 15)?.mean ?? [];
    const now = queueModelOf({ baseMs, perComputedTokenMs, perResidentTokenMs }, lengths, 256, 2560);
    expect(fareAt(now as NonNullable<typeof now>, 5)?.itlMs).toBeGreaterThan(50);
  });

  it('more than the law says can be served is no reason to stop', () => {
    const many = times(2, at(5, { readings: { arrivalsPerSecond: 400, completionsPerSecond: 400 } }));
    expect(after(many)?.refused).toBe(1);
    for (const value of after(many, 15)?.mean ?? []) expect(value).toBeGreaterThan(0);
  });

  it('is forgotten after a week, and when the profile changes', () => {
    const sleeping = (fromMs: number, offlineProfile?: VariantSketch['offlineProfile']) => remembered(play([[{ name: 'v', current: 0, replicas: [], ...(offlineProfile && { offlineProfile }) }]], { from: settled.memory, fromMs }).memory);
    expect(sleeping(noonMs + 3_600_000)?.mean).toBeDefined();
    expect(sleeping(noonMs + 8 * 24 * 3_600_000)?.mean).toBeUndefined();
    expect(sleeping(noonMs + 3_600_000, { itlBaseMs: 1, itlPerSequenceMs: 1, ttftBaseMs: 1, ttftPerTokenMs: 1, maxSequences: 1 })?.mean).toBeUndefined();
  });

  it('is plain data', () => {
    expect(JSON.parse(JSON.stringify(settled.memory))).toEqual(settled.memory);
  });
});

describe('a profile', () => {
  const offlineProfile = { itlBaseMs: 12, itlPerSequenceMs: 0.5, ttftBaseMs: 20, ttftPerTokenMs: 0.1, maxSequences: 64 };
  const busy: VariantSketch = { name: 'v', cost: 5, max: 1, replicas: [at(13, { queue: 600 })] };
  const from = play([[{ ...busy, replicas: [at(10)] }]]).memory;

  it('lets a variant be chosen that has never run', () => {
    const asleep: VariantSketch = { name: 'w', cost: 10, current: 0, replicas: [] };
    expect(desiredOf(play([[busy, asleep]], { from, fromMs: noonMs + 15_000 }).last)).toEqual({ v: 1, w: 0 });
    expect(desiredOf(play([[busy, { ...asleep, offlineProfile }]], { from, fromMs: noonMs + 15_000 }).last)).toEqual({ v: 1, w: 1 });
  });

  it('is corrected by what is seen', () => {
    const looks = Array.from({ length: 30 }, (_, index): VariantSketch[] => [{ name: 'v', replicas: times(2, at([2, 5, 8, 10][index % 4] as number)), offlineProfile: { ...offlineProfile, itlBaseMs: 20 } }]);
    const { memory } = play(looks);
    expect(Math.abs((remembered(memory)?.mean?.[0] as number) - 12)).toBeLessThan(Math.abs((remembered(play(looks.slice(0, 1)).memory)?.mean?.[0] as number) - 12));
  });
});

describe('a fleet that follows', () => {
  // iterations of a server of another form than the law: it has to make do
  const requests: Requests = { promptTokens: 1000, generationTokens: 300 };
  it.each([3, 12, 40])('comes to rest at %d requests a second, with both targets met', (rate) => {
    const fleet = createFleet([{ name: 'v', server, replicas: 2 }], { ...policy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 }, scaleDownStabilizationMs: 120_000 }, requests);
    for (let cycle = 0; cycle < 400; cycle++) fleet.step(rate);
    const last = fleet.counts.slice(-60).map(([count = 0]) => count);
    expect(new Set(last).size).toBe(1);
    const { readings = {} } = replicaUnder(rate / (last[0] ?? 1), server, requests);
    expect(readings.itlSeconds).toBeLessThan(0.1);
    expect(readings.ttftSeconds).toBeLessThan(2);
    expect(last[0]).toBeLessThanOrEqual(Math.ceil(rate / 3));
  });
});
