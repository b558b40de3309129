import { afterEach, expect, it } from 'vitest';
import { createKubernetesClient, type EventRecorder } from '../kubernetes/index.ts';
import { defaultPolicySet } from '../model/index.ts';
import { createManualClock, createRandom, silentLog, textResponse, type HttpResponse } from '../runtime/index.ts';
import { keepPolicy, type PolicyKeeper } from './policy-keeper.ts';

const keepers: PolicyKeeper[] = [];

afterEach(() => Promise.all(keepers.splice(0).map((keeper) => keeper.stop())));

function keep(list: () => HttpResponse) {
  const clock = createManualClock();
  const noted: string[] = [];
  const events: EventRecorder = { record: ({ regarding, reason, note }) => void noted.push(`${regarding.kind} ${regarding.name} ${reason}: ${note}`), flush: async () => {} };
  const client = createKubernetesClient({
    clock,
    baseUrl: 'http://api',
    // the watch never says anything
    transport: async ({ url, signal }) => (url.includes('watch=') ? await new Promise<never>((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))) : list()),
  });
  const keeper = keepPolicy({ client, events, clock, log: silentLog, random: createRandom('policy'), namespace: 'wva', name: 'wva-saturation-scaling-config', onRead: () => {} });
  keepers.push(keeper);
  return { clock, keeper, noted };
}

function listOf(data: Record<string, string>): HttpResponse {
  const items = [{ metadata: { name: 'wva-saturation-scaling-config', namespace: 'wva', uid: 'u', resourceVersion: '5' }, data }];
  return textResponse(200, JSON.stringify({ kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '5' }, items }), { 'content-type': 'application/json' });
}

it('is known when the ConfigMap has been read', async () => {
  const { clock, keeper } = keep(() => listOf({ default: 'kvSpareTrigger: 0.3\n' }));
  const known = keeper.whenRead(new AbortController().signal);
  await clock.advance(0);
  await known;
  expect(keeper.current().global.saturation.kvSpareTrigger).toBe(0.3);
});

it('keeps the last good one, and an event says why', async () => {
  const { clock, keeper, noted } = keep(() => listOf({ default: 'kvCacheThreshold: 7\n' }));
  await clock.advance(10);
  expect(keeper.current()).toEqual(defaultPolicySet);
  expect(noted).toHaveLength(1);
  expect(noted[0]).toContain('ConfigMap wva-saturation-scaling-config ConfigurationRejected: The last good policy stays in force. ConfigMap wva/wva-saturation-scaling-config: default.kvCacheThreshold is "7"');
});

it('is waited for ten seconds where ConfigMaps may not be read', async () => {
  const { clock, keeper } = keep(() => textResponse(403, JSON.stringify({ kind: 'Status', status: 'Failure', reason: 'Forbidden', message: 'no', code: 403 }), { 'content-type': 'application/json' }));
  let isKnown = false;
  const known = keeper.whenRead(new AbortController().signal).then(() => (isKnown = true));
  await clock.advance(9_900);
  expect(isKnown).toBe(false);
  await clock.advance(200);
  await known;
  expect(keeper.current()).toEqual(defaultPolicySet);
});
