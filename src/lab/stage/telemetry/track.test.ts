import { describe, expect, it } from 'vitest';
import { createTrack } from './track.ts';

describe('samples of one target', () => {
  it('take as much room after a day as after an hour', () => {
    const track = createTrack(600_000);
    const rows = new Set<Float64Array>();
    for (let atMs = 0; atMs < 86_400_000; atMs += 5000) {
      const row = track.spareRow(3);
      row[0] = atMs;
      rows.add(row);
      track.append(atMs, row);
    }
    // ten minutes of samples, and a few rows that are about to be filled again
    expect(rows.size).toBeLessThan(125);
    const { first, last } = track.range(86_400_000, Infinity);
    expect(last - first + 1).toBe(120);
    expect(track.value(last, 0)).toBe(86_395_000);
    expect(track.value(first, 0)).toBe(86_395_000 - 119 * 5000);
  });

  it('refuse what is not newer than the newest', () => {
    const track = createTrack(600_000);
    expect([10, 20, 20, 15, 30].map((atMs) => track.append(atMs, Float64Array.of(atMs)))).toEqual([true, true, false, false, true]);
    expect(track.range(30, 100)).toEqual({ first: 0, last: 2 });
  });

  it('are in a window that is open on the left', () => {
    const track = createTrack(600_000);
    for (const atMs of [0, 10, 20, 30]) track.append(atMs, Float64Array.of(atMs));
    expect(track.range(30, 20)).toEqual({ first: 2, last: 3 });
    expect(track.range(30, 21)).toEqual({ first: 1, last: 3 });
  });

  it('are found again after a target that said nothing speaks', () => {
    const track = createTrack(600_000);
    track.append(0, Float64Array.of(1));
    track.markStale(5000);
    expect(track.instant(6000)).toBe(-1);
    track.append(10_000, Float64Array.of(2));
    expect(track.value(track.instant(11_000), 0)).toBe(2);
  });
});
