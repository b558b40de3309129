import type { EngineCounter, EngineGauge, EngineSampleSeen, HistogramName, Of, RouterSampleSeen, Telemetry } from '../telemetry.ts';
import { engineCounters, engineGauges, engineHistograms, routerCounters, routerGauges } from './layout.ts';
import type { HistogramColumns } from './layout.ts';
import { counterRate, histogramQuantile } from './promql.ts';
import type { Bucket } from './promql.ts';
import type { Scraper, Target } from './scraper.ts';

/** Answers questions over what a scraper has, at the present moment. */
export function createTelemetry(scraper: Scraper, now: () => number, keepMs: number): Telemetry {
  function matching({ model, variant, pod }: Of): readonly Target[] {
    return scraper.engines.filter((target) => target.model === model && (variant === undefined || target.variant === variant) && (pod === undefined || target.name === pod));
  }

  function present(of: Of): readonly { readonly target: Target; readonly index: number }[] {
    const nowMs = now();
    return matching(of).map((target) => ({ target, index: target.track.instant(nowMs) })).filter(({ index }) => index >= 0);
  }

  function within(windowMs: number): number {
    if (windowMs > 0 && windowMs <= keepMs) return windowMs;
    throw new Error(`A window of ${windowMs} ms was asked for, and samples are kept for ${keepMs} ms: ask for it with keepMs when scraping begins.`);
  }

  function rateOf({ track }: Target, column: number | undefined, windowMs: number): number | undefined {
    if (column === undefined) return undefined;
    const { first, last } = track.range(now(), within(windowMs));
    return counterRate(track.atMs, (index) => track.value(index, column), first, last, windowMs, now());
  }

  /** One number of each target's window: no series where there is no sample. */
  function over(name: string, targets: readonly Target[], windowMs: number, reduce: (values: readonly number[]) => number): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const { name: pod, track, layout } of targets) {
      const { first, last } = track.range(now(), within(windowMs));
      const column = layout.column.get(name);
      if (last < first || column === undefined) continue;
      found.set(pod, reduce(Array.from({ length: last - first + 1 }, (_, offset) => track.value(first + offset, column))));
    }
    return found;
  }

  function summedRate(targets: readonly Target[], columnOf: (target: Target) => number | undefined, windowMs: number): number | undefined {
    let total: number | undefined;
    for (const target of targets) {
      const rate = rateOf(target, columnOf(target), windowMs);
      if (rate !== undefined) total = (total ?? 0) + rate;
    }
    return total;
  }

  function quantileOf(q: number, name: HistogramName, targets: readonly Target[], windowMs: number): number | undefined {
    const byBound = new Map<number, number>();
    for (const target of targets) {
      const columns = target.layout.histogram.get(name);
      if (columns !== undefined) addBuckets(target, columns, windowMs, byBound);
    }
    const buckets: Bucket[] = [...byBound].map(([bound, cumulative]) => ({ bound, cumulative })).toSorted((a, b) => a.bound - b.bound);
    return histogramQuantile(q, buckets);
  }

  /** `sum by (le) (rate(..._bucket))`: every bucket is a series of its own, and is extrapolated as such. */
  function addBuckets({ track }: Target, { bounds, start }: HistogramColumns, windowMs: number, byBound: Map<number, number>): void {
    const { first, last } = track.range(now(), within(windowMs));
    if (last - first < 1) return;
    const cumulative = new Float64Array(last - first + 1);
    for (let bucket = 0; bucket <= bounds.length; bucket++) {
      for (let index = first; index <= last; index++) cumulative[index - first] = (cumulative[index - first] as number) + track.value(index, start + bucket);
      const rate = counterRate(track.atMs, (index) => cumulative[index - first] as number, first, last, windowMs, now());
      const bound = bounds[bucket] ?? Infinity;
      if (rate !== undefined) byBound.set(bound, (byBound.get(bound) ?? 0) + rate);
    }
  }

  function routerOf(model: number): readonly Target[] {
    return scraper.routers.filter((target) => target.model === model);
  }

  return {
    pods: (of) => present(of).map(({ target }) => target.name),
    samples: (of) => present(of).map(({ target, index }) => seen(target, index)),
    buckets(pod, name) {
      const target = scraper.engines.find((one) => one.name === pod);
      const index = target?.track.instant(now()) ?? -1;
      const columns = target?.layout.histogram.get(name);
      return target === undefined || columns === undefined || index < 0 ? undefined : cumulativeBuckets(target, columns, index);
    },
    sampledAtMs(pod) {
      const target = scraper.engines.find(({ name }) => name === pod);
      const index = target?.track.instant(now()) ?? -1;
      return target === undefined || index < 0 ? undefined : target.track.atMs(index);
    },
    gauge(name, of) {
      const column = engineGauges.indexOf(name);
      return new Map(present(of).map(({ target, index }) => [target.name, target.track.value(index, column)]));
    },
    rate: (name, of, windowMs) => summedRate(matching(of), ({ layout }) => layout.column.get(name), windowMs),
    rateByPod(name, of, windowMs) {
      const rates = matching(of).map((target) => [target.name, rateOf(target, target.layout.column.get(name), windowMs)] as const);
      return new Map(rates.flatMap(([pod, rate]) => (rate === undefined ? [] : [[pod, rate] as const])));
    },
    averageOverTime: (name, of, windowMs) => over(name, matching(of), windowMs, mean),
    maximumOverTime: (name, of, windowMs) => over(name, matching(of), windowMs, (values) => Math.max(...values)),
    quantile: (q, name, of, windowMs) => quantileOf(q, name, matching(of), windowMs),
    mean(name, of, windowMs) {
      const targets = matching(of);
      const total = summedRate(targets, ({ layout }) => layout.histogram.get(name)?.sum, windowMs);
      const count = summedRate(targets, ({ layout }) => layout.histogram.get(name)?.count, windowMs);
      return total === undefined || count === undefined || count === 0 ? undefined : total / count;
    },
    routerSample(model) {
      for (const target of routerOf(model)) {
        const index = target.track.instant(now());
        if (index >= 0) return routerSeen(target, index);
      }
      return undefined;
    },
    routerGauge(name, model) {
      for (const { track, layout } of routerOf(model)) {
        const index = track.instant(now());
        const column = layout.column.get(name);
        if (index >= 0 && column !== undefined) return track.value(index, column);
      }
      return undefined;
    },
    routerAverage: (name, model, windowMs) => [...over(name, routerOf(model), windowMs, mean).values()][0],
    routerRate: (name, model, windowMs) => summedRate(routerOf(model), ({ layout }) => layout.column.get(name), windowMs),
    routerQuantile: (q, name, model, windowMs) => quantileOf(q, name, routerOf(model), windowMs),
  };
}

function cumulativeBuckets({ track }: Target, { bounds, start }: HistogramColumns, index: number): ReadonlyMap<number, number> {
  let cumulative = 0;
  return new Map([...bounds, Infinity].map((bound, bucket) => [bound, (cumulative += track.value(index, start + bucket))]));
}

function routerSeen({ layout, track }: Target, index: number): RouterSampleSeen {
  const row = <N extends string>(names: readonly N[]): Record<N, number> =>
    Object.fromEntries(names.map((name) => [name, track.value(index, layout.column.get(name) ?? 0)])) as Record<N, number>;
  return { atMs: track.atMs(index), gauges: row(routerGauges), counters: row(routerCounters) };
}

function seen({ name, variant = '', layout, track, kvCapacityTokens }: Target, index: number): EngineSampleSeen {
  const at = (column: number | undefined): number => (column === undefined ? 0 : track.value(index, column));
  const row = <N extends EngineGauge | EngineCounter>(names: readonly N[]): Record<N, number> =>
    Object.fromEntries(names.map((each) => [each, at(layout.column.get(each))])) as Record<N, number>;
  const totals = engineHistograms.map((each) => {
    const columns = layout.histogram.get(each);
    return [each, { sum: at(columns?.sum), count: at(columns?.count) }];
  });
  return {
    pod: name,
    variant,
    atMs: track.atMs(index),
    gauges: row(engineGauges),
    counters: row(engineCounters),
    totals: Object.fromEntries(totals) as EngineSampleSeen['totals'],
    kvCapacityTokens,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
