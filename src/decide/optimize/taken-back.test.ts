import { describe, expect, it } from 'vitest';
import { createFleet, server } from '../../../test/support/decide/fleet.ts';
import { decideOnce, decisionAbout, immediate, noonMs, times, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, type Memory } from '../../model/index.ts';

const hourMs = 3_600_000;
const fleet = (replicas: number, kv: number): VariantSketch[] => [{ name: 'v', min: 1, replicas: times(replicas, { kv, queue: 0, running: 50 }) }];

/** Seven would do with six, and six turn out to be too few: kv 0.5 becomes 0.75, which no line foresees. */
function taughtAt(atMs: number): Memory {
  const removed = decideOnce(fleet(7, 0.5), immediate, emptyMemory, atMs);
  expect(decisionAbout(removed, 'v').desired).toBe(6);
  const back = decideOnce(fleet(6, 0.75), immediate, removed.memory, atMs + 60_000);
  expect(decisionAbout(back, 'v').desired).toBe(7);
  return back.memory;
}
const next = (sketches: VariantSketch[], afterMs: number) => decisionAbout(decideOnce(sketches, immediate, taughtAt(noonMs), noonMs + afterMs), 'v');

describe('a removal that had to be taken back', () => {
  it('is not tried again while the load is as it was, and it says so', () => {
    const { desired, trail } = next(fleet(7, 0.5), hourMs);
    expect(desired).toBe(7);
    expect(trail[0]?.sentence).toMatch(/fewer were tried at this load, and had to be taken back/);
    expect(next(fleet(7, 0.42), hourMs).desired).toBe(7);
  });

  it('is tried again when the load has fallen by more than a fifth, and after a day', () => {
    expect(next(fleet(7, 0.38), hourMs).desired).toBe(6);
    expect(next(fleet(7, 0.5), 25 * hourMs).desired).toBe(6);
  });

  it('keeps no more than what was there then', () => {
    const { trail } = next(fleet(12, 0.5 * (7 / 12)), hourMs);
    expect(trail.map(({ to, reason }) => [to, reason])).toEqual([[7, 'Demand'], [9, 'ScaleDownLimited']]);
  });

  it('is not what more load long after a removal tells', () => {
    const removed = decideOnce(fleet(7, 0.5), immediate, emptyMemory, noonMs);
    const later = decideOnce(fleet(6, 0.75), immediate, removed.memory, noonMs + hourMs);
    expect(decisionAbout(decideOnce(fleet(7, 0.5), immediate, later.memory, noonMs + 2 * hourMs), 'v').desired).toBe(6);
  });

  it('counts for other engines no more', () => {
    const engineArguments = { memoryFraction: 0.9, blockTokens: 16, kvCacheType: 'auto', tensorParallel: 1, maxSequences: 256, maxBatchedTokens: 8192, chunkedPrefill: true, eager: false };
    expect(next(fleet(7, 0.5).map((sketch) => ({ ...sketch, engineArguments })), hourMs).desired).toBe(6);
  });

  it('happens once a day at the most under a constant load', () => {
    const played = createFleet([{ name: 'v', server, replicas: 2 }], { ...defaultPolicy, analyzer: 'percent' });
    for (let cycle = 0; cycle < 5760; cycle++) played.step(40);
    const counts = played.counts.slice(240).map(([count = 0]) => count);
    expect(counts.filter((count, index) => index > 0 && count < (counts[index - 1] ?? 0)).length).toBeLessThanOrEqual(1);
  });
});
