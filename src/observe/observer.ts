import type { Scales } from '../kubernetes/index.ts';
import type { Observation, Policy } from '../model/index.ts';
import { withRouters, type MetricSource, type ModelRouter, type RouterAddress, type Samples } from '../prometheus/index.ts';
import type { Clock } from '../runtime/index.ts';
import type { Scale } from '../wire/index.ts';
import { declarations, type Declaration } from './annotated-scalers.ts';
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
  /** What routers have said of some models beside the looks; the newer counts. */
  readonly newsOfRouters?: () => readonly ModelRouter[];
}

export interface Observer {
  /** What the API server knows, without asking any pod. */
  snapshot(signal: AbortSignal): Promise<ClusterSnapshot>;
  /**
   * One frozen look at the world. What cannot be seen is in it as a problem or a missing reading. A hasty one asks nobody for metrics: it has
   * those of the last whole look, as old as they are, and what is known without asking.
   */
  observe(policy: Policy, signal: AbortSignal, look?: 'whole' | 'hasty'): Promise<Observation>;
  /** Every router that runs now. */
  routers(): readonly RouterAddress[];
}

/** For all scales together that no watch brings. */
const scalePatienceMs = 10_000;

/** Nobody said that the target is gone: what was known of it stands, as what a watch brought stands while it is broken. */
function isSilence(answer: Scale | ScaleProblem): boolean {
  return 'problem' in answer && answer.problem === 'NotYetKnown';
}

export function createObserver({ caches, scales, metrics, clock, snapshot: options, newsOfRouters = () => [] }: ObserverOptions): Observer {
  let lastSamples: Samples | undefined;
  let lastScales: ReadonlyMap<string, Scale | ScaleProblem> = new Map();

  async function readScales(objects: ReturnType<ClusterCaches['objects']>, declared: readonly Declaration[], signal: AbortSignal): Promise<ReadonlyMap<string, Scale | ScaleProblem>> {
    const limit = new AbortController();
    const cancel = clock.schedule(scalePatienceMs, () => limit.abort(new Error('Reading the scales took too long.')));
    const read = await readTargetScales(scales, declared, objects, AbortSignal.any([signal, limit.signal])).finally(cancel);
    lastScales = new Map([...read].map(([key, answer]) => [key, isSilence(answer) ? (lastScales.get(key) ?? answer) : answer]));
    return lastScales;
  }

  async function snapshot(signal: AbortSignal): Promise<ClusterSnapshot> {
    const objects = caches.objects();
    const declared = declarations(objects);
    const otherScales = await readScales(objects, declared, signal);
    return takeSnapshot({ ...objects, otherScales }, options, clock.now(), declared);
  }

  return {
    snapshot,
    routers: () => routerAddresses(caches.objects().pods),
    async observe(policy, signal, look = 'whole') {
      const isHasty = look === 'hasty' && lastSamples !== undefined;
      const seen = isHasty ? takeSnapshot({ ...caches.objects(), otherScales: lastScales }, options, clock.now()) : await snapshot(signal);
      const samples = isHasty && lastSamples ? lastSamples : await metrics.collect(podAddresses(seen), signal, routerAddresses(caches.objects().pods));
      lastSamples = samples;
      const models = withRouters(samples.models, newsOfRouters());
      const observation = joinObservation(seen, { ...samples, ...(models && { models }) }, policy, clock.now());
      const problems = caches.problems().map(({ about, message }) => ({ source: 'kubernetes' as const, about, message }));
      return problems.length === 0 ? observation : { ...observation, problems: [...observation.problems, ...problems] };
    },
  };
}
