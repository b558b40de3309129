import { expect, test } from 'vitest';
import { createSecondsWindow } from './window.ts';

test('the mean of a window, or since the first report', () => {
  const [stable, panic] = [createSecondsWindow(60), createSecondsWindow(6)];
  expect(stable.silent(0)).toBe(true);
  for (let second = 0; second < 10; second += 1) {
    for (const window of [stable, panic]) window.add(second * 1000, second < 4 ? 10 : 100);
  }
  // (4 × 10 + 6 × 100) / 10
  expect(stable.mean(9000)).toBe(64);
  expect(panic.mean(9000)).toBe(100);
});

test('a report moves out of the window after its length', () => {
  const window = createSecondsWindow(60);
  window.add(0, 600);
  for (let second = 1; second <= 70; second += 1) window.add(second * 1000, 1);
  // seconds 0 to 59: (600 + 59) / 60, were it still second 59; at 70 only ones are left
  expect(window.mean(70_000)).toBe(1);
});

test('gaps between reports are 0, and silence since the last one is left out', () => {
  const window = createSecondsWindow(6);
  window.add(0, 6);
  window.add(2000, 6);
  // 6, 0, 6
  expect(window.mean(2000)).toBe(4);
  // seconds 0 to 2 of the window 0 to 5
  expect(window.mean(5000)).toBe(4);
  // second 0 is out: 0, 6
  expect(window.mean(6000)).toBe(3);
  expect(window.mean(7000)).toBe(6);
  expect(window.mean(8000)).toBe(0);
});

test('it is silent when nothing came for longer than the window, and begins anew then', () => {
  const window = createSecondsWindow(60);
  window.add(0, 30);
  expect(window.silent(60_000)).toBe(false);
  expect(window.silent(61_000)).toBe(true);
  window.add(100_000, 12);
  expect(window.mean(100_000)).toBe(12);
});

test('two reports of one second are added', () => {
  const window = createSecondsWindow(60);
  window.add(5000, 3);
  window.add(5900, 4);
  expect(window.mean(5900)).toBe(7);
});
