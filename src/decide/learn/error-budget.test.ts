import { describe, expect, it } from 'vitest';
import { fresh, missing, type ErrorBudget, type LatencyReadings, type Slo } from '../../model/index.ts';
import { readingsOf } from '../../../test/support/decide/scene.ts';
import { lateShareAllowed, watchBudget, type Faring } from './error-budget.ts';

const slo: Slo = { ttftSeconds: 2, itlSeconds: 0.05, attainment: 0.99 };
const stepMs = 15_000;
const horizonMs = 120_000;

/** Ten answers a second, so many of a hundred of them later than the target. */
function answers(latePercent: number): LatencyReadings {
  return { ttft: fresh({ boundsSeconds: [1, 2, 4], withinPerSecond: [5, (100 - latePercent) / 10, 10], totalPerSecond: 10 }, 0), itl: missing('NothingHappened') };
}

function looks(count: number, faring: Partial<Faring>, from?: ErrorBudget, of = slo): ErrorBudget | undefined {
  let budget = from;
  for (let look = 1; look <= count; look++) budget = watchBudget(budget, { latency: answers(0), serving: [], perSecond: 10, overdue: false, ...faring }, of, (from?.atMs ?? 0) + look * stepMs);
  return budget;
}

describe('the error budget', () => {
  it('counts the requests that were answered, and those that came too late', () => {
    // the first look begins it
    expect(looks(9, { latency: answers(5) })).toMatchObject({ requests: expect.closeTo(1194, 0), late: expect.closeTo(60, 0) });
    expect(looks(9, {})?.late).toBe(0);
  });

  it('is unknown while nobody tells, and where there is no target', () => {
    expect(looks(5, { latency: undefined })).toBeUndefined();
    expect(looks(5, { latency: { ttft: missing('NotScraped'), itl: missing('NotScraped') } })).toBeUndefined();
    expect(looks(5, {}, undefined, { attainment: 0.99 })).toBeUndefined();
    expect(lateShareAllowed(undefined, 10, horizonMs, slo)).toBeCloseTo(0.01);
  });

  it('is not earned while nobody tells any more, and is forgotten by half in two hours', () => {
    const before = looks(100, { latency: answers(10) }) as ErrorBudget;
    const after = watchBudget(before, { latency: undefined, serving: [], perSecond: 10, overdue: false }, slo, before.atMs + 7_200_000);
    expect(after).toMatchObject({ requests: expect.closeTo(before.requests / 2), late: expect.closeTo(before.late / 2) });
  });

  it('counts what comes as late while more wait than could be in time, although the engines tell of nothing late', () => {
    expect(looks(9, { overdue: true })).toMatchObject({ requests: expect.closeTo(1194, 0), late: expect.closeTo(1194, 0) });
  });

  it('counts tokens that come too slowly, half of them where a replica is just at the target', () => {
    const serving = [
      { readings: readingsOf({ itlSeconds: 0.05, generationTokensPerSecond: 100 }) },
      { readings: readingsOf({ itlSeconds: 0.02, generationTokensPerSecond: 300 }) },
    ];
    const { requests, late } = looks(20, { serving }) as ErrorBudget;
    expect(late / requests).toBeCloseTo(0.125);
  });

  it('counts a long pause of the controller as one minute', () => {
    const before = looks(2, {}) as ErrorBudget;
    expect(watchBudget(before, { latency: answers(0), serving: [], perSecond: 10, overdue: false }, slo, before.atMs + 600_000)?.requests).toBeLessThan(before.requests + 601);
  });
});

describe('what may be late until new replicas serve', () => {
  it('is more the more has been left over, up to twenty times what the SLO allows', () => {
    const shares = [2, 40, 120, 400, 2000].map((count) => lateShareAllowed(looks(count, {}), 10, horizonMs, slo));
    expect(shares[0]).toBeCloseTo(0.064, 2);
    for (const [index, share] of shares.slice(1).entries()) expect(share).toBeGreaterThanOrEqual(shares[index] as number);
    expect(shares.at(-1)).toBeCloseTo(0.2);
  });

  it('is what the SLO allows where the past has spent it', () => {
    expect(lateShareAllowed(looks(200, { latency: answers(3) }), 10, horizonMs, slo)).toBeCloseTo(0.01);
    expect(lateShareAllowed(looks(200, { latency: answers(3) }), 0, horizonMs, slo)).toBeCloseTo(0.01);
    expect(lateShareAllowed(looks(200, {}), 10, horizonMs, { ...slo, attainment: 1 })).toBe(0);
  });

  it('shrinks with every late request', () => {
    const before = looks(120, {}) as ErrorBudget;
    const [few, many] = [1, 4].map((percent) => lateShareAllowed(looks(8, { latency: answers(percent) }, before), 10, horizonMs, slo));
    expect(many).toBeLessThan(few as number);
    expect(few).toBeLessThan(lateShareAllowed(before, 10, horizonMs, slo));
  });
});
