import { describe, expect, it } from 'vitest';
import { variantFrom } from '../../../../test/support/decide/scene.ts';
import { podsOf, targetOf, type PastPod } from './past-pods.ts';
import { targetsOf, type PastTarget } from './past-targets.ts';
import type { Track } from './tracks.ts';

const there = Float64Array.of(1, 1);
const track = (name: string, labels: Readonly<Record<string, string>>, values = there): Track => ({ name, labels, values });
const targets: readonly PastTarget[] = [
  ...targetsOf([variantFrom({ name: 'a', target: 'llama', model: 'llama-8b', replicas: [] }), variantFrom({ name: 'b', target: 'llama-decode', model: 'other', replicas: [] })]),
  { key: 'prod/StatefulSet/qwen', namespace: 'prod', kind: 'StatefulSet', apiVersion: 'apps/v1', name: 'qwen', variants: [variantFrom({ name: 'c', model: 'qwen', replicas: [] })] },
  { key: 'prod/LeaderWorkerSet/large', namespace: 'prod', kind: 'LeaderWorkerSet', apiVersion: 'leaderworkerset.x-k8s.io/v1', name: 'large', variants: [] },
];
const whose = (pods: readonly PastPod[]): (string | undefined)[] => pods.map((pod) => targetOf(pod, targets)?.name);

describe('a pod of the past belongs to', () => {
  it.each([
    ['llama-6f5d8c7b9-x2x4z', 'ReplicaSet', 'llama-6f5d8c7b9', 'llama'],
    ['llama-decode-6f5d8c7b9-x2x4z', 'ReplicaSet', 'llama-decode-6f5d8c7b9', 'llama-decode'],
    ['qwen-0', 'StatefulSet', 'qwen', 'qwen'],
    ['large-0', 'StatefulSet', 'large', 'large'],
    // a worker of the group, and somebody else's
    ['large-0-1', 'StatefulSet', 'large-0', undefined],
    ['llama-job-abcde', 'Job', 'llama-job', undefined],
  ])('who made it: %s, of %s %s, to %s', (pod, kind, owner, target) => {
    expect(whose(podsOf([track('kube_pod_info', { namespace: 'prod', pod, created_by_kind: kind, created_by_name: owner })], []))).toEqual([target]);
  });

  it.each([
    ['llama-6f5d8c7b9-x2x4z', 'unknown', 'llama'],
    ['llama-decode-6f5d8c7b9-x2x4z', 'llama-8b', 'llama-decode'],
    ['qwen-11', 'x', 'qwen'],
    ['my-own-name', 'llama-8b', 'llama'],
    ['my-own-name', 'nobody-serves-it', undefined],
  ])('its name, and last its model: %s serving %s, to %s', (pod, model, target) => {
    expect(whose(podsOf([], [track('vllm:num_requests_running', { namespace: 'prod', pod, model_name: model })]))).toEqual([target]);
  });
});

it('knows an engine by the address of its pod where labels have no names, and by renamed labels where they clash', () => {
  const info = track('kube_pod_info', { namespace: 'prod', pod: 'llama-1-abcde', pod_ip: '10.0.0.7', uid: 'u', node: 'n', created_by_kind: 'ReplicaSet', created_by_name: 'llama-1' });
  const [one, ...others] = podsOf(
    [info, track('kube_pod_status_ready', { exported_namespace: 'prod', exported_pod: 'llama-1-abcde', namespace: 'monitoring', pod: 'kube-state-metrics', condition: 'true' })],
    [track('vllm:num_requests_running', { instance: '10.0.0.7:8000' }), track('vllm:num_requests_running', { namespace: 'gateway', pod: 'collector', exported_namespace: 'prod', exported_pod: 'llama-1-abcde' })],
  );
  expect(others).toEqual([]);
  expect(one).toMatchObject({ name: 'llama-1-abcde', uid: 'u', node: 'n', ready: there, presence: there, placed: there });
});
