import { gzipSync } from 'node:zlib';
import type { RunLine, Timeline } from '../runs/index.ts';

/** Longer time lines are thinned: a screen has no more points than that. */
const mostRows = 720;
/** Decisions that the page lists for one run. */
const mostDecisions = 600;

/** What one time line picture is drawn from. */
export interface PackedTimeline {
  readonly seed: number;
  readonly stepSeconds: number;
  /** Steps that were thinned into one. */
  readonly thinned: number;
  readonly models: Timeline['models'];
  readonly variants: Timeline['variants'];
  readonly decisions: readonly (readonly [atSeconds: number, variant: string, from: number, to: number, why: string])[];
  /** Decisions that there were, when not all are listed. */
  readonly ofDecisions?: number;
}

/** JSON, compressed, in base64: what `DecompressionStream` of every browser of today can read. */
export function packTimeline(run: RunLine): string {
  return gzipSync(JSON.stringify(thinTimeline(run)), { level: 9 }).toString('base64');
}

/** Rounded, and thinned where it is long: latencies and queues by their worst, rates and replicas by their mean. */
export function thinTimeline({ seed, timeline, decisions = [] }: RunLine): PackedTimeline {
  const { stepSeconds, models, variants } = timeline ?? { stepSeconds: 1, models: [], variants: [] };
  const rows = Math.max(0, ...models.map(({ arrivalsPerSecond }) => arrivalsPerSecond.length), ...variants.map(({ ready }) => ready.length));
  const thinned = Math.max(1, Math.ceil(rows / mostRows));
  const average = (column: readonly number[]): number[] => groups(column, thinned).map((group) => rounded(group.reduce((a, b) => a + b, 0) / group.length));
  const worst = (column: readonly (number | null)[]): (number | null)[] =>
    groups(column, thinned).map((group) => {
      const known = group.filter((value) => value !== null);
      return known.length === 0 ? null : rounded(Math.max(...known));
    });
  const least = (column: readonly (number | null)[]): (number | null)[] => worst(column.map((value) => (value === null ? null : -value))).map((value) => (value === null ? null : -value));
  const changes = decisions.length <= mostDecisions ? decisions : decisions.filter(({ from, to }) => from !== to);
  const listed = changes.slice(0, mostDecisions);
  return {
    seed,
    stepSeconds: stepSeconds * thinned,
    thinned,
    models: models.map((model) => ({
      model: model.model,
      offeredPerSecond: average(model.offeredPerSecond),
      arrivalsPerSecond: average(model.arrivalsPerSecond),
      waiting: worst(model.waiting).map((value) => value ?? 0),
      ttftP90Seconds: worst(model.ttftP90Seconds),
      tpotP90Seconds: worst(model.tpotP90Seconds),
      attainment: least(model.attainment),
    })),
    variants: variants.map((variant) => ({
      variant: variant.variant,
      spec: average(variant.spec),
      ready: average(variant.ready),
      starting: average(variant.starting),
      draining: average(variant.draining),
      ...(variant.need !== undefined && { need: average(variant.need) }),
    })),
    decisions: listed.map(({ atSeconds, variant, from, to, why }) => [Math.round(atSeconds), variant, from, to, why]),
    ...(listed.length < decisions.length && { ofDecisions: decisions.length }),
  };
}

function groups<T>(column: readonly T[], size: number): readonly (readonly T[])[] {
  return size === 1 ? column.map((value) => [value]) : Array.from({ length: Math.ceil(column.length / size) }, (_, index) => column.slice(index * size, (index + 1) * size));
}

/** Four digits that count; the rest is not seen and costs bytes. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
