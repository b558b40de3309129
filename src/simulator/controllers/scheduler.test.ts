import { describe, expect, it } from 'vitest';
import { requestsOf } from './scheduler.ts';

const gpus = (count: number) => ({ name: 'c', resources: { limits: { 'nvidia.com/gpu': String(count) } } });

describe('what a pod asks for', () => {
  it.each([
    { init: [2], containers: [1, 1], expected: 2 },
    { init: [3], containers: [1, 1], expected: 3 },
    { init: [], containers: [4], expected: 4 },
  ])('with init containers $init and containers $containers is $expected', ({ init, containers, expected }) => {
    const pod = { spec: { containers: containers.map(gpus), initContainers: init.map(gpus) } };
    expect(requestsOf(pod).get('nvidia.com/gpu')).toBe(expected);
  });

  it('takes a limit for a request where there is none, and quantities as Kubernetes writes them', () => {
    const pod = { spec: { containers: [{ name: 'c', resources: { limits: { cpu: '2', memory: '1Gi' }, requests: { cpu: '500m' } } }] } };
    expect(requestsOf(pod)).toEqual(new Map([['cpu', 0.5], ['memory', 2 ** 30]]));
  });
});
