import type { Histogram } from './histogram.ts';

/** Labels without braces, and the value. */
export type Sample = readonly [labels: string, value: number];

/** Collects the lines of a page as Python's client library writes them. */
export interface ExpositionWriter {
  readonly gauge: (name: string, ...samples: readonly Sample[]) => void;
  readonly counter: (name: string, ...samples: readonly Sample[]) => void;
  /** `around` are the labels before and after `le`, which stands in alphabetical order. */
  readonly histogram: (name: string, labels: string, from: Histogram, around: readonly [before: string, after: string]) => void;
  readonly text: () => string;
}

/** @param prefix of every name, `vllm:`. */
export function createExpositionWriter(prefix: string): ExpositionWriter {
  const lines: string[] = [];
  const simple = (type: string) => (name: string, ...samples: readonly Sample[]) => {
    lines.push(`# TYPE ${prefix}${name} ${type}`, ...samples.map(([labels, value]) => `${prefix}${name}{${labels}} ${float(value)}`));
  };
  return {
    gauge: simple('gauge'),
    counter: simple('counter'),
    histogram(name, labels, from, [before, after]) {
      const { counts, sum, count } = from.snapshot();
      lines.push(`# TYPE ${prefix}${name} histogram`);
      let cumulative = 0;
      for (const [index, bound] of [...from.bounds, Infinity].entries()) {
        cumulative += counts[index] ?? 0;
        lines.push(`${prefix}${name}_bucket{${before}le="${bound === Infinity ? '+Inf' : float(bound)}"${after}} ${float(cumulative)}`);
      }
      lines.push(`${prefix}${name}_count{${labels}} ${float(count)}`, `${prefix}${name}_sum{${labels}} ${float(sum)}`);
    },
    text: () => `${lines.join('\n')}\n`,
  };
}

/** As Python writes a float: whole numbers with ".0". */
function float(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}
