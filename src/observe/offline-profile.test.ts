import { expect, it } from 'vitest';
import { offlineProfileOf } from './offline-profile.ts';

const profile = (decodeParms: Record<string, string>, prefillParms: Record<string, string>) =>
  offlineProfileOf({ modelID: 'm', scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'v' }, variantCost: '1', engine: 'auto', variantProfile: { perfParms: { decodeParms, prefillParms }, maxBatchSize: 4 } });

it('is all of what was measured, as numbers', () => {
  expect(profile({ alpha: '20.58', beta: '0.41' }, { gamma: '200', delta: '0.05' })).toEqual({ itlBaseMs: 20.58, itlPerSequenceMs: 0.41, ttftBaseMs: 200, ttftPerTokenMs: 0.05, maxSequences: 4 });
});

it.each([
  [{ alpha: 'fast', beta: '0.41' }, { gamma: '200', delta: '0.05' }],
  [{ alpha: '20.58' }, { gamma: '200', delta: '0.05' }],
  [{ alpha: '20.58', beta: '-1' }, { gamma: '200', delta: '0.05' }],
  [{ alpha: '20.58', beta: '0.41' }, { gamma: '200', delta: ' ' }],
])('is none where a part of it is not: %j %j', (decodeParms, prefillParms) => {
  expect(profile(decodeParms, prefillParms)).toBeUndefined();
});
