import { describe, expect, it } from 'vitest';
import { cluster, deployment, meta, node, nowMs, owner, podOf, resource, serving, workload } from '../../test/support/observe/cluster.ts';
import type { Condition } from '../wire/index.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { ClusterSnapshot, SnapshotVariant } from './cluster-snapshot.ts';
import { podAddresses } from './join.ts';
import { takeSnapshot } from './snapshot.ts';

const look = (objects: Partial<ClusterObjects>): ClusterSnapshot => takeSnapshot(cluster(objects), { actuation: 'metric' }, nowMs);
const only = (objects: Partial<ClusterObjects>): SnapshotVariant => {
  const [first] = look(objects).variants;
  if (!first) throw new Error('There is no variant.');
  return first;
};
const target = (name: string, kind = 'Deployment') => ({ scaleTargetRef: { kind, name } });
const podNames = (variant: SnapshotVariant): string[] => variant.pods.map(({ pod }) => pod);

describe('pods of a target', () => {
  it('are found by owner, whatever their labels say', () => {
    const seen = only({
      variantAutoscalings: [resource('va', { ...target('decode'), modelID: 'other-name' })],
      ...deployment('decode', 2),
      pods: [podOf('p1', owner('ReplicaSet', 'uid-decode-rs'), { nodeName: 'n' }), podOf('p2', owner('ReplicaSet', 'uid-decode-rs')), podOf('stranger', owner('ReplicaSet', 'uid-other'))],
    });
    expect(podNames(seen)).toEqual(['p1', 'p2']);
    expect(seen).toMatchObject({ currentReplicas: 2, targetState: { kind: 'found', replicas: 2 } });
    expect(seen.pods[0]).toMatchObject({ ready: true, scheduled: true, ports: [8200] });
  });

  it('are not those of an object of the same name that is gone', () => {
    const seen = only({
      variantAutoscalings: [resource('va', target('decode'))],
      ...deployment('decode', 1),
      replicaSets: [{ metadata: meta('decode-rs', { ownerReferences: [owner('Deployment', 'uid-of-the-old-one')] }) }],
      pods: [podOf('old', owner('ReplicaSet', 'uid-decode-rs'))],
    });
    expect(podNames(seen)).toEqual([]);
  });

  it('are those of a StatefulSet', () => {
    expect(podNames(only({ variantAutoscalings: [resource('va', target('set', 'StatefulSet'))], statefulSets: [workload('set', 1)], pods: [podOf('set-0', owner('StatefulSet', 'uid-set'))] }))).toEqual(['set-0']);
  });

  it('are the leaders of the groups of a LeaderWorkerSet', () => {
    const seen = only({
      variantAutoscalings: [resource('va', target('lws', 'LeaderWorkerSet'))],
      leaderWorkerSets: [workload('lws', 1, { leaderWorkerTemplate: { size: 3, leaderTemplate: { spec: oneGpu }, workerTemplate: { spec: serving() } } })],
      statefulSets: [
        { metadata: meta('lws', { uid: 'leaders', ownerReferences: [owner('LeaderWorkerSet', 'uid-lws')] }) },
        { metadata: meta('lws-0', { uid: 'workers', ownerReferences: [owner('Pod', 'uid-lws-0')] }) },
      ],
      pods: [
        podOf('lws-0', owner('StatefulSet', 'leaders'), { labels: { 'leaderworkerset.sigs.k8s.io/worker-index': '0' } }),
        podOf('lws-0-1', owner('StatefulSet', 'workers'), { labels: { 'leaderworkerset.sigs.k8s.io/worker-index': '1' } }),
      ],
    });
    expect(podNames(seen)).toEqual(['lws-0']);
    expect(seen.variant.acceleratorCount).toBe(1 + 2 * 2);
    expect(seen.request).toEqual({ resource: 'nvidia.com/gpu', onPods: [1, 2, 2] });
  });

  const oneGpu = serving({ containers: [{ name: 'vllm', resources: { requests: { 'nvidia.com/gpu': 1 } } }] });

  it('are those that the selector of a scale matches, for any other kind', () => {
    const spec = { scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Fleet', name: 'f' } };
    const otherScales = new Map([['prod/Fleet/f', { spec: { replicas: 2 }, status: { replicas: 2, selector: 'app=f,!old' } }]]);
    const seen = only({ variantAutoscalings: [resource('va', spec)], otherScales, pods: [podOf('a', undefined, { labels: { app: 'f' } }), podOf('b', undefined, { labels: { app: 'f', old: '' } })] });
    expect(podNames(seen)).toEqual(['a']);
    expect(seen).toMatchObject({ currentReplicas: 2, targetState: { kind: 'found', replicas: 2, readyReplicas: 1 }, variant: { acceleratorCount: 2, modelID: 'meta/llama' } });
  });
});

describe('the state of a pod', () => {
  const at = (secondsAgo: number): string => new Date(nowMs - secondsAgo * 1000).toISOString();
  const seen = (scheduled: Condition, nodeName?: string, going = false) => {
    const made = podOf('p', owner('ReplicaSet', 'uid-decode-rs'), { ...(nodeName && { nodeName }), ready: false, ...(going && { meta: { deletionTimestamp: at(1) } }) });
    const pod = { ...made, status: { ...made.status, conditions: [...(made.status?.conditions ?? []), scheduled] } };
    return only({ variantAutoscalings: [resource('va', target('decode'))], ...deployment('decode', 1), pods: [pod] }).pods[0];
  };
  const refused: Condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.', lastTransitionTime: at(40) };

  it('says when it got its node', () => {
    expect(seen({ type: 'PodScheduled', status: 'True', lastTransitionTime: at(30) }, 'n')).toMatchObject({ scheduled: true, scheduledAtMs: nowMs - 30_000, ready: false });
  });

  it('says since when the scheduler finds no node, in its words', () => {
    const pod = seen(refused);
    expect(pod).toMatchObject({ scheduled: false, unschedulable: { sinceMs: nowMs - 40_000, message: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.' } });
    expect(pod).not.toHaveProperty('scheduledAtMs');
  });

  it('of a group is that of its workers too: one without a node keeps the others waiting, and all hold accelerators', () => {
    const labels = (index: string) => ({ 'leaderworkerset.sigs.k8s.io/worker-index': index });
    const refusedWorker = { ...podOf('lws-0-2', owner('StatefulSet', 'workers'), { labels: labels('2') }), status: { phase: 'Pending' as const, conditions: [refused] } };
    const snapshot = look({
      variantAutoscalings: [resource('va', { ...target('lws', 'LeaderWorkerSet'), accelerator: 'A100' })],
      leaderWorkerSets: [workload('lws', 1, { leaderWorkerTemplate: { size: 3, workerTemplate: { spec: serving() } } })],
      statefulSets: [
        { metadata: meta('lws', { uid: 'leaders', ownerReferences: [owner('LeaderWorkerSet', 'uid-lws')] }) },
        { metadata: meta('lws-0', { uid: 'workers', ownerReferences: [owner('Pod', 'uid-lws-0')] }) },
      ],
      pods: [podOf('lws-0', owner('StatefulSet', 'leaders'), { labels: labels('0'), nodeName: 'n' }), podOf('lws-0-1', owner('StatefulSet', 'workers'), { labels: labels('1'), nodeName: 'n' }), refusedWorker],
      nodes: [{ ...node('n', 'NVIDIA-A100-SXM4-80GB'), status: { allocatable: { 'nvidia.com/gpu': '8' } } }],
    });
    expect(snapshot.variants[0]?.pods).toMatchObject([{ pod: 'lws-0', scheduled: true, unschedulable: { sinceMs: nowMs - 40_000 } }]);
    expect(snapshot.inventory).toMatchObject([{ accelerator: 'A100', capacity: 8, usedByVariants: 4, usedByOthers: 0 }]);
  });

  it.each<[string, Condition, string | undefined, boolean]>([
    ['has a node by now', refused, 'n', false],
    ['is going', refused, undefined, true],
    ['stands behind a scheduling gate', { ...refused, reason: 'SchedulingGated' }, undefined, false],
  ])('is not refused when it %s', (_, condition, nodeName, going) => {
    expect(seen(condition, nodeName, going)).not.toHaveProperty('unschedulable');
  });
});

describe('a target that is not there', () => {
  it.each(['NotFound', 'KindUnknown', 'Forbidden', 'NotYetKnown'] as const)('%s', (problem) => {
    const spec = { scaleTargetRef: { apiVersion: 'example.com/v1', kind: 'Fleet', name: 'f' } };
    const seen = only({ variantAutoscalings: [resource('va', spec)], otherScales: new Map([['prod/Fleet/f', { problem, detail: 'says the server' }]]) });
    expect(seen.targetState).toEqual({ kind: 'missing', why: problem, detail: 'says the server' });
    expect(seen.currentReplicas).toBe(0);
  });

  it('a Deployment that no cache holds', () => {
    expect(only({ variantAutoscalings: [resource('va', target('nowhere'))] }).targetState).toMatchObject({ kind: 'missing', why: 'NotFound' });
  });
});

describe('what a resource leaves open', () => {
  const resolve = (spec: object, extra: Partial<ClusterObjects> = {}, template = serving(), more: object = {}) =>
    only({
      variantAutoscalings: [resource('va', { ...target('decode'), ...spec }, more)],
      ...deployment('decode', undefined, { template: { metadata: { labels: { 'llm-d.ai/role': 'prefill' } }, spec: template } }),
      nodes: [node('n', 'NVIDIA-L40S')],
      pods: [podOf('p', owner('ReplicaSet', 'uid-decode-rs'), { nodeName: 'n' })],
      ...extra,
    }).variant;

  it('comes from the target: one replica by default, its model, its role, its accelerators', () => {
    expect(resolve({})).toMatchObject({ modelID: 'meta/llama', role: 'prefill', acceleratorCount: 2, engine: 'vllm', costPerHour: 10, minReplicas: 1, target: { apiVersion: 'apps/v1' } });
  });

  it('knows SGLang by its command', () => {
    expect(resolve({}, {}, serving({ containers: [{ name: 'x', command: ['python3', '-m', 'sglang.launch_server', '--model-path', 'm'] }] }))).toMatchObject({ engine: 'sglang', modelID: 'm' });
  });

  it('finds the accelerator in spec, label, node selector, affinity, nodes and status, in this order', () => {
    const selecting = serving({ nodeSelector: { 'amd.com/gpu.product-name': 'AMD-MI300X-192G' } });
    const labelled = { meta: { labels: { 'inference.optimization/acceleratorName': 'H100' } } };
    const status = { status: { desiredOptimizedAlloc: { accelerator: 'B200', numReplicas: 1 } } };
    const found = ({ accelerator, acceleratorSource }: SnapshotVariant['variant']): string[] => [accelerator, acceleratorSource];
    expect(found(resolve({ accelerator: 'A100' }, {}, selecting, labelled))).toEqual(['A100', 'Spec']);
    expect(found(resolve({}, {}, selecting, labelled))).toEqual(['H100', 'Label']);
    expect(found(resolve({}, {}, selecting))).toEqual(['MI300X', 'NodeSelector']);
    expect(found(resolve({}, {}))).toEqual(['L40S', 'Nodes']);
    expect(found(resolve({}, { nodes: [] }, serving(), status))).toEqual(['B200', 'Status']);
    expect(found(resolve({}, { nodes: [] }))).toEqual(['unknown', 'Unknown']);
  });

  it('takes the bounds of an autoscaler on the same target', () => {
    const horizontalPodAutoscalers = [{ metadata: meta('h'), spec: { scaleTargetRef: { kind: 'Deployment', name: 'decode' }, minReplicas: 2, maxReplicas: 7 } }];
    expect(resolve({}, { horizontalPodAutoscalers })).toMatchObject({ minReplicas: 2, maxReplicas: 7 });
    expect(resolve({ minReplicas: 0, maxReplicas: 3 }, { horizontalPodAutoscalers })).toMatchObject({ minReplicas: 0, maxReplicas: 3 });
    expect(resolve({ scaleToZero: { enabled: true } })).toMatchObject({ minReplicas: 0 });
  });
});

describe('several resources on one target', () => {
  const pods = ['a', 'b', 'b', undefined].map((nodeName, index) => podOf(`p${index}`, owner('ReplicaSet', 'uid-decode-rs'), nodeName === undefined ? {} : { nodeName }));
  const shared = {
    ...deployment('decode', 4),
    nodes: [node('a', 'NVIDIA-A100-PCIE-80GB'), node('b', 'AMD-MI300X-192G', 'amd.com/gpu.product-name')],
    pods,
    horizontalPodAutoscalers: [{ metadata: meta('h'), spec: { scaleTargetRef: { kind: 'Deployment', name: 'decode' }, minReplicas: 2, maxReplicas: 7 } }],
  };
  const status = (accelerator: string, numReplicas: number) => ({ status: { observedGeneration: 1, desiredOptimizedAlloc: { accelerator, numReplicas } } });

  it('split its pods by the accelerator of their node, and its replicas exactly', () => {
    const { variants, conflicts } = look({
      ...shared,
      variantAutoscalings: [
        resource('on-a100', { ...target('decode'), accelerator: 'A100' }, status('A100', 2)),
        resource('on-mi300x', { ...target('decode'), accelerator: 'MI300X' }, status('MI300X', 2)),
      ],
    });
    expect(conflicts).toEqual([]);
    expect(variants.map((seen) => [seen.variant.name, seen.currentReplicas, podNames(seen)])).toEqual([
      ['on-a100', 2, ['p0', 'p3']],
      ['on-mi300x', 2, ['p1', 'p2']],
    ]);
    expect(variants.map(({ variant }) => variant.minReplicas)).toEqual([0, 0]);
  });

  it('with the same accelerator: the oldest wins', () => {
    const younger = { meta: { creationTimestamp: new Date(nowMs).toISOString() } };
    const { variants, conflicts } = look({
      ...shared,
      variantAutoscalings: [resource('a-young', { ...target('decode'), accelerator: 'A100' }, younger), resource('z-old', { ...target('decode'), accelerator: ' A100 ' })],
    });
    expect(conflicts).toEqual([{ winner: 'prod/z-old', losers: ['prod/a-young'] }]);
    expect(variants.map(({ variant, suppressedBy, currentReplicas }) => [variant.name, suppressedBy, currentReplicas])).toEqual([
      ['a-young', 'prod/z-old', 4],
      ['z-old', undefined, 4],
    ]);
  });
});

describe('a look', () => {
  it('is not spoiled by a resource that cannot be used', () => {
    const bad = { metadata: meta('bad'), spec: { modelID: 7, minReplicas: -1 } } as unknown as ReturnType<typeof resource>;
    const { variants, invalid } = look({ variantAutoscalings: [bad, resource('good', target('decode'))], ...deployment('decode', 1) });
    expect(variants.map(({ variant }) => variant.name)).toEqual(['good']);
    expect(invalid[0]?.resource.key).toBe('prod/bad');
    expect(invalid[0]?.problems.map(({ path }) => path)).toContain('spec.minReplicas');
  });

  it('leaves out resources that are being deleted, and those of another controller', () => {
    const objects = cluster({
      variantAutoscalings: [
        resource('going', target('d'), { meta: { deletionTimestamp: new Date(nowMs).toISOString() } }),
        resource('theirs', target('d'), { meta: { labels: { 'wva.llmd.ai/controller-instance': 'b' } } }),
        resource('ours', target('d'), { meta: { labels: { 'wva.llmd.ai/controller-instance': 'a' } } }),
      ],
    });
    expect(takeSnapshot(objects, { actuation: 'metric', controllerInstance: 'a' }, nowMs).variants.map(({ variant }) => variant.name)).toEqual(['ours']);
  });

  it('takes no decision from status that was made for an older spec', () => {
    const status = { desiredOptimizedAlloc: { accelerator: 'A100', numReplicas: 5 } };
    const seen = (observedGeneration: number) => only({ variantAutoscalings: [resource('va', target('d'), { status: { ...status, observedGeneration }, meta: { generation: 2 } })] }).lastDesired?.replicas;
    expect([seen(1), seen(2)]).toEqual([undefined, 5]);
  });

  it('survives JSON', () => {
    const snapshot = look({ variantAutoscalings: [resource('va', target('decode'))], ...deployment('decode', 2) });
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot);
  });
});

describe('addresses to ask', () => {
  it('are those of running pods', () => {
    const by = owner('ReplicaSet', 'uid-decode-rs');
    const going = podOf('going', by, { nodeName: 'n', meta: { deletionTimestamp: new Date(nowMs).toISOString() } });
    const snapshot = look({ variantAutoscalings: [resource('va', target('decode'))], ...deployment('decode', 3), pods: [podOf('p', by, { nodeName: 'n' }), podOf('pending', by), going] });
    expect(podAddresses(snapshot)).toEqual([{ namespace: 'prod', pod: 'p', uid: 'uid-p', ip: '10.0.0.1', ports: [8200], engine: 'vllm', modelID: 'meta/llama', ready: true }]);
  });
});
