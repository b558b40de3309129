import type { Engine, Histogram, Router } from '../../../simulator/index.ts';
import type { EngineCounter, EngineGauge, HistogramName, RouterCounter, RouterGauge } from '../telemetry.ts';

export const engineGauges = ['running', 'waiting', 'kvUsedFraction'] as const satisfies readonly EngineGauge[];
export const engineCounters = ['requests', 'promptTokens', 'generationTokens', 'preemptions', 'prefixQueries', 'prefixHits'] as const satisfies readonly EngineCounter[];
export const engineHistograms = ['ttft', 'interToken', 'perOutputToken', 'endToEnd', 'queue', 'promptTokens', 'generationTokens'] as const satisfies readonly HistogramName[];
export const routerGauges = ['queued', 'queuedTokens', 'running', 'inFlight', 'readyPods'] as const satisfies readonly RouterGauge[];
export const routerCounters = ['requests', 'answered', 'refused', 'promptTokens', 'generationTokens'] as const satisfies readonly RouterCounter[];
export const routerHistograms = ['ttft', 'perOutputToken'] as const satisfies readonly HistogramName[];

/** Where a histogram stands in a row: its buckets (not cumulative, the last one +Inf), then sum and count. */
export interface HistogramColumns {
  readonly bounds: readonly number[];
  readonly start: number;
  readonly sum: number;
  readonly count: number;
}

/** Which column of a row is which series of a page. */
export interface Layout {
  readonly width: number;
  /** Columns before this one are gauges, the others count up. */
  readonly firstCounter: number;
  readonly column: ReadonlyMap<string, number>;
  readonly histogram: ReadonlyMap<HistogramName, HistogramColumns>;
}

export function layoutOf(gauges: readonly string[], counters: readonly string[], histograms: readonly (readonly [HistogramName, Histogram])[]): Layout {
  const column = new Map([...gauges, ...counters].map((name, index) => [name, index]));
  const histogram = new Map<HistogramName, HistogramColumns>();
  let next = column.size;
  for (const [name, { bounds }] of histograms) {
    const sum = next + bounds.length + 1;
    histogram.set(name, { bounds, start: next, sum, count: sum + 1 });
    next = sum + 2;
  }
  return { width: next, firstCounter: gauges.length, column, histogram };
}

export function histogramsOf({ meters }: Engine): readonly (readonly [HistogramName, Histogram])[] {
  return engineHistograms.map((name) => [name, name === 'promptTokens' ? meters.requestPromptTokens : name === 'generationTokens' ? meters.requestGenerationTokens : meters[name]]);
}

export function engineLayout(engine: Engine): Layout {
  return layoutOf(engineGauges, engineCounters, histogramsOf(engine));
}

/** Reads the page of an engine into a row of its layout. */
export function readEngine(engine: Engine, { histogram }: Layout, row: Float64Array): void {
  // looking at what runs first settles the iterations that have ended, so that all the rest is of one moment
  row[0] = engine.running();
  row[1] = engine.waiting();
  row[2] = engine.kvUsedFraction();
  const { meters } = engine;
  row[3] = meters.succeeded + meters.aborted;
  row[4] = meters.promptTokens;
  row[5] = meters.generationTokens;
  row[6] = meters.preemptions;
  row[7] = meters.prefixQueries;
  row[8] = meters.prefixHits;
  for (const [name, from] of histogramsOf(engine)) readHistogram(from, histogram.get(name), row);
}

export function routerLayout({ meters }: Router): Layout {
  return layoutOf(routerGauges, routerCounters, routerHistograms.map((name) => [name, meters[name]]));
}

/** @param engines Those that the router sends to: it knows what waits in them from their pages. */
export function readRouter(router: Router, engines: readonly Engine[], { histogram }: Layout, row: Float64Array): void {
  const { meters } = router;
  let running = 0;
  let waitingTokens = 0;
  for (const engine of engines) {
    running += engine.running();
    waitingTokens += engine.waitingTokens();
  }
  row[0] = router.held();
  row[1] = router.heldTokens() + waitingTokens;
  row[2] = running;
  row[3] = router.inFlight();
  row[4] = router.readyServers();
  row[5] = meters.arrived;
  row[6] = meters.answered;
  row[7] = meters.refused;
  row[8] = meters.promptTokens;
  row[9] = meters.generationTokens;
  for (const name of routerHistograms) readHistogram(meters[name], histogram.get(name), row);
}

function readHistogram(from: Histogram, columns: HistogramColumns | undefined, row: Float64Array): void {
  if (columns === undefined) return;
  const { counts, sum, count } = from.snapshot();
  for (let index = 0; index < counts.length; index++) row[columns.start + index] = counts[index] as number;
  row[columns.sum] = sum;
  row[columns.count] = count;
}
