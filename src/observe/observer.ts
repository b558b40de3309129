import type { Scales } from '../kubernetes/index.ts';
import type { Observation, Policy } from '../model/index.ts';
import type { MetricSource } from '../prometheus/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { Scale } from '../wire/index.ts';
import { declarations } from './annotated-scalers.ts';
import type { ClusterCaches } from './cluster-caches.ts';
import type { ScaleProblem } from './cluster-objects.ts';
import type { ClusterSnapshot, SnapshotOptions } from './cluster-snapshot.ts';
import { joinObservation, podAddresses } from './join.ts';
import { routerAddresses } from './routers.ts';
import { takeSnapshot } from './snapshot.ts';
import { readTargetScales } from './target-scales.ts';

export interface ObserverOptions {
  readonly caches: ClusterCaches;
  readonly scales: Scales;
  readonly metrics: MetricSource;
  readonly clock: Clock;
  readonly snapshot: SnapshotOptions;
}

export interface Observer {
  /** What the API server knows, without asking any pod. */
  snapshot(signal: AbortSignal): Promise<ClusterSnapshot>;
  /** One frozen look at the world. What cannot be seen is in it as a problem or a missing reading. */
  observe(policy: Policy, signal: AbortSignal): Promise<Observation>;
}

/** For all scales together that no watch brings. */
const scalePatienceMs = 10_000;

/** Nobody said that the target is gone: what was known of it stands, as what a watch brought stands while it is broken. */
function isSilence(answer: Scale | ScaleProblem): boolean {
  return 'problem' in answer && answer.problem === 'NotYetKnown';
}

export function createObserver({ caches, scales, metrics, clock, snapshot: options }: ObserverOptions): Observer {
  let lastScales: ReadonlyMap<string, Scale | ScaleProblem> = new Map();

  async function readScales(objects: ReturnType<ClusterCaches['objects']>, signal: AbortSignal): Promise<ReadonlyMap<string, Scale | ScaleProblem>> {
    const limit = new AbortController();
    const cancel = clock.schedule(scalePatienceMs, () => limit.abort(new Error('Reading the scales took too long.')));
    const read = await readTargetScales(scales, declarations(objects), objects, AbortSignal.any([signal, limit.signal])).finally(cancel);
    lastScales = new Map([...read].map(([key, answer]) => [key, isSilence(answer) ? (lastScales.get(key) ?? answer) : answer]));
    return lastScales;
  }

  async function snapshot(signal: AbortSignal): Promise<ClusterSnapshot> {
    const objects = caches.objects();
    const otherScales = await readScales(objects, signal);
    return takeSnapshot({ ...objects, otherScales }, options, clock.now());
  }

  return {
    snapshot,
    async observe(policy, signal) {
      const seen = await snapshot(signal);
      const samples = await metrics.collect(podAddresses(seen), signal, routerAddresses(caches.objects().pods));
      const observation = joinObservation(seen, samples, policy, clock.now());
      const problems = caches.problems().map(({ about, message }) => ({ source: 'kubernetes' as const, about, message }));
      return problems.length === 0 ? observation : { ...observation, problems: [...observation.problems, ...problems] };
    },
  };
}
