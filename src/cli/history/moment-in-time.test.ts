import { expect, it } from 'vitest';
import { readMoment } from './moment-in-time.ts';

const nowMs = Date.UTC(2026, 0, 31, 12);

it.each([
  ['now', nowMs],
  ['7d', nowMs - 7 * 86_400_000],
  ['36h', nowMs - 36 * 3_600_000],
  ['-1h30m', nowMs - 5_400_000],
  ['2026-01-31', Date.UTC(2026, 0, 31)],
  ['2026-01-31T08:00', Date.UTC(2026, 0, 31, 8)],
  ['2026-01-31 08:00:30', Date.UTC(2026, 0, 31, 8, 0, 30)],
  ['2026-01-31T08:00:00Z', Date.UTC(2026, 0, 31, 8)],
  ['2026-01-31T08:00:00+02:00', Date.UTC(2026, 0, 31, 6)],
  ['1769846400', 1_769_846_400_000],
  ['0', undefined],
  ['yesterday', undefined],
  ['2026-13-01', undefined],
  ['12', undefined],
])('reads %s', (text, ms) => {
  expect(readMoment(text, nowMs)).toBe(ms);
});
