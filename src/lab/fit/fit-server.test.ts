import { describe, expect, it } from 'vitest';
import { createRandom } from '../../runtime/index.ts';
import type { ServingProfile } from '../../simulator/index.ts';
import { fitServer } from './fit-server.ts';
import type { Offered } from './offered-load.ts';
import { playLoad } from './play.ts';
import { predictTape } from './predict.ts';
import type { Stage } from './stages.ts';
import type { Tape } from './tape.ts';
import { claimsOf } from './tolerances.ts';

const truth: ServingProfile = {
  modelID: 'm', accelerator: 'x', baseMs: 8, perPrefillTokenMs: 0.2, perSequenceMs: 0.8, perResidentTokenMs: 0, networkMs: 10,
  pausesPerSecond: 1.5, pauseMs: 50, maxSequences: 256, tokenBudget: 2048, kvBlocks: 64, blockTokens: 128, maxModelTokens: 5000, costPerHour: 0,
};
const whole: readonly Stage[] = [{ number: 1, fromSeconds: -1, toSeconds: 1e6, perSecond: 0 }];

/** A recording of our own engine, of which everything is known. */
function record(profile: ServingProfile, name: string, plan: readonly (readonly [perSecond: number, seconds: number])[], prompt: number, answer: number): Tape {
  const random = createRandom(name);
  const load: Offered[] = [];
  let from = 5;
  for (const [perSecond, seconds] of plan) {
    for (let at = from + random.exponential(1 / perSecond); at < from + seconds; at += random.exponential(1 / perSecond)) {
      load.push({ atSeconds: at, promptTokens: Math.max(1, Math.round(random.normal(prompt, 0.2 * prompt))), generationTokens: Math.max(2, Math.round(random.normal(answer, 0.2 * answer))) });
    }
    from += seconds;
  }
  const pageSeconds = Array.from({ length: Math.ceil(from / 5) + 4 }, (_, page) => 5 * (page + 1));
  const { requests, pages } = playLoad(profile, load, pageSeconds, `recording ${name}`);
  return { name, requests, pages, problems: [] };
}

const rising = record(truth, 'rising', [[0.4, 60], [1, 60], [1.6, 60], [0.4, 40]], 400, 200);
const short = record(truth, 'short', [[1, 40], [3, 40], [5, 30]], 200, 60);

describe('fitting a server whose parameters are known', () => {
  const { profile } = fitServer([{ tape: rising, stages: whole }]);

  it('finds them from pages and log', () => {
    expect(relative(profile.baseMs + profile.perSequenceMs, 8.8)).toBeLessThan(0.1);
    // at ten sequences at once, what the law is for
    expect(relative(profile.baseMs + 10 * profile.perSequenceMs, 16)).toBeLessThan(0.08);
    expect(relative(profile.perPrefillTokenMs, 0.2)).toBeLessThan(0.15);
    expect(Math.abs(profile.networkMs - 10)).toBeLessThan(8);
    expect(profile.perResidentTokenMs).toBe(0);
  });

  it('predicts a recording with other token shapes within the tolerances', () => {
    const claims = claimsOf(predictTape(profile, short, whole), 'short');
    expect(claims).toHaveLength(7);
    expect(claims.filter(({ verdict }) => verdict === 'misses')).toEqual([]);
  });

  it('misses where the server is another', () => {
    const claims = claimsOf(predictTape({ ...profile, baseMs: 1.6 * profile.baseMs, perSequenceMs: 1.6 * profile.perSequenceMs }, short, whole), 'short');
    expect(claims.filter(({ verdict }) => verdict === 'misses').length).toBeGreaterThan(2);
  });

  it('is the same each time', () => {
    expect(fitServer([{ tape: rising, stages: whole }]).profile).toEqual(profile);
  });
});

describe('fitting from the pages alone', () => {
  const { profile, notes } = fitServer([{ tape: rising, stages: whole }], { metricsOnly: true });

  it('finds the pace, with arrivals reconstructed', () => {
    expect(relative(profile.baseMs + 10 * profile.perSequenceMs, 16)).toBeLessThan(0.12);
    expect(relative(profile.perPrefillTokenMs, 0.2)).toBeLessThan(0.25);
    expect(notes.join(' ')).toContain("from the server's own pages");
  });

  it('looks at nothing of the log', () => {
    const { requests: _, ...unlogged } = rising;
    expect(fitServer([{ tape: unlogged, stages: whole }]).profile).toEqual(profile);
  });
});

it('says what is missing when too little happened', () => {
  const [first, second] = rising.pages;
  expect(() => fitServer([{ tape: { name: 'idle', pages: [first, second].filter((page) => page !== undefined), problems: [] }, stages: whole }])).toThrow(/at least 5 stretches of decoding/);
});

function relative(value: number, expected: number): number {
  return Math.abs(value / expected - 1);
}
