import { expect, test } from 'vitest';
import { createSecondsWindow } from './window.ts';

test('means over windows', () => {
  const window = createSecondsWindow(60);
  expect(window.mean(0, 60)).toBeUndefined();
  for (let second = 0; second < 10; second += 1) window.add(second * 1000, second < 4 ? 10 : 100);
  // since the first report: (4 × 10 + 6 × 100) / 10
  expect(window.mean(9000, 60)).toBe(64);
  expect(window.mean(9000, 6)).toBe(100);
  // two silent seconds in the short window: 4 × 100 / 6
  expect(window.mean(11_000, 6)).toBeCloseTo(66.667, 3);
  expect(window.mean(11_000, 60)).toBeCloseTo(640 / 12, 6);
});

test('a report moves out of the window after its length', () => {
  const window = createSecondsWindow(60);
  window.add(0, 600);
  for (let second = 1; second <= 70; second += 1) window.add(second * 1000, 0);
  expect(window.mean(59_000, 60)).toBe(0);
  expect(window.mean(70_000, 60)).toBe(0);
});

test('two reports of one second are added', () => {
  const window = createSecondsWindow(60);
  window.add(5000, 3);
  window.add(5900, 4);
  expect(window.mean(5900, 60)).toBe(7);
});

test('nothing for a whole window is not known', () => {
  const window = createSecondsWindow(60);
  window.add(0, 30);
  expect(window.mean(59_000, 60)).toBe(0.5);
  expect(window.mean(60_000, 60)).toBeUndefined();
  window.add(100_000, 12);
  expect(window.mean(100_000, 60)).toBe(12);
});
