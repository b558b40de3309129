import { fresh, missing, type LatencyHistogram, type LatencyReadings, type Reading } from '../../model/index.ts';
import type { Window } from '../window/readings.ts';
import { added, growth, histogramOf, type Buckets, type LatencyName } from './buckets.ts';

/** Adds up what the pods of each model observed in their windows. */
export interface ModelLatencies {
  add(namespace: string, modelName: string, window: Window): void;
  models(): { readonly namespace: string; readonly modelName: string; readonly latency: LatencyReadings }[];
}

interface Gathered {
  /** Events of all pods that told them, a second. */
  perSecond: Buckets | undefined;
  /** Of the oldest of the samples. */
  atMs: number;
  /** Why a pod told none, where none of them did. */
  why: Reading<LatencyHistogram>;
}

export function gatherLatencies(): ModelLatencies {
  const models = new Map<string, { readonly namespace: string; readonly modelName: string; readonly of: Record<LatencyName, Gathered> }>();
  const nothing = (): Gathered => ({ perSecond: undefined, atMs: Infinity, why: missing('NotReported') });

  function addOne(gathered: Gathered, name: LatencyName, window: Window): void {
    const latest = window.latest.buckets?.[name];
    if (!latest) return;
    if ('without' in window) {
      gathered.why = missing(window.without.why, window.without.detail);
      return;
    }
    const grown = growth(latest, window.before.buckets?.[name]);
    if (!grown) {
      gathered.why = missing('CounterReset');
      return;
    }
    const seconds = (window.latest.atMs - window.before.atMs) / 1000;
    const perSecond = new Map([...grown].map(([bound, count]) => [bound, count / seconds]));
    gathered.perSecond = gathered.perSecond ? added(gathered.perSecond, perSecond) : perSecond;
    gathered.atMs = Math.min(gathered.atMs, window.latest.atMs);
  }

  return {
    add(namespace, modelName, window) {
      const key = `${namespace}/${modelName}`;
      let model = models.get(key);
      if (!model) models.set(key, (model = { namespace, modelName, of: { ttft: nothing(), itl: nothing() } }));
      addOne(model.of.ttft, 'ttft', window);
      addOne(model.of.itl, 'itl', window);
    },
    models: () => [...models.values()].map(({ namespace, modelName, of }) => ({ namespace, modelName, latency: { ttft: readingOf(of.ttft), itl: readingOf(of.itl) } })),
  };
}

function readingOf({ perSecond, atMs, why }: Gathered): Reading<LatencyHistogram> {
  return perSecond ? histogramReading(perSecond, atMs) : why;
}

/** A histogram in which nothing happened tells of no latency, as a mean of nothing is none. */
export function histogramReading(perSecond: Buckets, atMs: number): Reading<LatencyHistogram> {
  return (perSecond.get(Infinity) ?? 0) > 0 ? fresh(histogramOf(perSecond, 1), atMs) : missing('NothingHappened');
}
