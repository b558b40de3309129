import { expect, it } from 'vitest';
import type { Pod, Workload } from '../../wire/index.ts';
import { createRequester } from '../../../test/support/api-requester.ts';

const deployments = { group: 'apps', plural: 'deployments' };
const web: Workload = {
  metadata: { name: 'web' },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } } },
};

it('obeys the same rules as the HTTP API, at once and in order', () => {
  const { store } = createRequester().server;
  const told: string[] = [];
  const stop = store.watch<Workload>(deployments, ({ type, object, previous }) => {
    told.push(`${type} ${previous?.spec?.replicas ?? '-'} ${object.spec?.replicas}`);
    // a controller may write from inside; everybody still hears in order
    if (type === 'ADDED') store.update(deployments, { ...object, spec: { ...object.spec, replicas: 2 } });
  });
  const created = store.create(deployments, web);
  expect(store.get<Workload>(deployments, 'web')?.spec?.replicas).toBe(2);
  expect(() => store.update(deployments, { ...created, spec: { ...created.spec, replicas: 7 } })).toThrow('the object has been modified');
  expect(() => store.create(deployments, web)).toThrow('already exists');
  const seen = store.update<Workload>(deployments, { metadata: { name: 'web' }, status: { replicas: 2 } }, { subresource: 'status' });
  expect(seen).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 2 }, metadata: { generation: 2 } });
  expect(Object.isFrozen(seen.spec)).toBe(true);
  expect(store.remove(deployments, 'web')).toBe(true);
  expect(store.remove(deployments, 'web')).toBe(false);
  stop();
  store.create(deployments, web);
  expect(told).toEqual(['ADDED - 1', 'MODIFIED 1 2', 'MODIFIED 2 2', 'DELETED 2 2']);
});

it('keeps a pod on a node until its kubelet has ended it', () => {
  const { store } = createRequester().server;
  const pods = { group: '', plural: 'pods' };
  store.create<Pod>(pods, { metadata: { name: 'a' }, spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] } });
  store.remove(pods, 'a');
  expect(store.get(pods, 'a')?.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z' });
  store.remove(pods, 'a', 'default', { gracePeriodSeconds: 0 });
  expect(store.get(pods, 'a')).toBeUndefined();
});
