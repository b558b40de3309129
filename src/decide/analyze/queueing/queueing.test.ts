import { describe, expect, it } from 'vitest';
import { steadyState } from './birth-death.ts';
import { begin, jacobianAt, update, type Shown } from './filter.ts';
import { guessedLaw, profiledLaw } from './first-law.ts';
import { fareAt, queueModelOf, rateWithin, type Fare, type QueueModel } from './queue-model.ts';
import { agree, solve } from './search.ts';
import { decodeMs, iterationMs, prefillMs, type ServiceLaw, type Work } from './service-law.ts';
import { inferredTargets } from './targets.ts';

const law = (baseMs: number, perComputedTokenMs: number, perResidentTokenMs: number): ServiceLaw => ({ baseMs, perComputedTokenMs, perResidentTokenMs });
const work = (promptTokens: number, generationTokens: number): Work => ({ promptTokens, generationTokens });
const near = (value: number, share = 1e-4): unknown => expect.closeTo(value, Math.max(0, -Math.log10(Math.abs(value) * share * 2)));
const modelOf = (...args: Parameters<typeof queueModelOf>): QueueModel => {
  const model = queueModelOf(...args);
  if (model === undefined) throw new Error('There is no such queue.');
  return model;
};

const s1 = modelOf(law(1, 0.01, 0.001), work(100, 10), 8, 16);
const s2 = modelOf(law(5, 0.05, 0.00005), work(512, 128), 64, 640);
const s3 = modelOf(law(8, 0.033, 0.0000478), work(2048, 256), 256, 100);
const s4 = modelOf(law(1, 0.01, 0.001), work(0, 10), 8, 16);
const s5 = modelOf(law(2, 0.02, 0.0005), work(1000, 100), 4, 0);
/** The first token as the published sizing had it: one time between tokens later than it is out. */
const oneLater = ({ waitMs, prefillMs: prefill, itlMs }: Fare): number => waitMs + prefill + itlMs;

describe('times of iterations', () => {
  const slow = law(10, 0.01, 0.001);
  it('of prompts', () => {
    expect(prefillMs(slow, work(0, 10), 4)).toBe(0);
    expect(prefillMs(slow, work(2000, 0), 8)).toBeCloseTo(208, 9);
  });

  it.each([[1, 1.23], [4, 1.575], [8, 2.035], [2.5, 1.4025]])('of a token beside %d: %d ms', (n, expected) => {
    expect(decodeMs(law(1, 0.1, 0.01), work(1, 1), n)).toBeCloseTo(expected, 9);
  });
});

describe('a queue in its steady state', () => {
  it('with one server is M/M/1/K', () => {
    const { probabilities, inSystem, throughput, responseTime, waitTime } = steadyState([2], 3, 2);
    expect([...probabilities]).toEqual(Array.from({ length: 5 }, () => expect.closeTo(0.2, 12)));
    expect([inSystem, throughput, responseTime, waitTime]).toEqual([2, 1.6, 1.25, 0.75].map((value) => expect.closeTo(value, 12)));
  });

  it('serves at another rate with each that is there', () => {
    const { probabilities, ...rest } = steadyState([1, 2, 3], 2, 1.5);
    expect([...probabilities]).toEqual([0.216949, 0.325424, 0.244068, 0.122034, 0.061017, 0.030508].map((value) => expect.closeTo(value, 5)));
    expect(rest).toEqual({ inSystem: near(1.576271), inService: near(1.454237), throughput: near(1.454237), responseTime: near(1.083916), serviceTime: near(1), waitTime: near(0.083916) });
    expect(1 - (probabilities[0] as number)).toBeCloseTo(0.783051, 5);
  });

  it('near what it can serve', () => {
    const found = steadyState([1, 2, 3], 2, 2.8);
    expect(found).toMatchObject({ inSystem: near(2.848112), throughput: near(2.303691), waitTime: near(0.236325) });
    expect(1 - (found.probabilities[0] as number)).toBeCloseTo(0.944384, 5);
  });

  it('has one for every load, one place alone and a thousand times what is served too', () => {
    expect(steadyState([1], 0, 1)).toMatchObject({ throughput: 0.5, waitTime: 0 });
    // released versions refused eleven times what is served in ten places: it is a queue that is nearly always full
    expect(steadyState([1], 9, 11)).toMatchObject({ throughput: expect.closeTo(1, 6), inSystem: expect.closeTo(9.9, 3) });
    expect(steadyState([1], 9, 9.9).throughput).toBeCloseTo(1, 6);
    const flooded = steadyState([1, 2], 500, 2000);
    expect(flooded.throughput).toBeCloseTo(2, 6);
    expect(flooded.probabilities.every(Number.isFinite)).toBe(true);
  });
});

describe('one replica as a queue', () => {
  it('leaves as many as its law says', () => {
    expect(s1.departures.map((rate) => rate * 1000)).toEqual([64.4953, 112.6126, 149.8876, 179.6138, 203.8736, 224.0478, 241.0883, 255.6727].map((value) => expect.closeTo(value, 3)));
    expect([s1.leastPerSecond, s1.mostPerSecond]).toEqual([expect.closeTo(0.0644953, 6), expect.closeTo(255.4171, 3)]);
    expect([s2.departures[0], s2.departures[63], s2.mostPerSecond / 1000].map((rate) => (rate as number) * 1000)).toEqual([1.395815, 21.574356, 21.5528].map((value) => near(value)));
    expect([(s3.departures[0] as number) * 1000, s3.mostPerSecond]).toEqual([near(0.44218), near(8.98414)]);
    expect([(s4.departures[0] as number) * 1000, s4.mostPerSecond]).toEqual([near(97.1731), near(708.682)]);
  });

  it.each([
    [50, 50, 17.4754, 0.000188, 0.873762, 2.27912, 1.51961, 3.79892, 0.10922],
    [150, 149.999, 23.8255, 0.618304, 3.48106, 2.81362, 2.03936, 5.47128, 0.435133],
  ])('at %d requests a second', (rate, throughput, response, wait, inService, prefill, itl, ttft, busy) => {
    const fare = fareAt(s1, rate) as Fare;
    expect(fare).toEqual({ throughputPerSecond: near(throughput), responseMs: near(response), waitMs: expect.closeTo(wait, 4), inService: near(inService), prefillMs: near(prefill), itlMs: near(itl) });
    expect(oneLater(fare)).toBeCloseTo(ttft, 3);
    expect(fare.inService / 8).toBeCloseTo(busy, 4);
  });

  it('of other systems', () => {
    expect(fareAt(s2, 2)).toMatchObject({ responseMs: near(771.539), prefillMs: near(31.0528), itlMs: near(5.78504) });
    expect(oneLater(fareAt(s2, 2) as Fare)).toBeCloseTo(36.8379, 3);
    expect(oneLater(fareAt(s3, 1) as Fare)).toBeCloseTo(86.236, 2);
    expect(fareAt(s3, 1)?.itlMs).toBeCloseTo(9.54629, 4);
    expect(fareAt(s4, 100)).toMatchObject({ prefillMs: 0, itlMs: near(1.0438) });
    expect(oneLater(fareAt(s4, 100) as Fare)).toBeCloseTo(1.04383, 4);
    expect(fareAt(s5, 1)?.throughputPerSecond).toBeCloseTo(0.998741, 5);
    expect(fareAt(s5, 2)?.throughputPerSecond).toBeCloseTo(1.97279, 4);
    // of those that come, those that find no place
    expect([1, 2].map((rate) => 1 - (fareAt(s5, rate) as Fare).throughputPerSecond / rate)).toEqual([expect.closeTo(0.00125898, 6), expect.closeTo(0.0136053, 6)]);
    expect((fareAt(s2, 2) as Fare).inService / 64).toBeCloseTo(0.0241106, 6);
  });

  it('is not asked for nothing, or for more than it ever serves', () => {
    for (const rate of [0, -1, NaN, s1.mostPerSecond * 1.1]) expect(fareAt(s1, rate)).toBeUndefined();
    for (const rate of [s1.leastPerSecond / 2, 100, s1.mostPerSecond * 0.9]) expect(fareAt(s1, rate)).toBeDefined();
  });

  it('is none of what cannot be', () => {
    const fine = law(1, 0.01, 0.001);
    for (const lengths of [work(100, 0), work(100, -1), work(-1, 10), work(NaN, 10)]) expect(queueModelOf(fine, lengths, 8, 16)).toBeUndefined();
    for (const [batch, places] of [[0, 16], [-1, 16], [8, -1], [2.5, 16]] as const) expect(queueModelOf(fine, work(100, 10), batch, places)).toBeUndefined();
    expect(queueModelOf(law(NaN, 0.01, 0.001), work(100, 10), 8, 16)).toBeUndefined();
    expect(queueModelOf(fine, work(0, 10), 8, 16)).toBeDefined();
    // one request at a time and no place to wait is a queue like any other
    expect(fareAt(modelOf(fine, work(100, 10), 1, 0), 10)?.waitMs).toBe(0);
  });
});

describe('requests a second within targets', () => {
  it.each<[string, QueueModel, { ttftMs?: number; itlMs?: number }, number]>([
    ['20 ms to the first token', s1, { ttftMs: 20 }, 229.369],
    ['2 ms between tokens', s1, { itlMs: 2 }, 143.74],
    ['targets that nothing misses', s1, { ttftMs: 50, itlMs: 5 }, 255.417],
    ['none', s1, {}, 255.417],
    ['500 ms and 50 ms', s2, { ttftMs: 500, itlMs: 50 }, 20.6352],
    ['20 ms between tokens', s2, { itlMs: 20 }, 20.4242],
    ['a second and 100 ms', s3, { ttftMs: 1000, itlMs: 100 }, 8.81154],
    ['100 ms between tokens', s3, { itlMs: 100 }, 8.92154],
  ])('%s', (_, model, targets, expected) => {
    expect(rateWithin(model, targets, oneLater)).toEqual(near(expected, 2e-4));
  });

  it('are more by the true first token, which is out a time between tokens earlier', () => {
    expect(rateWithin(s1, { ttftMs: 20 })).toBeGreaterThan(229.369);
  });

  it('are not known where a request misses them alone', () => {
    expect(rateWithin(s1, { ttftMs: 1 })).toBeUndefined();
    expect(rateWithin(s1, { itlMs: 1 })).toBeUndefined();
  });
});

describe('where a function has a value', () => {
  it.each<[string, (x: number) => number, number, number, number, ReturnType<typeof solve>]>([
    ['x²', (x) => x * x, 0, 10, 4, { x: expect.closeTo(2, 4) as never, where: 'within' }],
    ['2x', (x) => 2 * x, 1, 5, 6, { x: expect.closeTo(3, 4) as never, where: 'within' }],
    ['2x, below', (x) => 2 * x, 2, 5, 1, { x: 2, where: 'below' }],
    ['2x, above', (x) => 2 * x, 1, 3, 10, { x: 3, where: 'above' }],
    ['-x', (x) => -x, 1, 5, -3, { x: expect.closeTo(3, 4) as never, where: 'within' }],
    ['at an end', (x) => 2 * x, 1, 5, 10, { x: 5, where: 'within' }],
    ['no range', (x) => x, 5, 1, 3, undefined],
    ['not known at an end', (x) => (x === 1 ? NaN : x), 1, 5, 3, undefined],
  ])('%s', (_, f, low, high, target, expected) => {
    expect(solve(f, low, high, target)).toEqual(expected);
  });

  it.each([[1.005, 1, 0.01, true], [1.02, 1, 0.01, false], [0.1, 0, 0.01, false], [1, 1, -0.01, true], [0, 0, 0.5, true]])('%d and %d agree to %d: %s', (value, target, share, expected) => {
    expect(agree(value, target, share)).toBe(expected);
  });
});

describe('targets that nobody gave', () => {
  it('are three times the base', () => {
    const { ttftMs, itlMs } = inferredTargets(law(5, 0.05, 0.00005), work(512, 128));
    expect([ttftMs, itlMs]).toEqual([near(40.6256), near(15.078825)]);
  });
});

describe('a first law', () => {
  it('from one sight', () => {
    expect(guessedLaw({ ttftMs: 186, itlMs: 14, ...work(1000, 200) })).toEqual({ baseMs: near(12.6), perComputedTokenMs: near(0.1722844), perResidentTokenMs: near(0.001115598) });
  });

  it('is a usual one where a sight explains nothing', () => {
    expect(guessedLaw({ ttftMs: 5, itlMs: 10, ...work(1000, 200) })).toEqual(law(5, 0.05, 0.00005));
    expect(guessedLaw({ ttftMs: 186, itlMs: 14, ...work(0, 200) })).toEqual(law(5, 0.05, 0.00005));
  });

  it('from a profile gives the profile back', () => {
    const lengths = work(1000, 200);
    const found = profiledLaw({ itlBaseMs: 20.58, itlPerSequenceMs: 0.41, ttftBaseMs: 25, ttftPerTokenMs: 0.05, maxSequences: 64 }, lengths) as ServiceLaw;
    expect(decodeMs(found, lengths, 16)).toBeCloseTo(20.58 + 0.41 * 16, 6);
    expect(decodeMs(found, lengths, 32) - decodeMs(found, lengths, 16)).toBeCloseTo(0.41 * 16, 6);
    expect(Math.abs(prefillMs(found, lengths, 1) - 75)).toBeLessThan(1);
    for (const value of Object.values(found)) expect(value).toBeGreaterThan(0);
  });

  it('from a profile that contradicts itself keeps the time between tokens', () => {
    const lengths = work(1000, 200);
    const found = profiledLaw({ itlBaseMs: 20, itlPerSequenceMs: 0.4, ttftBaseMs: 5, ttftPerTokenMs: 0.001, maxSequences: 64 }, lengths) as ServiceLaw;
    expect(iterationMs(found, lengths, 11) - iterationMs(found, lengths, 1)).toBeCloseTo(4, 6);
    expect(profiledLaw({ itlBaseMs: 0, itlPerSequenceMs: 0, ttftBaseMs: 5, ttftPerTokenMs: 0.001, maxSequences: 64 }, lengths)).toBeUndefined();
  });
});

describe('the filter', () => {
  const began = [5, 0.05, 0.00005];
  const shown: Shown = ([base = 0, computed = 0, resident = 0]) => {
    const model = queueModelOf(law(base, computed, resident), work(512, 128), 64, 640);
    const fare = model && fareAt(model, 2);
    return fare && [fare.waitMs + fare.prefillMs, fare.itlMs];
  };

  it('knows how what is seen depends on what is thought', () => {
    expect(jacobianAt(began, shown)).toEqual([[1.076925, 521.0078, 1557.764], [1.076925, 15.00778, 2202.264]].map((row) => row.map((value) => near(value))));
  });

  it('takes a step towards what was seen', () => {
    const found = update(begin(began), began, shown, [33, 6.2]);
    expect(found).toMatchObject({ believed: true, surprise: near(1.472744), mean: [near(5.304131), near(0.0526333), near(5.00594e-5)] });
    expect(found?.covariance[0]).toBeLessThan(2 * (0.05 * 5) ** 2);
  });

  it('does not believe what is far off at once, and does when it stays', () => {
    let belief = begin(began);
    let refused = 0;
    for (let step = 0; step < 200; step++) {
      const found = update(belief, began, shown, [60, 12]);
      if (found === undefined) throw new Error('Nothing followed.');
      belief = found;
      if (found.believed) break;
      refused++;
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(100);
    expect(belief.mean[0]).toBeGreaterThan(5);
  });

  it('says nothing where the state cannot be asked, and never throws', () => {
    expect(update(begin(began), began, () => undefined, [33, 6.2])).toBeUndefined();
    expect(update(begin([0, 0, 0]), [0, 0, 0], shown, [33, 6.2])).toBeUndefined();
    expect(update(begin(began), began, (mean) => (mean[0] === 5 ? [30, 6] : undefined), [33, 6.2])).toBeUndefined();
  });
});
