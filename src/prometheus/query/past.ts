import type { ReplicaReadings } from '../../model/index.ts';
import type { PrometheusAnswer } from '../../wire/index.ts';
import type { EngineSample } from '../engines/sample.ts';
import type { PodAddress } from '../source.ts';
import { emptyHistory, extended, windowOf, windowRules, type History, type WindowRules } from '../window/history.ts';
import { readingsOfRanks } from '../window/ranks.ts';
import { nothingRead, type Window } from '../window/readings.ts';
import { podMatcher } from './match.ts';
import { allScrapesOf, speakers, targetsByPod } from './targets.ts';

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
    const spokenBy = speakers(targets.get(pod.uid) ?? [], pod).map((target) => {
      const timeless = configs.get(pod.uid)?.find(({ instance, job }) => instance === target.instance && job === target.job)?.series ?? [];
      return createCursor(allScrapesOf(target, timeless), rules);
    });
    if (spokenBy.length === 0) continue;
    let last: { readonly windows: readonly Window[]; readonly readings: ReplicaReadings } | undefined;
    for (let index = 0; index < momentsMs.length; index++) {
      const nowMs = momentsMs[index] as number;
      for (const cursor of spokenBy) cursor.moveTo(nowMs);
      const newestMs = Math.max(...spokenBy.map((cursor) => cursor.latest()?.atMs ?? -Infinity));
      if (newestMs === -Infinity) continue;
      const [first, ...others] = spokenBy.flatMap((cursor) => {
        const latest = cursor.latest();
        return latest && nowMs - latest.atMs < lookbackMs ? [windowOf(within(cursor.history(), nowMs - lookbackMs), rules, latest)] : [];
      });
      if (!first) {
        yield { pod, index, readings: unknown };
        continue;
      }
      const windows: readonly [Window, ...Window[]] = [first, ...others];
      // several looks within one scrape interval see the same
      if (!last || last.windows.length !== windows.length || !windows.every((window, at) => isSame(window, last?.windows[at]))) last = { windows, readings: readingsOfRanks(windows) };
      const { modelName } = first.latest;
      yield { pod, index, readings: last.readings, ...(modelName === undefined ? {} : { modelName }) };
    }
  }
}

/** What had been scraped of one target by a moment that moves on. */
interface Cursor {
  moveTo(nowMs: number): void;
  latest(): EngineSample | undefined;
  history(): History;
}

function createCursor(scrapes: readonly EngineSample[], rules: WindowRules): Cursor {
  let history = emptyHistory;
  let next = 0;
  return {
    moveTo(nowMs) {
      for (; next < scrapes.length && (scrapes[next] as EngineSample).atMs <= nowMs; next++) history = extended(history, scrapes[next] as EngineSample, rules);
    },
    latest: () => scrapes[next - 1],
    history: () => history,
  };
}

function isSame(a: Window, b: Window | undefined): boolean {
  return b !== undefined && a.latest === b.latest && 'before' in a && 'before' in b && a.before === b.before && a.recentBefore === b.recentBefore;
}

/** A look sees samples after this time only. */
function within(history: History, afterMs: number): History {
  const first = history.samples[0];
  return first === undefined || first.atMs > afterMs ? history : { samples: history.samples.filter(({ atMs }) => atMs > afterMs) };
}
