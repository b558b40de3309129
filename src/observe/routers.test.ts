import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../wire/index.ts';
import { routerAddresses } from './routers.ts';

const pod = (name: string, container: Partial<Container>, rest: Partial<Pod> = {}): Pod => ({
  metadata: { name, namespace: 'models', uid: `uid-${name}` },
  spec: { containers: [{ name: 'proxy', image: 'envoyproxy/envoy:v1.33' }, { name: 'c', ...container }] },
  status: { phase: 'Running', podIP: '10.0.0.9' },
  ...rest,
});

describe('routers among pods', () => {
  it.each([
    [{ image: 'images.example/gateway-api-inference-extension/epp:v1.3.0' }, [9090]],
    [{ image: 'images.example/llm-d-inference-scheduler:v0.4.0', ports: [{ name: 'metrics', containerPort: 9191 }] }, [9191, 9090]],
    [{ image: 'images.example/llm-d-router-endpoint-picker@sha256:0a1b' }, [9090]],
    [{ image: 'images.example/own-build:1', args: ['--pool-name', 'llama', '--metrics-port=9999'] }, [9999, 9090]],
    [{ image: 'images.example/own-build:1', args: ['-poolName', 'llama', '-metricsPort', '9999'] }, [9999, 9090]],
  ] as const)('are known by image or by the pool that they are told: %j', (container, ports) => {
    expect(routerAddresses([pod('epp-1', container as Partial<Container>)])).toEqual([{ namespace: 'models', pod: 'epp-1', uid: 'uid-epp-1', ip: '10.0.0.9', ports }]);
  });

  it.each([
    ['a model server', pod('decode', { image: 'vllm/vllm-openai:v0.32.0', args: ['--model', 'm'] })],
    ['one that only sounds like it', pod('stepper', { image: 'example/stepp:1' })],
    ['one without an address', pod('epp', { image: 'x/epp:1' }, { status: { phase: 'Running' } })],
    ['one that is not running', pod('epp', { image: 'x/epp:1' }, { status: { phase: 'Pending', podIP: '10.0.0.9' } })],
    ['one that is going', pod('epp', { image: 'x/epp:1' }, { metadata: { name: 'epp', deletionTimestamp: '2026-01-01T00:00:00Z' } })],
  ])('do not include %s', (_, one) => {
    expect(routerAddresses([one])).toEqual([]);
  });

  it('come in a fixed order', () => {
    const [a, b] = [pod('a', { image: 'x/epp' }), pod('b', { image: 'x/epp' })];
    expect(routerAddresses([b, a]).map((one) => one.pod)).toEqual(['a', 'b']);
  });
});
