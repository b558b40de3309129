import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersUnder, createStages, promptsUnder } from '../../test/support/decide/stages.ts';
import { decideInTurn, noonMs, sceneOf, times, type ReplicaSketch, type VariantSketch } from '../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, noQuotas, policySetOf, type Decision, type Policy } from '../model/index.ts';
import { decide } from './index.ts';
import { lawOf } from './learn/iteration-law.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 3, itlSeconds: 0.06, attainment: 0.99 } };
// a model of 70 billion parameters on four H100: a prompt takes 0.35 s, so one replica computes 2.86 a second
const server = { baseMs: 15, perSequenceMs: 0.05, perResidentKiloMs: 0.03, perPromptKiloMs: 67, kvCapacityTokens: 900_000 };
const long = { promptTokens: 5000, generationTokens: 300 };
const one = { replicas: 1 };
const desired = ({ desired: count = 0 }: Decision): number => count;
const words = ({ trail }: Decision): string => trail.map(({ sentence }) => sentence).join(' ');

describe('a pool that computes prompts and one that answers', () => {
  it('learn each what they do, and come to rest at what their requests take of either', () => {
    const stages = createStages(server, long, { prefill: one, decode: one }, policy);
    for (let cycle = 0; cycle < 400; cycle++) stages.step(8);
    const { prefill, decode } = stages.step(8);
    // 2.8 are busy all the time
    expect(desired(prefill)).toBeGreaterThanOrEqual(3);
    expect(desired(prefill)).toBeLessThanOrEqual(5);
    expect(desired(decode)).toBeGreaterThanOrEqual(1);
    expect(desired(decode)).toBeLessThanOrEqual(2);
    const law = stages.memory().variants[prefill.variant.key]?.law;
    if (law === undefined) throw new Error('Nothing was learned.');
    const { baseMs, perPromptMs } = lawOf(law);
    expect((baseMs * (5000 / 2048) + perPromptMs * 5) / 350).toBeCloseTo(1, 1);
    expect(prefill.basis?.capacity).toMatchObject({ known: 'Learned', limitedBy: 'Prefill' });
    expect(prefill.basis?.capacity?.promptSeconds).toBeCloseTo(0.36, 1);
    expect(prefill.basis?.capacity?.sequences).toBeUndefined();
    expect(decode.basis?.capacity?.known).toBe('Learned');
    // prompts are no part of what it is asked about
    expect(decode.basis?.capacity?.law?.deviationFraction).toBeLessThan(0.2);
  });

  it('never leave a queue of prompts to itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.double({ min: 3, max: 40, noNaN: true }), fc.integer({ min: 200, max: 12_000 }), (replicas, perSecond, promptTokens) => {
        const stages = createStages(server, { promptTokens, generationTokens: 100 }, { prefill: { replicas }, decode: { replicas } }, policy);
        for (let cycle = 0; cycle < 80; cycle++) stages.step(perSecond);
        expect(stages.step(perSecond).waiting).toBeLessThan(0.0011);
      }),
      { numRuns: 40 },
    );
  });

  it('are asked for together, although the second sees only what comes through the first', () => {
    const stages = createStages(server, { ...long, generationTokens: 1500 }, { prefill: { replicas: 1 }, decode: { replicas: 1 } }, policy);
    for (let cycle = 0; cycle < 40; cycle++) stages.step(1.5);
    const before = desired(stages.step(1.5).decode);
    let atOnce = 0;
    let passed = 0;
    for (let cycle = 0; cycle < 4; cycle++) {
      const { decode, passedPerSecond } = stages.step(30);
      atOnce = desired(decode);
      passed = passedPerSecond;
    }
    // a replica answers some three requests a second: by what came through, one or two more would do
    expect(passed).toBeLessThan(10);
    expect(atOnce).toBeGreaterThanOrEqual(before + 5);
  });

  it.each([
    ['prefill', 'decode', 'prefill'],
    ['decode', 'prefill', 'decode'],
  ] as const)('do not grow beyond what the other passes: %s has its maximum', (short, other, name) => {
    const requests = short === 'prefill' ? { ...long, generationTokens: 1500 } : { promptTokens: 2000, generationTokens: 1500 };
    const free = createStages(server, requests, { prefill: one, decode: one }, policy);
    const bound = createStages(server, requests, { prefill: one, decode: one, [short]: { replicas: 1, sketch: { max: 2 } } }, policy);
    for (let cycle = 0; cycle < 60; cycle++) {
      free.step(3);
      bound.step(3);
    }
    for (let cycle = 0; cycle < 40; cycle++) {
      free.step(30);
      bound.step(30);
    }
    const [much, little] = [free.step(30)[other], bound.step(30)[other]];
    expect(desired(little)).toBeLessThan(0.7 * desired(much));
    expect(words(little)).toContain(`for the ${name} replicas that there may be pass no more`);
    expect(words(much)).not.toContain('pass no more');
  });

  it.each(['prefill', 'decode'] as const)('leave what the other cannot use: no quota for more of %s', (short) => {
    const other = short === 'prefill' ? 'decode' : 'prefill';
    const requests = short === 'prefill' ? { ...long, generationTokens: 1500 } : { promptTokens: 2000, generationTokens: 1500 };
    const pools = { prefill: { replicas: 1, sketch: { accelerator: 'H100', accelerators: 1 } }, decode: { replicas: 1, sketch: { accelerator: 'MI300X', accelerators: 1 } } };
    const quotas = { ...noQuotas, cluster: { [pools[short].sketch.accelerator]: 2 } };
    const [free, bound] = [createStages(server, requests, pools, policy), createStages(server, requests, pools, { ...policySetOf(policy), quotas })];
    for (let cycle = 0; cycle < 60; cycle++) for (const stages of [free, bound]) stages.step(3);
    for (let cycle = 0; cycle < 40; cycle++) for (const stages of [free, bound]) stages.step(30);
    const [much, little] = [free.step(30)[other], bound.step(30)];
    expect(desired(little[short])).toBe(2);
    expect(desired(little[other])).toBeLessThan(0.7 * desired(much));
    expect(little[other].trail.at(-1)).toMatchObject({ to: desired(little[other]) });
    const told = bound.step(60)[other];
    expect(told.reason).toBe('LimitedByQuota');
    expect(words(told)).toContain('have no room for more (The quota of the cluster has 0 of 2');
  });

  it('are told apart by whose queue it is: prompts that nobody copies call for servers that answer', () => {
    const look = (prompts: Partial<ReplicaSketch>, waiting: number): VariantSketch[] => [
      { name: 'p', role: 'prefill', accelerator: 'H100', replicas: times(2, { ...promptsUnder(1.5, server, long, 0, 2), ...prompts, queue: waiting }) },
      { name: 'd', role: 'decode', accelerator: 'H100', replicas: times(1, answersUnder(3, server, { ...long, generationTokens: 500 })) },
    ];
    const last = (prompts: Partial<ReplicaSketch>, waiting: number): number[] => {
      let memory = emptyMemory;
      let counts: number[] = [];
      for (let cycle = 0; cycle < 40; cycle++) {
        const scene = sceneOf(cycle < 39 ? look({}, 0) : look(prompts, waiting), noonMs + cycle * 15_000);
        const outcome = decide(scene, policySetOf(policy), memory, scene.atMs);
        memory = outcome.memory;
        counts = outcome.decisions.map(desired);
      }
      return counts;
    };
    const [calm, flooded, blocked] = [last({}, 0), last({}, 300), last({ kv: 0.97 }, 300)] as [number[], number[], number[]];
    expect(flooded[0]).toBeGreaterThan(calm[0] as number);
    expect(blocked[0]).toBe(calm[0]);
    expect(blocked[1]).toBeGreaterThan(calm[1] as number);
  });

  it('know something of a pool that has shown nothing, by the other', () => {
    const sketches: VariantSketch[] = [
      { name: 'p', role: 'prefill', accelerator: 'H100', replicas: [{ kv: 0, queue: 0, running: 0, capacity: 900_000, readings: { arrivalsPerSecond: 0, recentArrivalsPerSecond: 0, completionsPerSecond: 0 } }] },
      { name: 'd', role: 'decode', accelerator: 'H100', replicas: [answersUnder(2, server, long)] },
    ];
    const { decisions } = decide(sceneOf(sketches), policySetOf(policy), emptyMemory, noonMs);
    expect(decisions[0]?.basis?.capacity).toMatchObject({ known: 'Guessed', guessedFrom: decisions[1]?.variant.key });
    // 5.1 ms for 1000 tokens and millisecond of base, by the data sheet: 76
    expect(decisions[0]?.basis?.capacity?.law?.perPromptMs).toBeGreaterThan(50);
    expect(decisions[0]?.basis?.capacity?.law?.perPromptMs).toBeLessThan(110);
  });
});

describe('every decision about two pools', () => {
  const requests = fc.record({ promptTokens: fc.integer({ min: 100, max: 10_000 }), generationTokens: fc.integer({ min: 20, max: 2000 }) });
  const sketch = fc.record({ count: fc.integer({ min: 0, max: 8 }), max: fc.integer({ min: 1, max: 12 }), odd: fc.constantFrom('', '', 'stale', 'starting', 'silent'), mode: fc.constantFrom('act', 'act', 'act', 'recommend', 'paused') });
  const look = fc.record({ prefill: sketch, decode: sketch, second: fc.option(sketch), rate: fc.double({ min: 0, max: 20, noNaN: true }), waiting: fc.constantFrom(0, 0, 5, 300), requests });
  type Look = typeof look extends fc.Arbitrary<infer Is> ? Is : never;
  const sketchesOf = ({ prefill, decode, second, rate, waiting, requests: of }: Look): VariantSketch[] =>
    ([['p', 'prefill', prefill], ['d', 'decode', decode], ['e', 'decode', second]] as const).flatMap(([name, role, told]) => {
      if (told === null) return [];
      const shows = role === 'prefill' ? promptsUnder(rate, server, of, waiting, told.count) : answersUnder(rate, server, of);
      return [{ name, role, max: told.max, mode: told.mode as 'act', accelerator: name === 'e' ? 'A100' : 'H100', replicas: Array.from({ length: told.count }, (_, index) => (index > 0 || told.odd === '' ? shows : told.odd === 'starting' ? { state: 'starting' as const, podAgeMs: 20_000 } : told.odd === 'silent' ? {} : { ...shows, ageMs: 90_000 })) }];
    });
  const play = (looks: readonly VariantSketch[][]) => decideInTurn(looks, policy);

  it('adds up, and is the same bytes in any order and after JSON', () => {
    fc.assert(
      fc.property(fc.array(look, { minLength: 1, maxLength: 8 }), (looks) => {
        const outcomes = play(looks.map(sketchesOf));
        for (const { decisions } of outcomes) {
          for (const { desired: count = -1, current, trail } of decisions) {
            expect(count).toBeGreaterThanOrEqual(0);
            expect(trail[0]?.from).toBe(current);
            expect(trail.at(-1)?.to).toBe(count);
          }
        }
        expect(JSON.parse(JSON.stringify(outcomes))).toEqual(outcomes);
        const reversed = play(looks.map((each) => sketchesOf(each).toReversed()));
        const told = (of: readonly Decision[] = []): string => JSON.stringify(of.toSorted((a, b) => (a.variant.name < b.variant.name ? -1 : 1)));
        for (const [index, { decisions }] of reversed.entries()) expect(told(decisions)).toBe(told(outcomes[index]?.decisions));
      }),
      { numRuns: 150 },
    );
  });

  it('is never smaller for more load, of either', () => {
    fc.assert(
      fc.property(requests, fc.double({ min: 0.05, max: 0.9, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), (of, share, factor, prefills, decodes) => {
        const rate = (prefills * share * 1000) / (15 + (67 * of.promptTokens) / 1000);
        const at = (perSecond: number): VariantSketch[] => [
          { name: 'p', role: 'prefill', min: 1, accelerator: 'H100', replicas: Array.from({ length: prefills }, () => promptsUnder(perSecond / prefills, server, of, 0, prefills)) },
          { name: 'd', role: 'decode', min: 1, accelerator: 'H100', replicas: Array.from({ length: decodes }, () => answersUnder(perSecond / decodes, server, of)) },
        ];
        const history = [rate, rate, rate, rate, rate];
        const [less, more] = [rate, rate * factor].map((last) => play([...history, last].map(at)).at(-1)?.decisions.map(desired)) as [number[], number[]];
        for (const [index, count] of less.entries()) expect(more[index]).toBeGreaterThanOrEqual(count);
      }),
    );
  });
});
