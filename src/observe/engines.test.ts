import { describe, expect, it } from 'vitest';
import type { Container } from '../wire/index.ts';
import { metricsPortsOf, servedModelOf } from './engines.ts';

const pod = (...containers: Partial<Container>[]) => ({ containers: containers.map((container, index) => ({ name: `c${index}`, ...container })) });

describe('ports that may show metrics', () => {
  it.each<[string, Partial<Container>[], number[]]>([
    ['none said', [{}], [8000]],
    ['by argument', [{ args: ['--port', '8200'] }], [8200]],
    ['by argument with an equals sign', [{ args: ['--port=8200'] }], [8200]],
    ['in a script', [{ command: ['sh', '-c', 'vllm serve m \\\n --port 8300'] }], [8300]],
    ['a telling name before the argument', [{ args: ['--port', '8200'], ports: [{ containerPort: 9000 }, { name: 'metrics', containerPort: 9001 }] }], [9001, 8200, 9000]],
    ['the first port', [{ ports: [{ containerPort: 7000 }, { containerPort: 7001 }] }], [7000]],
    ['the engine before its proxy', [{ name: 'proxy', ports: [{ name: 'http', containerPort: 8000 }] }, { image: 'vllm/vllm-openai', args: ['--port=8200'] }], [8200, 8000]],
    ['all of them where data-parallel ranks may have one each', [{ args: ['--port=8200', '--data-parallel-size', '2'], ports: [{ containerPort: 8200 }, { containerPort: 8201 }] }], [8200, 8201]],
    ['nonsense', [{ args: ['--port', 'eighty'] }], [8000]],
  ])('%s', (_, containers, ports) => {
    expect(metricsPortsOf(pod(...containers))).toEqual(ports);
  });
});

describe('the model that an engine is told to serve', () => {
  it.each<[string[], string | undefined]>([
    [['--model', 'meta/llama', '--served-model-name=llama'], 'llama'],
    [['--model=meta/llama'], 'meta/llama'],
    [['vllm', 'serve', 'meta/llama', '--port', '1'], 'meta/llama'],
    [['vllm serve "meta/llama"'], 'meta/llama'],
    [['serve', '--port', '1'], undefined],
    [[], undefined],
  ])('%j: %s', (args, model) => {
    expect(servedModelOf(pod({ args }))).toBe(model);
  });
});
