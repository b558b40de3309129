import { expect, it } from 'vitest';
import { KubernetesError, type KubernetesClient, type PatchOptions } from '../kubernetes/index.ts';
import { createManualClock, type Log } from '../runtime/index.ts';
import { createDeletionCostWriter } from './deletion-costs.ts';

const cost = (pod: string) => ({ namespace: 'prod', pod, uid: `uid-${pod}`, cost: -1 });

function stage(answer: (pod: string, signal: AbortSignal | undefined) => Promise<unknown>) {
  const clock = createManualClock();
  const asked: [string, unknown][] = [];
  const warned: string[] = [];
  const log: Log = { debug: () => {}, info: () => {}, warn: (_, message) => void warned.push(message), error: () => {} };
  const client: Pick<KubernetesClient, 'patch'> = {
    async patch<T>(_resource: unknown, name: string, body: unknown, { signal }: PatchOptions): Promise<T> {
      asked.push([name, body]);
      return (await answer(name, signal)) as T;
    },
  };
  return { clock, asked, warned, writer: createDeletionCostWriter({ client: client as KubernetesClient, clock, log }) };
}

const refused = (status: number, reason: string) => new KubernetesError(`refused: ${reason}`, { status, reason, retryable: false });

it('writes the annotation of this very pod, and nothing else', async () => {
  const { asked, writer } = stage(async () => ({}));
  await writer.write([cost('a')]);
  expect(asked).toEqual([['a', { metadata: { uid: 'uid-a', annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } } }]]);
});

it('says once that it may not, asks again after ten minutes, and hinders nobody', async () => {
  const { clock, asked, warned, writer } = stage(async () => Promise.reject(refused(403, 'Forbidden')));
  for (let cycle = 0; cycle < 50; cycle++) {
    await writer.write([cost('a')]);
    await clock.advance(15_000);
  }
  expect(asked.length).toBe(2);
  expect(warned).toEqual([expect.stringContaining('deploy/pod-deletion-cost') as string]);
});

it('is silent about pods that are gone, and tells of what failed otherwise', async () => {
  const { warned, writer } = stage(async (pod) => Promise.reject(pod === 'a' ? refused(404, 'NotFound') : pod === 'b' ? refused(409, 'Conflict') : refused(500, 'InternalError')));
  await writer.write([cost('a'), cost('b'), cost('c')]);
  expect(warned).toEqual([expect.stringContaining('prod/c') as string]);
});

it('lets the removal go ahead after three seconds', async () => {
  const { clock, writer } = stage(async (_, signal) => clock.sleep(60_000, signal));
  let over = false;
  void writer.write([cost('a')]).then(() => (over = true));
  await clock.advance(2900);
  expect(over).toBe(false);
  await clock.advance(200);
  expect(over).toBe(true);
});
