import { describe, expect, it } from 'vitest';
import { defaultPolicy, type DemandMemory, type ModelMemory } from '../../../model/index.ts';
import { watchDemand } from '../../learn/demand.ts';
import { foreseenBlindly } from './blind.ts';
import type { Known } from './laws.ts';

const stepMs = 15_000;
const minuteMs = 60_000;

/** Looks one after the other, the last at `endMs`. */
function demandOf(rates: readonly number[]): { readonly demand: DemandMemory; readonly endMs: number } {
  let demand: DemandMemory | undefined;
  for (const [look, rate] of rates.entries()) ({ demand } = watchDemand(demand, rate, 90_000, look * stepMs));
  return { demand: demand as DemandMemory, endMs: (rates.length - 1) * stepMs };
}

function memoryOf(demand: DemandMemory): ModelMemory {
  return { demand } as Partial<ModelMemory> as ModelMemory;
}

// of its replicas only that there are two is asked
const known = [{ startup: { lateMs: minuteMs, medianMs: minuteMs, seen: 3 }, member: { supply: { usable: 2 } } }] as Partial<Known>[] as Known[];
const even = Array.from({ length: 24 }, () => 20);
// a fifth of a request a second more with each look
const climb = [...even, ...Array.from({ length: 12 }, (_, look) => 20 + 2 * (look + 1))];

describe('a load of which nobody tells', () => {
  it('is nothing to add for where it was even, nor where it was growing long ago, nor for a model without replicas', () => {
    const { demand, endMs } = demandOf(even);
    expect(foreseenBlindly(known, {}, defaultPolicy, memoryOf(demand), endMs + minuteMs).assessment).toBeUndefined();
    const growing = demandOf(climb);
    expect(foreseenBlindly(known, {}, defaultPolicy, memoryOf(growing.demand), growing.endMs + 16 * minuteMs).assessment).toBeUndefined();
    expect(foreseenBlindly([], {}, defaultPolicy, memoryOf(growing.demand), growing.endMs + minuteMs).assessment).toBeUndefined();
    expect(foreseenBlindly(known, {}, defaultPolicy, undefined, 0)).toEqual({ assessment: undefined, demand: undefined });
  });

  it('goes on growing for twice as long again as it has, and no longer', () => {
    const { demand, endMs } = demandOf(climb);
    const after = [1, 3, 6, 9, 12].map((minutes) => foreseenBlindly(known, {}, defaultPolicy, memoryOf(demand), endMs + minutes * minuteMs).assessment?.perSecond ?? 0);
    // it was 44 after three minutes of growth, of 8 a minute: no more than twice those three besides
    expect(after[0]).toBeGreaterThan(46);
    for (let index = 1; index < after.length; index++) expect(after[index]).toBeGreaterThanOrEqual((after[index - 1] as number) - 1e-9);
    expect(after[1]).toBeGreaterThan((after[0] as number) + 8);
    expect(after[4]).toBeCloseTo(after[3] as number, 6);
    expect(after[4]).toBeLessThan(44 + 2 * 24 + 6);
  });

  it('is followed by what is told late, in its order, and told once', () => {
    const { demand, endMs } = demandOf(even);
    const nowMs = endMs + 3 * minuteMs;
    let memory = memoryOf(demand);
    let told = foreseenBlindly(known, { old: { perSecond: 20, atMs: endMs } }, defaultPolicy, memory, nowMs);
    // that has been told before it was late
    expect(told).toEqual({ assessment: undefined, demand });
    for (let look = 1; look <= 4; look++) {
      told = foreseenBlindly(known, { old: { perSecond: 40, atMs: endMs + look * stepMs } }, defaultPolicy, memory, nowMs + look * stepMs);
      memory = memoryOf(told.demand as DemandMemory);
    }
    expect(told.demand?.rates.slice(-2)).toEqual([endMs + 4 * stepMs, 40]);
    expect(told.assessment?.perSecond).toBeGreaterThan(36);
    expect(told.assessment?.toldAtMs).toBe(endMs + 4 * stepMs);
    expect(foreseenBlindly(known, { old: { perSecond: 40, atMs: endMs + 4 * stepMs } }, defaultPolicy, memory, nowMs).demand).toBe(memory.demand);
  });
});
