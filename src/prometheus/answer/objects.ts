import type { PrometheusAnswer } from '../../wire/index.ts';
import type { LabelBook } from './label-book.ts';
import type { ScannedAnswer } from './scanned-answer.ts';

/** Answers as objects, for those that are small: the labels of a series are one object for as long as they come. */
export interface AnswerObjects {
  of(answer: ScannedAnswer): PrometheusAnswer;
}

/** @param book with which the answers are read. */
export function createObjects(book: LabelBook): AnswerObjects {
  const labels: (Readonly<Record<string, string>> | undefined)[] = [];
  return {
    of: ({ resultType, warnings, count, series, firstPoint, timesMs, values }) => ({
      resultType,
      warnings,
      series: Array.from({ length: count }, (_, index) => {
        const number = series[index] as number;
        const from = firstPoint[index] as number;
        return {
          metric: (labels[number] ??= book.labels(number)),
          points: Array.from({ length: (firstPoint[index + 1] as number) - from }, (_, point) => ({ atMs: timesMs[from + point] as number, value: values[from + point] as number })),
        };
      }),
    }),
  };
}
