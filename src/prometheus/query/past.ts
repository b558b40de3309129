import type { ReplicaReadings } from '../../model/index.ts';
import type { PrometheusAnswer } from '../../wire/index.ts';
import type { EngineSample } from '../engines/sample.ts';
import type { PodAddress } from '../source.ts';
import { emptyHistory, extended, windowOf, windowRules, type History } from '../window/history.ts';
import { nothingRead, readingsOver } from '../window/readings.ts';
import { podMatcher } from './match.ts';
import { allScrapesOf, speaker, targetsByPod } from './targets.ts';

export interface PastOptions {
  /** What `samplesQuery` and `pastConfigQuery` were answered, for all of the time in question and `lookbackMs` before it. */
  readonly samples: PrometheusAnswer;
  readonly config: PrometheusAnswer;
  readonly pods: readonly PodAddress[];
  readonly windowMs: number;
  readonly lookbackMs: number;
}

export interface PastReading {
  readonly pod: PodAddress;
  /** Position in the list of moments. */
  readonly index: number;
  readonly readings: ReplicaReadings;
  readonly modelName?: string;
}

/**
 * What the product would have read at each of many moments (in order), had it asked then: by the same windows, from the same samples. A
 * pod of which nothing was known at a moment is not told about.
 */
export function* pastReadings({ samples, config, pods, windowMs, lookbackMs }: PastOptions, momentsMs: ArrayLike<number>): Generator<PastReading> {
  const rules = windowRules(windowMs);
  const match = podMatcher(pods);
  const targets = targetsByPod(samples, match);
  const configs = targetsByPod(config, match);
  const unknown = nothingRead('NotReported', `Prometheus has no sample of an engine's metrics of this pod within the last ${lookbackMs / 1000} s.`);
  for (const pod of pods) {
    const target = speaker(targets.get(pod.uid) ?? [], pod);
    if (!target) continue;
    const timeless = configs.get(pod.uid)?.find(({ instance, job }) => instance === target.instance && job === target.job)?.series ?? [];
    const scrapes = allScrapesOf(target, timeless);
    let history = emptyHistory;
    let next = 0;
    let last: { readonly latest: EngineSample; readonly base: EngineSample | undefined; readonly recentBase: EngineSample | undefined; readonly readings: ReplicaReadings } | undefined;
    for (let index = 0; index < momentsMs.length; index++) {
      const nowMs = momentsMs[index] as number;
      for (; next < scrapes.length && (scrapes[next] as EngineSample).atMs <= nowMs; next++) history = extended(history, scrapes[next] as EngineSample, rules);
      const latest = scrapes[next - 1];
      if (!latest) continue;
      if (nowMs - latest.atMs >= lookbackMs) {
        yield { pod, index, readings: unknown };
        continue;
      }
      const window = windowOf(within(history, nowMs - lookbackMs), rules, latest);
      const { before: base, recentBefore: recentBase } = 'before' in window ? window : {};
      // several looks within one scrape interval see the same
      if (last?.latest !== latest || last.base !== base || last.recentBase !== recentBase || base === undefined) last = { latest, base, recentBase, readings: readingsOver(window) };
      yield { pod, index, readings: last.readings, ...(latest.modelName === undefined ? {} : { modelName: latest.modelName }) };
    }
  }
}

/** A look sees samples after this time only. */
function within(history: History, afterMs: number): History {
  const first = history.samples[0];
  return first === undefined || first.atMs > afterMs ? history : { samples: history.samples.filter(({ atMs }) => atMs > afterMs) };
}
