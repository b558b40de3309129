import { expect, it } from 'vitest';
import type { StatusUpdate } from '../model/index.ts';
import { statusOf } from './status.ts';

const update = (load: StatusUpdate['load']): StatusUpdate =>
  ({
    resource: { key: 'serving/chat', namespace: 'serving', name: 'chat', uid: 'u', generation: 3 },
    variant: { accelerator: 'A100', costPerHour: 8, actuation: 'metric' },
    current: 2,
    conditions: [],
    trail: [],
    load,
    reason: 'Steady',
    desired: 2,
    previous: 2,
  }) as unknown as StatusUpdate;
const actuation = { applied: true, message: 'served', condition: { type: 'Actuated', status: 'True', reason: 'MetricServed', message: 'served' } } as const;

it('says what the load is, and leaves out an object that would hold nothing', () => {
  const known = statusOf({ update: update({ arrivalsPerSecond: 2 }), actuation, before: {} }, 0);
  expect(known.currentAlloc?.load).toEqual({ arrivalRate: '120.00' });
  // An API server refuses the null that server-side apply makes of an emptied object.
  const unknown = statusOf({ update: update({}), actuation, before: known }, 0);
  expect(unknown.currentAlloc).toEqual({ numReplicas: 2, accelerator: 'A100', variantCost: '16.00' });
});

it('says the last change in one sentence, and how to get all of it', () => {
  const told = (sentence: string, key = 'serving/chat'): string | undefined => {
    const changed = { ...update({}), trail: [{ from: 1, to: 2, reason: 'Demand', sentence: 'First.' }, { from: 2, to: 2, reason: 'Steady', sentence }], resource: { ...update({}).resource, key } } as const;
    return statusOf({ update: changed, actuation, before: {} }, 0).desiredOptimizedAlloc?.lastUpdate?.message;
  };
  expect(told('The load is carried.')).toBe('The load is carried. All of it: wva explain serving/chat');
  const long = told(`The load is carried. ${'It comes from many places, and each of them is counted. '.repeat(20)}`);
  expect(long?.length).toBeLessThanOrEqual(250);
  expect(long).toMatch(/ is counted\. All of it: wva explain serving\/chat$/);
  expect(told('x'.repeat(300), `${'n'.repeat(63)}/${'v'.repeat(253)}`)?.length).toBeLessThanOrEqual(80 + 30 + 317);
});

it('keeps every message short enough for a terminal', () => {
  const wordy = 'And so on. '.repeat(200);
  const long = { ...update({}), trail: [{ from: 2, to: 2, reason: 'Steady', sentence: wordy }], conditions: [{ type: 'Ready', status: 'True', reason: 'Deciding', message: wordy }] } as const;
  const { trail, conditions } = statusOf({ update: long, actuation, before: {} }, 0);
  for (const { message } of [...(trail ?? []), ...(conditions ?? [])]) expect(message?.length).toBeLessThanOrEqual(600);
});
