import { rounded, sum } from '../../../base/index.ts';
import type { ReplicaRecord, Target, VariantState } from './observed.ts';

export interface SpareThresholds {
  readonly kvCacheThreshold: number;
  readonly queueLengthThreshold: number;
  readonly kvSpareTrigger: number;
  readonly queueSpareTrigger: number;
}

export interface SpareAnalysis {
  readonly replicas: number;
  readonly nonSaturated: number;
  readonly spareKv: number;
  readonly spareQueue: number;
  readonly scaleUp: boolean;
  /** What is left after one replica less, spread over the others, is still enough. */
  readonly scaleDownSafe: boolean;
}

/**
 * V1: how far the replicas that are not saturated are from saturation, on average. Saturated ones do not count at all, so that nine of
 * them beside an idle one ask for nothing: as released.
 */
export function analyzeSpare(records: readonly ReplicaRecord[], at: SpareThresholds): SpareAnalysis {
  const free = records.filter(({ kvUsage, queueLength }) => kvUsage < at.kvCacheThreshold && queueLength < at.queueLengthThreshold);
  const n = free.length;
  const spareKv = n === 0 ? 0 : at.kvCacheThreshold - sum(free.map(({ kvUsage }) => kvUsage)) / n;
  const spareQueue = n === 0 ? 0 : at.queueLengthThreshold - sum(free.map(({ queueLength }) => queueLength)) / n;
  const left = (threshold: number, spare: number): number => threshold - ((threshold - spare) * n) / (n - 1);
  return {
    replicas: records.length,
    nonSaturated: n,
    spareKv,
    spareQueue,
    scaleUp: records.length > 0 && (spareKv < at.kvSpareTrigger || spareQueue < at.queueSpareTrigger),
    scaleDownSafe: n >= 2 && left(at.kvCacheThreshold, spareKv) >= at.kvSpareTrigger && left(at.queueLengthThreshold, spareQueue) >= at.queueSpareTrigger,
  };
}

/**
 * V1: one replica more of the cheapest variant or one less of the dearest, and nothing at all while any pod of the model is on its way.
 *
 * @param variants Those that have metrics; the others keep what they have.
 */
export function targetsBySpare(analysis: SpareAnalysis, variants: readonly VariantState[]): ReadonlyMap<string, Target> {
  const targets = new Map<string, number>(variants.map(({ name, current }) => [name, current]));
  const seen = `${analysis.nonSaturated} of ${analysis.replicas} replicas are not saturated, with ${rounded(analysis.spareKv)} of the KV cache and ${rounded(analysis.spareQueue)} requests to spare`;
  let step = 'nothing to do';
  const waiting = variants.filter(({ pending }) => pending > 0);
  if (waiting.length > 0) {
    step = `waits for ${sum(waiting.map(({ pending }) => pending))} pods on their way`;
  } else if (analysis.scaleUp) {
    const cheapest = variants.toSorted((a, b) => a.cost - b.cost || compare(a.name, b.name))[0];
    if (cheapest !== undefined) targets.set(cheapest.name, cheapest.current + 1);
    step = `one more of the cheapest, ${cheapest?.name ?? ''}`;
  } else if (analysis.scaleDownSafe) {
    const dearest = variants.filter(({ current }) => current > 1).toSorted((a, b) => b.cost - a.cost || compare(b.name, a.name))[0];
    if (dearest !== undefined) {
      targets.set(dearest.name, dearest.current - 1);
      step = `one less of the dearest, ${dearest.name}`;
    }
  }
  return new Map(
    variants.map(({ name, current, minReplicas, maxReplicas }) => {
      const replicas = Math.max(minReplicas, Math.min(maxReplicas, targets.get(name) ?? current));
      return [name, { replicas, why: `${seen}: ${step}` }];
    }),
  );
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
