import type { PrometheusAnswer, PrometheusSeries } from '../../../wire/index.ts';

/** One series, with its value at each cycle; NaN where it was not there. */
export interface Track {
  readonly labels: Readonly<Record<string, string>>;
  readonly name: string;
  readonly values: Float64Array;
}

/** Series of a range query, cycle by cycle. */
export function tracksOf(answer: PrometheusAnswer, timesMs: Float64Array, stepMs: number): Track[] {
  const fromMs = timesMs[0] ?? 0;
  return answer.series.map(({ metric, points }: PrometheusSeries) => {
    const values = new Float64Array(timesMs.length).fill(Number.NaN);
    for (const { atMs, value } of points) {
      const cycle = Math.round((atMs - fromMs) / stepMs);
      if (cycle >= 0 && cycle < values.length) values[cycle] = value;
    }
    return { labels: metric, name: metric['__name__'] ?? '', values };
  });
}

/** Of a scrape without honorLabels the target's own namespace stands under another name. */
export function namespaceOf(labels: Readonly<Record<string, string>>): string {
  return labels['exported_namespace'] ?? labels['namespace'] ?? '';
}

export function podNameOf(labels: Readonly<Record<string, string>>): string {
  return labels['exported_pod'] ?? labels['pod'] ?? '';
}

/** The larger at each cycle: two instances of a scraped program show the same series. */
export function merged(a: Float64Array | undefined, b: Float64Array): Float64Array {
  if (!a) return b;
  return a.map((value, index) => {
    const other = b[index] as number;
    return Number.isNaN(value) ? other : Number.isNaN(other) ? value : Math.max(value, other);
  });
}

/** At each cycle whether any value is another one than in the cycle before; true at the first. */
export function changes(cycles: number, tracks: readonly Float64Array[]): Uint8Array {
  const changed = new Uint8Array(cycles);
  if (cycles > 0) changed[0] = 1;
  for (const values of tracks) {
    for (let cycle = 1; cycle < cycles; cycle++) if (!Object.is(values[cycle], values[cycle - 1])) changed[cycle] = 1;
  }
  return changed;
}
