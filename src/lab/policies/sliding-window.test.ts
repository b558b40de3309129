import { expect, test } from 'vitest';
import { createSlidingWindow } from './sliding-window.ts';

test('readings count until they are older than the window', () => {
  const window = createSlidingWindow(60_000);
  window.add(0, 8);
  window.add(30_000, 2);
  window.add(45_000, 5);
  expect(window.values(60_000)).toEqual([8, 2, 5]);
  expect(window.average(60_000)).toBe(5);
  expect(window.values(60_001)).toEqual([2, 5]);
  expect(window.highest(60_001)).toBe(5);
  expect(window.lowest(60_001)).toBe(2);
});

test('nothing has no average', () => {
  const window = createSlidingWindow(1000);
  expect(window.average(0)).toBeUndefined();
  window.add(0, 1);
  expect(window.highest(1001)).toBeUndefined();
});
