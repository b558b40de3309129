import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../model/index.ts';
import { againstBand, edgesOf } from './band.ts';

const band = defaultPolicy.utilization;

describe('a demand against the band from 0.70 to 0.85 of a capacity', () => {
  // as people know it: what is lacking of what serves and is coming, and what is spare of what serves
  it.each([
    [10_000, 10_000, 10_000, 1764.7059, 0],
    [5000, 10_000, 10_000, 0, 2857.1429],
    [8000, 10_000, 10_000, 0, 0],
    [8000, 7000, 10_000, 0, 0],
    [7000, 10_000, 10_000, 0, 0],
    [10_000, 10_000, 0, 11_764.7059, 0],
    [8000, 10_000, 11_000, 0, 0],
  ])('demand %d, serving %d, with what is coming %d: lacks %d, spares %d', (demand, serving, coming, lacks, spares) => {
    const { required, sufficient } = edgesOf(demand, band);
    expect(Math.max(0, required - coming)).toBeCloseTo(lacks, 3);
    expect(Math.max(0, serving - sufficient)).toBeCloseTo(spares, 3);
  });

  it('says one thing at a time', () => {
    expect(againstBand(9000, 10_000, band)).toEqual({ required: 9000 / 0.85 });
    expect(againstBand(8000, 10_000, band)).toEqual({});
    expect(againstBand(8500, 10_000, band)).toEqual({});
    expect(againstBand(5000, 10_000, band)).toEqual({ sufficient: 5000 / 0.7 });
    expect(againstBand(0, 0, band)).toEqual({ sufficient: 0 });
  });
});
