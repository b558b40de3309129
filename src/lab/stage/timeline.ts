import { quantile, sum } from '../../base/index.ts';
import type { Timeline } from '../runs/result.ts';
import type { Capacities } from './needs.ts';
import { needOf } from './needs.ts';
import { countPods } from './replica-meters.ts';
import type { Theatre } from './theatre.ts';

const mostRows = 1500;
const handySteps = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600];
/** What an episode may last beyond its load: half an hour for the floor, and the last clients' patience. */
const afterLoadSeconds = 1800;

/** Writes down a run, one row every few seconds. */
export interface TimelineRecorder {
  readonly stepMs: number;
  /** Ends a row, at every `stepMs`. */
  readonly row: () => void;
  timeline(): Timeline;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };
type ModelRows = Mutable<Timeline['models'][number]>;
type VariantRows = Mutable<Required<Timeline['variants'][number]>>;

export function createTimelineRecorder(theatre: Theatre, capacities: Capacities): TimelineRecorder {
  const { scenario, models, variants, fleet, agenda } = theatre;
  const longest = scenario.durationSeconds + afterLoadSeconds + Math.max(...scenario.models.map(({ timeoutSeconds }) => timeoutSeconds));
  const stepSeconds = handySteps.find((step) => longest / step <= mostRows) ?? Math.ceil(longest / mostRows);
  const stepMs = stepSeconds * 1000;
  const offered = models.map((model) => model.openLoad());
  const now = models.map(() => ({ arrivals: 0, ended: 0, good: 0, ttft: [] as number[], tpot: [] as number[] }));
  const modelRows = scenario.models.map(({ id }): ModelRows => ({
    model: id, offeredPerSecond: [], arrivalsPerSecond: [], waiting: [], ttftP90Seconds: [], tpotP90Seconds: [], attainment: [],
  }));
  const variantRows = variants.map(({ key }): VariantRows => ({
    variant: key, spec: [], ready: [], starting: [], draining: [], need: [],
  }));

  theatre.onArrival((model) => {
    const row = now[model];
    if (row !== undefined) row.arrivals += 1;
  });
  theatre.onOutcome((model, { good, ttftSeconds, tpotSeconds }) => {
    const row = now[model];
    if (row === undefined) return;
    row.ended += 1;
    if (good) row.good += 1;
    if (ttftSeconds !== undefined) row.ttft.push(ttftSeconds);
    if (tpotSeconds !== undefined) row.tpot.push(tpotSeconds);
  });

  function modelRow(index: number): void {
    const rows = modelRows[index];
    const row = now[index];
    const model = models[index];
    if (rows === undefined || row === undefined || model === undefined) return;
    const middleMs = agenda.now() - stepMs / 2;
    rows.offeredPerSecond.push(middleMs < scenario.durationSeconds * 1000 ? (offered[index]?.offeredPerSecond(middleMs) ?? 0) : 0);
    rows.arrivalsPerSecond.push(row.arrivals / stepSeconds);
    rows.waiting.push(model.router.held() + sum(theatre.enginesThere(index).map((engine) => engine.waiting())));
    rows.ttftP90Seconds.push(quantile(row.ttft, 0.9) ?? null);
    rows.tpotP90Seconds.push(quantile(row.tpot, 0.9) ?? null);
    rows.attainment.push(row.ended === 0 ? null : row.good / row.ended);
    now[index] = { arrivals: 0, ended: 0, good: 0, ttft: [], tpot: [] };
  }

  function variantRow(index: number): void {
    const rows = variantRows[index];
    const variant = variants[index];
    if (rows === undefined || variant === undefined) return;
    const { ready, starting, draining } = countPods(fleet.pods(variant.key));
    rows.spec.push(fleet.spec(variant.key));
    rows.ready.push(ready);
    rows.starting.push(starting);
    rows.draining.push(draining);
    rows.need.push(needOf(models[variant.modelIndex]?.clients.recentRate() ?? 0, variant.key, capacities) ?? 0);
  }

  return {
    stepMs,
    row() {
      for (const index of models.keys()) modelRow(index);
      for (const index of variants.keys()) variantRow(index);
    },
    timeline: () => ({
      stepSeconds,
      models: modelRows,
      variants: variantRows.map(({ need, ...rows }) => ((capacities[rows.variant] ?? 0) > 0 ? { ...rows, need } : rows)),
    }),
  };
}
