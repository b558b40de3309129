import { groupBy } from '../base/index.ts';
import { aged, missing, type ModelObservation, type Observation, type Policy, type Reading, type ReplicaObservation, type ReplicaReadings } from '../model/index.ts';
import { nothingRead, type ModelSamples, type PodAddress, type PodSample, type Samples } from '../prometheus/index.ts';
import { newestRevision } from './revision.ts';
import type { ClusterSnapshot, SnapshotPod, SnapshotVariant } from './cluster-snapshot.ts';
import { listOf, samplesOfPods, type SamplesOfPods } from './samples-of-pods.ts';

/** The pods to ask for metrics: everything that runs and has an address, once each, in a fixed order. */
export function podAddresses(snapshot: ClusterSnapshot): PodAddress[] {
  return snapshot.variants
    .filter(({ suppressedBy }) => suppressedBy === undefined)
    .flatMap(({ variant, pods }) =>
      pods
        .filter(({ ip, phase, terminating }) => ip !== '' && phase === 'Running' && !terminating)
        .map(({ pod, uid, ip, ports, ready }) => ({
          namespace: variant.namespace,
          pod,
          uid,
          ip,
          ports,
          engine: variant.engine,
          modelID: variant.modelID,
          ready,
        })),
    );
}

/**
 * The snapshot with what its pods said. Pods are known by their name and belong to variants by their owner: a served
 * model of another name changes nothing about that. Readings age here, once; a pod that nobody reported is missing.
 */
export function joinObservation(snapshot: ClusterSnapshot, samples: Samples, policy: Pick<Policy, 'staleAfterMs'>, nowMs: number): Observation {
  const byPod = samplesOfPods(samples.pods);
  const variants = snapshot.variants.map((seen) => joinVariant(seen, byPod, policy.staleAfterMs, nowMs));
  return {
    atMs: nowMs,
    variants,
    ...(samples.models && { models: joinModels(variants, samples.models, byPod, policy.staleAfterMs, nowMs) }),
    conflicts: snapshot.conflicts,
    invalid: snapshot.invalid,
    ...(snapshot.inventory && { inventory: snapshot.inventory }),
    ...(snapshot.quotas && { quotas: snapshot.quotas }),
    problems: samples.problems,
  };
}

function joinVariant(
  { pods, ...seen }: SnapshotVariant,
  byPod: SamplesOfPods,
  staleAfterMs: number,
  nowMs: number,
): Observation['variants'][number] {
  const { namespace, modelID } = seen.variant;
  const samples = pods.map(({ pod }) => sampleOf(byPod.of(namespace, pod), modelID));
  const revision = newestRevision(pods);
  const replicas = pods.map((pod, index) => replicaOf(pod, samples[index]?.readings, revision, staleAfterMs, nowMs));
  const reported = samples.find((sample) => sample?.modelName)?.modelName;
  return {
    ...seen,
    variant: modelID === '' && reported ? { ...seen.variant, modelID: reported } : seen.variant,
    replicas,
    ...(revision !== undefined && { revision }),
    unmatchedPods: replicas.filter(({ ready, terminating, readings }) => ready && !terminating && isSilent(readings)).map(({ pod }) => pod),
  };
}

/** Every model that a variant serves. Where engines and routers call it otherwise than its resources do, by what its pods call it, or are told to. */
function joinModels(
  variants: Observation['variants'],
  { seen, others }: ModelSamples,
  byPod: SamplesOfPods,
  staleAfterMs: number,
  nowMs: number,
): ModelObservation[] {
  const told = new Map(seen.map(({ namespace, modelName, readings }) => [`${namespace}/${modelName}`, readings]));
  const byModel = groupBy(variants.filter(({ suppressedBy }) => suppressedBy === undefined), ({ variant: { namespace, modelID } }) => `${namespace}/${modelID}`);
  return [...byModel].flatMap(([key, those]) => {
    const { namespace, modelID } = (those[0] as Observation['variants'][number]).variant;
    if (modelID === '') return [];
    const names = (): string[] => those.flatMap(({ servedAs, replicas }) => [
      ...(servedAs === undefined ? [] : [servedAs]),
      ...replicas.flatMap(({ pod }) => listOf(byPod.of(namespace, pod))).flatMap(({ modelName }) => modelName ?? []),
    ]);
    const alias = told.has(key) ? undefined : names().find((name) => told.has(`${namespace}/${name}`));
    const { router, latency } = told.get(alias === undefined ? key : `${namespace}/${alias}`) ?? others;
    const seenNow = <T>(reading: Reading<T>): Reading<T> => aged(reading, nowMs, staleAfterMs);
    return [{
      namespace,
      modelID,
      router: {
        arrivalsPerSecond: seenNow(router.arrivalsPerSecond),
        recentArrivalsPerSecond: seenNow(router.recentArrivalsPerSecond),
        waiting: seenNow(router.waiting),
        running: seenNow(router.running),
      },
      latency: { ttft: seenNow(latency.ttft), itl: seenNow(latency.itl) },
    }];
  });
}

/** A pod may serve adapters beside its model, each reported by itself: the one that the resource names counts first. */
function sampleOf(told: PodSample | readonly PodSample[] | undefined, modelID: string): PodSample | undefined {
  if (told === undefined || 'pod' in told) return told;
  return told.find(({ modelName }) => modelName === modelID) ?? told[0];
}

type Told = Omit<SnapshotPod, 'ip' | 'ports' | 'revision'>;
const told = new WeakMap<SnapshotPod, Told>();

/** What is told of a pod. Snapshots are immutable, and one of a pod that did not change is the same in every look. */
function toldOf(pod: SnapshotPod): Told {
  let known = told.get(pod);
  if (known === undefined) {
    const { ip: _ip, ports: _ports, revision: _revision, ...rest } = pod;
    told.set(pod, (known = rest));
  }
  return known;
}

function replicaOf(pod: SnapshotPod, readings: ReplicaReadings | undefined, newest: string | undefined, staleAfterMs: number, nowMs: number): ReplicaObservation {
  return {
    ...toldOf(pod),
    ...(newest !== undefined && pod.revision !== undefined && pod.revision !== newest && { outdated: true as const }),
    readings: readings === undefined ? nobodyAsked : readingsAt(readings, pod.createdAtMs, nowMs, staleAfterMs),
  };
}

const nobodyAsked = nothingRead('NotScraped');

/** The readings as they are at `nowMs`: nearly always they are fresh and still are, and then they are the same. */
function readingsAt(readings: ReplicaReadings, createdAtMs: number, nowMs: number, staleAfterMs: number): ReplicaReadings {
  if (areFreshSince(Math.max(createdAtMs, nowMs - staleAfterMs), readings)) return readings;
  // a pod of a StatefulSet comes back under the same name: what was said before it was made was said by another
  const seen = (reading: Reading<unknown>): Reading<unknown> => (reading.kind !== 'missing' && reading.atMs < createdAtMs ? missing('NotScraped') : aged(reading, nowMs, staleAfterMs));
  return Object.fromEntries(Object.entries(readings).map(([name, reading]: [string, Reading<unknown>]) => [name, seen(reading)])) as unknown as ReplicaReadings;
}

function areFreshSince(oldestMs: number, readings: ReplicaReadings): boolean {
  for (const name in readings) {
    const reading: Reading<unknown> = readings[name as keyof ReplicaReadings];
    if (reading.kind === 'stale' || (reading.kind === 'fresh' && reading.atMs < oldestMs)) return false;
  }
  return true;
}

function isSilent(readings: ReplicaReadings): boolean {
  // nearly all pods that are heard of tell this one
  return readings.running.kind === 'missing' && Object.values(readings).every(({ kind }: Reading<unknown>) => kind === 'missing');
}
