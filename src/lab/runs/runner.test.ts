import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { madeRun, madeScenario } from '../../../test/support/lab/made-results.ts';
import type { PlannedRun } from './grid.ts';
import type { RunLine } from './lines.ts';
import { performRuns, type Progress } from './runner.ts';

function planned(scenario: string, seed: number): PlannedRun {
  return { scenario: madeScenario(scenario), scenarioHash: 's', policy: 'hpa', policyHash: 'p', settings: {}, seed, fingerprint: `${scenario}-${seed}`, code: 'c', timeline: false };
}

const eight = [1, 2, 3, 4].flatMap((seed) => [planned('short', seed), planned('long', seed)]);
const seconds = { short: 1, long: 9 } as const;

function result({ scenario, seed }: PlannedRun): RunLine {
  return madeRun(scenario.name, 'hpa', seed, {}, { wallSeconds: seconds[scenario.name as keyof typeof seconds] });
}

describe('performRuns', () => {
  it('keeps each result with what the plan knows, and never does more at a time than asked', async () => {
    const kept: RunLine[] = [];
    let under = 0;
    let most = 0;
    const outcome = await performRuns({
      runs: eight,
      jobs: 3,
      signal: new AbortController().signal,
      keep: (line) => kept.push(line),
      perform: async (run) => {
        most = Math.max(most, ++under);
        await sleep(1);
        under--;
        return result(run);
      },
    });
    expect(outcome).toStrictEqual({ done: 8, failed: [] });
    expect(most).toBe(3);
    expect(kept.map(({ fingerprint }) => fingerprint).toSorted()).toStrictEqual(eight.map(({ fingerprint }) => fingerprint).toSorted());
    expect(kept[0]).toMatchObject({ kind: 'run', code: 'c', scenarioHash: 's', policyHash: 'p' });
  });

  it('expects of the rest what runs of the same scenario took', async () => {
    const seen: Progress[] = [];
    await performRuns({ runs: eight, jobs: 1, signal: new AbortController().signal, keep: () => undefined, perform: async (run) => result(run), onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toStrictEqual({ done: 0, total: 8, failed: 0 });
    // one short run took a second: seven more are taken to take as long
    expect(seen[1]?.secondsLeft).toBe(7);
    // then a long one is known: three of 1 s and three of 9 s
    expect(seen[2]?.secondsLeft).toBe(30);
    expect(seen.at(-1)).toMatchObject({ done: 8, secondsLeft: 0 });
  });

  it('goes on when a run fails, and does not keep it', async () => {
    const kept: RunLine[] = [];
    const { done, failed } = await performRuns({
      runs: eight,
      jobs: 2,
      signal: new AbortController().signal,
      keep: (line) => kept.push(line),
      perform: async (run) => {
        if (run.seed === 2) throw new Error('a mistake in a law');
        return result(run);
      },
    });
    expect([done, failed.length, kept.length]).toStrictEqual([6, 2, 6]);
    expect(failed[0]).toMatchObject({ run: { seed: 2 }, error: new Error('a mistake in a law') });
  });

  it('begins nothing after it was stopped, and what is given up then has not failed', async () => {
    const stop = new AbortController();
    const begun: number[] = [];
    const { done, failed } = await performRuns({
      runs: eight,
      jobs: 1,
      signal: stop.signal,
      keep: () => undefined,
      perform: async (run) => {
        begun.push(run.seed);
        if (begun.length < 3) return result(run);
        stop.abort();
        throw new Error('the thread was ended');
      },
    });
    expect([done, failed.length, begun.length]).toStrictEqual([2, 0, 3]);
  });
});
