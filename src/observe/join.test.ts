import { describe, expect, it } from 'vitest';
import { cluster, deployment, nowMs, owner, podOf, resource } from '../../test/support/observe/cluster.ts';
import { fresh, missing, type Reading, type ReplicaReadings, type VariantObservation } from '../model/index.ts';
import type { PodSample } from '../prometheus/index.ts';
import { joinObservation } from './join.ts';
import { takeSnapshot } from './snapshot.ts';

const none: Reading = missing('NotReported');
const readings = (kv: Reading): ReplicaReadings => ({
  running: none,
  waiting: none,
  kvUsedFraction: kv,
  kvCapacityTokens: none,
  arrivalsPerSecond: none,
  recentArrivalsPerSecond: none,
  completionsPerSecond: none,
  promptTokensPerSecond: none,
  generationTokensPerSecond: none,
  meanPromptTokens: none,
  meanGenerationTokens: none,
  ttftSeconds: none,
  itlSeconds: none,
  e2eSeconds: none,
  queueSeconds: none,
  prefixHitFraction: none,
  preemptionsPerSecond: none,
  asleep: missing('NotReported'),
});
const sample = (pod: string, kv: Reading, modelName?: string): PodSample => ({ namespace: 'prod', pod, ...(modelName === undefined ? {} : { modelName }), readings: readings(kv) });

function join(samples: readonly PodSample[], modelID?: string): VariantObservation {
  const by = owner('ReplicaSet', 'uid-d-rs');
  const spec = { scaleTargetRef: { kind: 'Deployment', name: 'd' }, ...(modelID === undefined ? {} : { modelID }) };
  const objects = cluster({
    variantAutoscalings: [resource('va', spec)],
    ...deployment('d', 2, { template: { spec: { containers: [] } } }),
    pods: [podOf('p', by, { nodeName: 'n' }), podOf('q', by, { nodeName: 'n' })],
  });
  const [seen] = joinObservation(takeSnapshot(objects, { actuation: 'metric' }, nowMs), { atMs: nowMs, pods: samples, problems: [] }, { staleAfterMs: 60_000 }, nowMs).variants;
  if (!seen) throw new Error('There is no variant.');
  return seen;
}

describe('readings of a model', () => {
  const histogram = { boundsSeconds: [0.5], withinPerSecond: [1], totalPerSecond: 2 };
  const router = { arrivalsPerSecond: none, recentArrivalsPerSecond: none, waiting: fresh(3, nowMs - 61_000), running: none };
  const nothing = { router: { ...router, waiting: none }, latency: { ttft: missing<never>('NotReported'), itl: missing<never>('NotReported') } };
  const told = { router, latency: { ttft: fresh(histogram, nowMs - 61_000), itl: fresh(histogram, nowMs) } };
  const observe = (modelName: string, pods: readonly PodSample[] = []): ReturnType<typeof joinObservation> => {
    const objects = cluster({
      variantAutoscalings: [resource('va', { scaleTargetRef: { kind: 'Deployment', name: 'd' }, modelID: 'llama' }), resource('vb', { scaleTargetRef: { kind: 'Deployment', name: 'e' }, modelID: 'llama' })],
      ...deployment('d', 2, { template: { spec: { containers: [] } } }),
      pods: [podOf('p', owner('ReplicaSet', 'uid-d-rs'), { nodeName: 'n' })],
    });
    const samples = { atMs: nowMs, pods, problems: [], models: { seen: [{ namespace: 'prod', modelName, readings: told }, { namespace: 'other', modelName: 'llama', readings: nothing }], others: nothing } };
    return joinObservation(takeSnapshot(objects, { actuation: 'metric' }, nowMs), samples, { staleAfterMs: 60_000 }, nowMs);
  };

  it('stand once for all variants that serve it in a namespace, and age', () => {
    expect(observe('llama').models).toEqual([
      {
        namespace: 'prod',
        modelID: 'llama',
        router: { ...router, waiting: { kind: 'stale', value: 3, atMs: nowMs - 61_000, ageMs: 61_000 } },
        latency: { ttft: { kind: 'stale', value: histogram, atMs: nowMs - 61_000, ageMs: 61_000 }, itl: fresh(histogram, nowMs) },
      },
    ]);
  });

  it('are found by what its pods call it, where that is another name', () => {
    expect(observe('alias', [sample('p', none, 'alias')]).models?.[0]).toMatchObject({ modelID: 'llama', latency: { itl: { kind: 'fresh' } } });
    expect(observe('alias', [sample('p', none, 'another')]).models?.[0]).toMatchObject({ modelID: 'llama', latency: { itl: { kind: 'missing', why: 'NotReported' } } });
  });
});

describe('readings of a pod', () => {
  it('count whatever model the pod names, and those of the resource count first', () => {
    expect(join([sample('p', fresh(0.5, nowMs), 'adapter')], 'llama').replicas[0]?.readings.kvUsedFraction).toEqual(fresh(0.5, nowMs));
    expect(join([sample('p', fresh(0.1, nowMs), 'adapter'), sample('p', fresh(0.9, nowMs), 'llama')], 'llama').replicas[0]?.readings.kvUsedFraction).toEqual(fresh(0.9, nowMs));
  });

  it.each([['in the order of the pods', ['p', 'q']], ['in another', ['q', 'p']], ['beside those of others', ['o', 'p', 'z', 'q']]])('are found %s', (_, pods) => {
    const seen = join(pods.map((pod) => sample(pod, fresh(pod === 'p' ? 0.1 : 0.9, nowMs))));
    expect(seen.replicas.map(({ readings: { kvUsedFraction } }) => kvUsedFraction)).toEqual([fresh(0.1, nowMs), fresh(0.9, nowMs)]);
  });

  it('age', () => {
    expect(join([sample('p', fresh(0.5, nowMs - 61_000))]).replicas[0]?.readings.kvUsedFraction).toEqual({ kind: 'stale', value: 0.5, atMs: nowMs - 61_000, ageMs: 61_000 });
  });

  it('of nobody are missing, and the pod is named', () => {
    const seen = join([sample('p', fresh(0.5, nowMs))]);
    expect(seen.replicas[1]?.readings.kvUsedFraction).toEqual(missing('NotScraped'));
    expect(seen.unmatchedPods).toEqual(['q']);
  });

  it('from before the pod was made are those of another pod', () => {
    expect(join([sample('p', fresh(0.5, nowMs - 7_200_000))]).replicas[0]?.readings.kvUsedFraction).toEqual(missing('NotScraped'));
  });

  it('say which model it is where nobody else does', () => {
    expect(join([sample('p', none, 'llama')]).variant.modelID).toBe('llama');
    expect(join([sample('p', none, 'adapter')], 'llama').variant.modelID).toBe('llama');
  });
});
