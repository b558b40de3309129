import { expect, it } from 'vitest';
import { KubernetesError, type KubernetesClient } from '../kubernetes/index.ts';
import { createManualClock, silentLog, type Log } from '../runtime/index.ts';
import type { StatusUpdate } from '../model/index.ts';
import type { VariantAutoscaling, VariantAutoscalingStatus } from '../wire/index.ts';
import { createStatusWriter } from './status-writer.ts';

type Parts = Parameters<ReturnType<typeof createStatusWriter>['write']>[0][number];

const actuation = { applied: true, message: 'served', condition: { type: 'Actuated', status: 'True', reason: 'MetricServed', message: 'served' } } as const;

function parts(desired: number, load: StatusUpdate['load'] = {}): Parts {
  const resource = { key: 'llm/va', namespace: 'llm', name: 'va', uid: 'u', generation: 1 };
  const update = { resource, variant: { accelerator: 'A100', costPerHour: 4, actuation: 'metric' }, current: 1, conditions: [], trail: [], load, reason: 'Steady', desired } as unknown as StatusUpdate;
  return { update, actuation };
}

function stage(answer: (body: VariantAutoscaling, signal: AbortSignal) => Promise<unknown> = async () => ({}), log: Log = silentLog) {
  const clock = createManualClock();
  const bodies: VariantAutoscaling[] = [];
  const shown: { status?: VariantAutoscalingStatus } = {};
  const client: Pick<KubernetesClient, 'patch'> = {
    async patch<T>(_resource: unknown, _name: string, body: unknown, options: { signal?: AbortSignal | undefined }): Promise<T> {
      bodies.push(body as VariantAutoscaling);
      return (await answer(body as VariantAutoscaling, options.signal as AbortSignal)) as T;
    },
  };
  const counted = { errors: 0 };
  const writer = createStatusWriter({ client: client as KubernetesClient, clock, log, known: () => shown.status, onError: () => counted.errors++ });
  return { clock, bodies, shown, counted, writer };
}

it('writes news at once, and mere measurements every half minute', async () => {
  const { clock, bodies, writer } = stage();
  await writer.write([parts(2, { kvUsedFraction: 0.1 })]);
  await clock.advance(15_000);
  await writer.write([parts(2, { arrivalsPerSecond: 3 })]);
  expect(bodies).toHaveLength(1);
  await writer.write([parts(3)]);
  expect(bodies.map(({ status }) => status?.desiredOptimizedAlloc?.numReplicas)).toEqual([2, 3]);
  await clock.advance(30_000);
  await writer.write([parts(3)]);
  expect(bodies).toHaveLength(3);
  expect(bodies[0]?.metadata?.uid).toBe('u');
});

it('writes again what another leader has overwritten', async () => {
  const { bodies, shown, writer } = stage();
  await writer.write([parts(2)]);
  shown.status = { desiredOptimizedAlloc: { numReplicas: 5 } };
  await writer.write([parts(2)]);
  expect(bodies).toHaveLength(2);
});

it('counts a failure and tries again, and is silent about a resource that is gone', async () => {
  const ends = [new KubernetesError('No.', { status: 500, reason: 'InternalError', retryable: true }), new KubernetesError('Gone.', { status: 404, reason: 'NotFound', retryable: false })];
  const { bodies, counted, writer } = stage(async () => {
    const error = ends.shift();
    if (error) throw error;
    return {};
  });
  await writer.write([parts(2)]);
  expect(counted.errors).toBe(1);
  await writer.write([parts(2)]);
  await writer.write([parts(2)]);
  expect([bodies.length, counted.errors]).toEqual([3, 1]);
});

it('gives up after ten seconds, for all of them together', async () => {
  const said: string[] = [];
  const hang = (_: unknown, signal: AbortSignal): Promise<never> => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const { clock, counted, writer, bodies } = stage(hang, { ...silentLog, warn: (_fields, message) => void said.push(message) });
  const writing = writer.write(Array.from({ length: 20 }, () => parts(2)));
  await clock.advance(10_000);
  await writing;
  expect(said).toEqual(['20 of 20 statuses were not written within 10 s; the decisions stand, and the statuses are tried again in the next cycle.']);
  expect([bodies.length, counted.errors]).toEqual([8, 1]);
});
