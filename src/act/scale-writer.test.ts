import { expect, it } from 'vitest';
import type { Scales } from '../kubernetes/index.ts';
import type { ScaleWrite } from '../model/index.ts';
import { silentLog } from '../runtime/index.ts';
import { writeScales } from './scale-writer.ts';

function write(name: string, replicas: number, currentReplicas: number): ScaleWrite {
  return { variantKeys: [`llm/${name}-a`, `llm/${name}-b`], namespace: 'llm', target: { apiVersion: 'apps/v1', kind: 'Deployment', name }, replicas, currentReplicas };
}

it('writes what differs, and says of each how it ended', async () => {
  const written: string[] = [];
  const scales: Pick<Scales, 'write'> = {
    async write({ name }, replicas, options) {
      if (name === 'broken') throw new Error('etcd is away.');
      written.push(`${name}=${replicas} by ${options?.fieldManager}`);
      return {};
    },
  };
  const outcomes = await writeScales(scales as Scales, [write('same', 2, 2), write('more', 3, 2), write('broken', 1, 4)], silentLog);
  expect(written).toEqual(['more=3 by wva']);
  expect(Object.fromEntries(outcomes)).toEqual({
    'llm/same-a': { kind: 'unchanged', replicas: 2 },
    'llm/same-b': { kind: 'unchanged', replicas: 2 },
    'llm/more-a': { kind: 'written', from: 2, to: 3 },
    'llm/more-b': { kind: 'written', from: 2, to: 3 },
    'llm/broken-a': { kind: 'failed', why: 'etcd is away.' },
    'llm/broken-b': { kind: 'failed', why: 'etcd is away.' },
  });
});
