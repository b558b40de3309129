import { describe, expect, it } from 'vitest';
import type { PodAddress } from '../source.ts';
import { podMatcher, splitInstance } from './match.ts';

const pod = (namespace: string, name: string, ip: string, ports: readonly number[] = [8000]): PodAddress => ({ namespace, pod: name, uid: `${namespace}/${name}`, ip, ports, engine: 'vllm', modelID: 'm' });
const pods = [pod('a', 'decode-0', '10.0.0.1'), pod('b', 'decode-0', '10.0.0.2'), pod('a', 'v6', 'fd00::7'), pod('a', 'host-1', '192.168.0.1', [8001]), pod('a', 'host-2', '192.168.0.1', [8002]), pod('a', 'starting', '')];

describe('whose series it is', () => {
  const match = podMatcher(pods);

  it.each([
    [{ namespace: 'a', pod: 'decode-0', instance: '10.0.0.1:8000' }, 'a/decode-0'],
    [{ namespace: 'monitoring', pod: 'collector-0', exported_namespace: 'b', exported_pod: 'decode-0' }, 'b/decode-0'],
    [{ namespace: 'b', pod: 'decode-0', exported_namespace: 'x', exported_pod: 'y' }, 'b/decode-0'],
    [{ kubernetes_namespace: 'a', kubernetes_pod_name: 'v6' }, 'a/v6'],
    [{ k8s_namespace_name: 'a', k8s_pod_name: 'v6' }, 'a/v6'],
    [{ namespace: 'a', pod_name: 'v6' }, 'a/v6'],
    [{ pod: 'v6' }, 'a/v6'],
    [{ instance: '10.0.0.2:8000' }, 'b/decode-0'],
    [{ instance: '10.0.0.2' }, 'b/decode-0'],
    [{ instance: '[fd00::7]:8000' }, 'a/v6'],
    [{ instance: '192.168.0.1:8002' }, 'a/host-2'],
    // the address of one of ours, but of a pod that went before it
    [{ namespace: 'a', pod: 'decode-gone', instance: '10.0.0.1:8000' }, undefined],
    // a name in two namespaces, and no namespace to tell
    [{ pod: 'decode-0' }, undefined],
    [{ instance: '192.168.0.1:9999' }, undefined],
    [{ instance: 'gateway:8000' }, undefined],
    [{ instance: '' }, undefined],
    [{}, undefined],
  ])('%j', (labels, uid) => {
    expect(match(labels as Record<string, string>)?.uid).toBe(uid);
  });

  it.each([
    ['10.0.0.1:8000', { host: '10.0.0.1', port: 8000 }],
    ['[fd00::1]:80', { host: 'fd00::1', port: 80 }],
    ['fd00::1', { host: 'fd00::1' }],
    ['name', { host: 'name' }],
    ['http://x:80/metrics', { host: 'http://x:80/metrics' }],
  ])('splits %s', (instance, parts) => {
    expect(splitInstance(instance)).toEqual(parts);
  });
});
