import { expect, it } from 'vitest';
import type { Container, PodSpec } from '../wire/index.ts';
import { newestRevision, revisionOf } from './revision.ts';

const gpu = (count: string) => ({ limits: { 'nvidia.com/gpu': count } });
const pod = (serving: Partial<Container> = {}, more: Partial<PodSpec> = {}): PodSpec => ({
  containers: [{ name: 'vllm', image: 'vllm/vllm-openai:v0.31.0', args: ['--model', 'm'], resources: gpu('1'), ...serving }, { name: 'proxy', image: 'proxy:1' }],
  ...more,
});

it.each([
  ['the image', pod({ image: 'vllm/vllm-openai:v0.32.0' })],
  ['an argument', pod({ args: ['--model', 'm', '--quantization', 'fp8'] })],
  ['the accelerators', pod({ resources: gpu('2') })],
  ['the kind of accelerators', pod({ resources: { limits: { 'amd.com/gpu': '1' } } })],
])('another one with %s', (_, other) => {
  expect(revisionOf(other)).not.toBe(revisionOf(pod()));
});

it.each([
  ['its node', pod({}, { nodeName: 'a100-1' })],
  ['a container beside the engine', { containers: [...pod().containers.slice(0, 1), { name: 'proxy', image: 'proxy:2' }] }],
  ['other memory and processors', pod({ resources: { limits: { ...gpu('1').limits, memory: '64Gi' } } })],
  ['the same words in another place', pod({ command: ['--model'], args: ['m'] })],
])('the same with %s', (_, other) => {
  expect(revisionOf(other)).toBe(revisionOf(pod()));
});

it('is that of the newest pod that serves', () => {
  const made = (revision: string, createdAtMs: number, ready = true, terminating = false) => ({ revision, createdAtMs, ready, terminating });
  expect(newestRevision([made('a', 1), made('b', 2), made('c', 3, false), made('d', 4, true, true)])).toBe('b');
  expect(newestRevision([made('a', 1, false)])).toBeUndefined();
  expect(newestRevision([made('a', 1), made('b', 1)])).toBe(newestRevision([made('b', 1), made('a', 1)]));
});
