import type { PrometheusAnswer } from '../../wire/index.ts';

/**
 * What Prometheus answered, in columns rather than in objects: a look at thirty thousand replicas is a million points. Every series stands here by
 * its number in the `LabelBook` that the answer was read with.
 */
export interface ScannedAnswer {
  readonly resultType: PrometheusAnswer['resultType'];
  readonly warnings: readonly string[];
  /** How many series there are. */
  readonly count: number;
  /** The number of each; longer than they are many, as all of these are. */
  readonly series: Int32Array;
  /** Which point is the first of each series, oldest first, and after the last series how many points there are. */
  readonly firstPoint: Int32Array;
  readonly timesMs: Float64Array;
  /** NaN and infinity stand as they are. */
  readonly values: Float64Array;
}

/** Grows as an answer comes in. */
export interface AnswerColumns {
  startSeries(series: number): void;
  addPoint(atMs: number, value: number): void;
  readonly count: number;
  /** Takes back the series that was started last, with its points. */
  dropSeries(): void;
  whole(resultType: ScannedAnswer['resultType'], warnings: readonly string[]): ScannedAnswer;
}

/** @param series how many are expected, and how many points of all of them: arrays of that length are not copied as they grow. */
export function createAnswerColumns(expected: { readonly series: number; readonly points: number }): AnswerColumns {
  let series = new Int32Array(expected.series + 16);
  let firstPoint = new Int32Array(expected.series + 17);
  let timesMs = new Float64Array(expected.points + 64);
  let values = new Float64Array(expected.points + 64);
  let count = 0;
  let points = 0;
  return {
    get count() {
      return count;
    },
    startSeries(number) {
      if (count === series.length) {
        series = longer(series, new Int32Array(2 * count));
        firstPoint = longer(firstPoint, new Int32Array(2 * count + 1));
      }
      series[count] = number;
      firstPoint[count++] = points;
    },
    addPoint(atMs, value) {
      if (points === values.length) {
        timesMs = longer(timesMs, new Float64Array(2 * points));
        values = longer(values, new Float64Array(2 * points));
      }
      timesMs[points] = atMs;
      values[points++] = value;
    },
    dropSeries() {
      points = firstPoint[--count] as number;
    },
    whole(resultType, warnings) {
      firstPoint[count] = points;
      return { resultType, warnings, count, series, firstPoint, timesMs, values };
    },
  };
}

function longer<T extends Int32Array | Float64Array>(list: T, into: T): T {
  into.set(list);
  return into;
}
