import { describe, expect, it } from 'vitest';
import { madeRun, madeTimeline } from '../../../test/support/lab/made-results.ts';
import { createRandom } from '../../runtime/index.ts';
import { keptResult } from './kept-result.ts';

describe('keptResult', () => {
  it('keeps every change, and a sample of what changed nothing, in order', () => {
    const decisions = Array.from({ length: 6000 }, (_, index) => ({ atSeconds: index * 15 + 1 / 3, variant: '0/a', from: 3, to: index % 100 === 99 ? 4 : 3, why: `${index}` }));
    const kept = keptResult(madeRun('day', 'hpa', 1, {}, { decisions })).decisions ?? [];
    expect(kept.filter(({ from, to }) => from !== to)).toHaveLength(60);
    expect(kept.length).toBeGreaterThan(300);
    expect(kept.length).toBeLessThanOrEqual(360);
    expect(kept.map(({ atSeconds }) => atSeconds)).toStrictEqual(kept.map(({ atSeconds }) => atSeconds).toSorted((a, b) => a - b));
    expect(kept[0]?.atSeconds).toBe(0.333333);
  });

  it('keeps time lines to four digits, gaps as gaps, and scores as they are', () => {
    const timeline = madeTimeline(createRandom('t'), 50);
    const scores = { attainment: 0.123456789 };
    const kept = keptResult(madeRun('ramp', 'hpa', 1, scores, { timeline }));
    expect(kept.scores.attainment).toBe(0.123456789);
    expect(kept.timeline?.models[0]?.ttftP90Seconds[0]).toBeNull();
    for (const [row, value] of (kept.timeline?.models[0]?.offeredPerSecond ?? []).entries()) {
      expect(String(value).replace(/^0\.0*|\./g, '').length).toBeLessThanOrEqual(5);
      expect(value).toBeCloseTo(timeline.models[0]?.offeredPerSecond[row] ?? 0, 2);
    }
  });

  it('leaves a run without time line alone', () => {
    const run = madeRun('ramp', 'hpa', 2);
    expect(keptResult(run)).toStrictEqual(run);
  });
});
