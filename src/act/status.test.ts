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
