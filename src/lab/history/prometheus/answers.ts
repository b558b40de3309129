import type { PrometheusAnswer, PrometheusSeries } from '../../../wire/index.ts';

/** Everything that is asked about one stretch of time. */
export interface Answers {
  /** Raw samples of the engines, from a lookback before the first cycle on. */
  readonly samples: PrometheusAnswer;
  /** Sizes of the KV caches. */
  readonly config: PrometheusAnswer;
  /** At each cycle: a series for each engine that was scraped. */
  readonly presence: PrometheusAnswer;
  /** At each cycle: replicas of scale targets, by kube-state-metrics and by the controller of the time. */
  readonly targets: PrometheusAnswer;
  /** At each cycle: pods, by kube-state-metrics. */
  readonly pods: PrometheusAnswer;
}

export const questions = ['samples', 'config', 'presence', 'targets', 'pods'] as const satisfies readonly (keyof Answers)[];

type Packed = readonly [labels: Readonly<Record<string, string>>, times: readonly number[], values: readonly (number | string)[]];

/** JSON has no NaN and no infinity, and a pair for each sample would be three times as long. */
export function packAnswer({ resultType, series, warnings }: PrometheusAnswer): unknown {
  const packed = series.map(({ metric, points }): Packed => [metric, points.map(({ atMs }) => atMs), points.map(({ value }) => (Number.isFinite(value) ? value : String(value)))]);
  return { resultType, warnings, series: packed };
}

/** @throws {Error} when it is not what `packAnswer` made. */
export function unpackAnswer(packed: unknown): PrometheusAnswer {
  const { resultType, warnings, series } = packed as { resultType: PrometheusAnswer['resultType']; warnings: string[]; series: Packed[] };
  if (!Array.isArray(series) || !Array.isArray(warnings)) throw new Error('this is no stored answer');
  return {
    resultType,
    warnings,
    series: series.map(([metric, times, values]): PrometheusSeries => {
      if (times.length !== values.length) throw new Error('a stored series has more times than values');
      return { metric, points: times.map((atMs, index) => ({ atMs, value: Number(values[index]) })) };
    }),
  };
}

export function countSamples(answers: Answers): number {
  let count = 0;
  for (const name of questions) for (const { points } of answers[name].series) count += points.length;
  return count;
}
