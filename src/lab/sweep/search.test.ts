import { describe, expect, test } from 'vitest';
import type { LawSettings } from '../policies/index.ts';
import { scoreOf } from './objective.ts';
import { searchSettings } from './search.ts';
import { leastFleet } from './static-reference.ts';

const judged = (settings: LawSettings): { settings: LawSettings; score: number } => ({ settings, score: -(((settings['x'] ?? 0) - 3) ** 2) - ((settings['y'] ?? 0) - 2) ** 2 });

describe('searching settings', () => {
  test('walks to the best along each setting, and asks for each once', async () => {
    const asked: LawSettings[] = [];
    const found = await searchSettings({
      start: { x: 0, y: 0, z: 7 },
      values: { x: [0, 1, 2, 3, 4], y: [0, 2, 4] },
      judge: (candidates) => {
        asked.push(...candidates);
        return Promise.resolve(candidates.map(judged));
      },
      rounds: 5,
    });
    expect(found.best.settings).toEqual({ x: 3, y: 2, z: 7 });
    expect(found.begun.score).toBe(-13);
    // the start, 4 of x, 2 of y; the second round: 4 of x at y = 2 anew
    expect(found.tried).toBe(11);
    expect(asked).toHaveLength(11);
  });

  test('keeps what is published where nothing is better', async () => {
    const judge = (candidates: readonly LawSettings[]): Promise<{ settings: LawSettings; score: number }[]> =>
      Promise.resolve(candidates.map((settings) => ({ settings, score: 5 })));
    const found = await searchSettings({ start: { x: 1 }, values: { x: [1, 2] }, judge, rounds: 3 });
    expect(found.best).toBe(found.begun);
  });
});

test('goes on from what an earlier search found, where only two changes at once are better', async () => {
  // a ridge: x and y must be changed together
  const judge = (candidates: readonly LawSettings[]): Promise<{ settings: LawSettings; score: number }[]> =>
    Promise.resolve(candidates.map((settings) => ({ settings, score: settings['x'] === settings['y'] ? (settings['x'] ?? 0) : -1 })));
  const search = { start: { x: 0, y: 0 }, values: { x: [0, 1, 2], y: [0, 1, 2] }, judge, rounds: 3 };
  expect((await searchSettings(search)).best.settings).toEqual({ x: 0, y: 0 });
  const found = await searchSettings({ ...search, known: { x: 2, y: 2 } });
  expect(found.best.settings).toEqual({ x: 2, y: 2 });
  expect(found.begun.settings).toEqual({ x: 0, y: 0 });
  // what was found before is worse than what is published now: it begins there
  expect((await searchSettings({ ...search, known: { x: 0, y: 2 } })).best).toMatchObject({ settings: { x: 0, y: 0 } });
});

test('a score weighs attainment against money', () => {
  expect(scoreOf(1, 8, 8)).toBeCloseTo(0.8, 12);
  // the published loop on the ramp: 95.8 % at 5.93 of 8
  expect(scoreOf(0.958, 5.93, 8)).toBeCloseTo(0.80975, 12);
});

test('what others are measured with is the least static fleet that serves 99 %, or the one that serves most', () => {
  const fleet = (replicas: number, attainment: number): { replicas: number; attainment: number; money: number } => ({ replicas, attainment, money: replicas });
  expect(leastFleet([fleet(6, 0.51), fleet(7, 0.82), fleet(8, 1), fleet(9, 1)]).replicas).toBe(8);
  expect(leastFleet([fleet(1, 0.3), fleet(2, 0.8), fleet(3, 0.7)]).replicas).toBe(2);
});
