import { describe, expect, it } from 'vitest';
import { createManualClock, createRandom } from '../../runtime/index.ts';
import { createAgenda } from '../agenda.ts';
import { drawTokens, offeredRate, startTraffic } from './traffic.ts';
import type { Traffic } from './traffic-plan.ts';

const tokens = { mean: 100, standardDeviation: 20, lowest: 40, highest: 160 };
const traffic: Traffic = {
  modelID: 'm', namespace: 'n', promptTokens: tokens, generationTokens: tokens,
  stages: [{ durationMs: 100_000, from: 0, to: 20 }, { durationMs: 100_000, from: 20, to: 20 }],
};

async function count(seed: string, untilMs: number): Promise<number[]> {
  const clock = createManualClock(0);
  const agenda = createAgenda(clock, 1000);
  const arrivals: number[] = [];
  agenda.start();
  const end = startTraffic(traffic, agenda, createRandom(seed), () => arrivals.push(agenda.now()));
  await clock.advance(untilMs);
  end();
  agenda.stop();
  return arrivals;
}

describe('traffic', () => {
  it('follows its stages in a straight line, and ends after them or begins again', () => {
    expect([0, 50_000, 100_000, 150_000, 200_000].map((atMs) => offeredRate(traffic, atMs))).toEqual([0, 10, 20, 20, 0]);
    expect(offeredRate({ ...traffic, repeat: true }, 250_000)).toBe(10);
  });

  it('has as many arrivals as its stages say, within what chance does to a Poisson process', async () => {
    const arrivals = await count('poisson', 300_000);
    // 1000 in the rising stage and 2000 in the level one: standard deviations 32 and 45
    expect(Math.abs(arrivals.filter((atMs) => atMs < 100_000).length - 1000)).toBeLessThan(130);
    expect(Math.abs(arrivals.filter((atMs) => atMs >= 100_000).length - 2000)).toBeLessThan(180);
    expect(Math.max(...arrivals)).toBeLessThan(200_000);
  });

  it('has gaps as a Poisson process has: as much spread as mean', async () => {
    const level = (await count('gaps', 200_000)).filter((atMs) => atMs >= 100_000);
    const gaps = level.slice(1).map((atMs, index) => atMs - (level[index] ?? 0));
    const mean = gaps.reduce((total, gap) => total + gap, 0) / gaps.length;
    const spread = Math.sqrt(gaps.reduce((total, gap) => total + (gap - mean) ** 2, 0) / gaps.length);
    expect(spread / mean).toBeGreaterThan(0.9);
    expect(spread / mean).toBeLessThan(1.1);
  });

  it('is the same for the same seed', async () => {
    expect(await count('one', 50_000)).toEqual(await count('one', 50_000));
  });

  it('draws tokens within their bounds and around their mean', () => {
    const random = createRandom('tokens');
    const drawn = Array.from({ length: 5000 }, () => drawTokens(tokens, random));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(40);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(160);
    expect(drawn.reduce((total, value) => total + value, 0) / 5000).toBeCloseTo(100, -0.5);
  });
});
