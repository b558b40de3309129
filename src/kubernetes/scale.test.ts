import { describe, expect, it } from 'vitest';
import { createManualClock, textResponse, type HttpRequest } from '../runtime/index.ts';
import { createKubernetesClient } from './client.ts';
import { createDiscovery } from './discovery.ts';
import { patchStatus } from './patch-status.ts';
import { createScales } from './scale.ts';
import { resources } from './resource-kind.ts';

const lws = {
  kind: 'APIResourceList',
  resources: [
    { name: 'leaderworkersets', kind: 'LeaderWorkerSet', namespaced: true },
    { name: 'leaderworkersets/scale', kind: 'Scale', namespaced: true },
    { name: 'leaderworkersets/status', kind: 'LeaderWorkerSet', namespaced: true },
    { name: 'plains', kind: 'Plain', namespaced: true },
  ],
};

function start() {
  const clock = createManualClock(0);
  const served = new Map<string, object>([['/apis/leaderworkerset.x-k8s.io/v1', lws]]);
  const asked: string[] = [];
  let last: HttpRequest | undefined;
  const transport = async (request: HttpRequest) => {
    const { pathname } = new URL(request.url);
    asked.push(`${request.method} ${pathname}`);
    last = request;
    if (pathname.includes('/namespaces/')) return textResponse(200, '{"kind":"Scale","spec":{"replicas":3}}');
    const answer = served.get(pathname);
    return answer ? textResponse(200, JSON.stringify(answer)) : textResponse(404, '404 page not found\n');
  };
  const client = createKubernetesClient({ transport, baseUrl: 'http://k', clock });
  const discovery = createDiscovery({ client, clock });
  return { clock, served, asked, client, discovery, scales: createScales({ client, discovery }), lastRequest: () => last };
}

const target = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet', namespace: 'llm', name: 'big' };

describe('discovery', () => {
  it('asks once for a group and remembers for ten minutes', async () => {
    const { clock, asked, discovery } = start();
    const both = await Promise.all([discovery.resourceFor(target.apiVersion, 'LeaderWorkerSet'), discovery.resourceFor(target.apiVersion, 'Plain')]);
    expect(both).toEqual([
      { resource: resources.leaderWorkerSets, scalable: true },
      { resource: { group: 'leaderworkerset.x-k8s.io', version: 'v1', plural: 'plains', kind: 'Plain', namespaced: true }, scalable: false },
    ]);
    await clock.advance(9 * 60_000);
    await discovery.resourceFor(target.apiVersion, 'Plain');
    expect(asked).toHaveLength(1);
    await clock.advance(60_000);
    await discovery.resourceFor(target.apiVersion, 'Plain');
    expect(asked).toHaveLength(2);
  });

  it('asks again for what is unknown, at most every half minute', async () => {
    const { clock, asked, served, discovery } = start();
    for (let second = 0; second < 60; second++) {
      expect(await discovery.resourceFor('example.com/v1', 'Gadget')).toBeUndefined();
      await clock.advance(1000);
    }
    expect(asked).toHaveLength(2);
    served.set('/apis/example.com/v1', { resources: [{ name: 'gadgets', kind: 'Gadget', namespaced: false }] });
    expect(await discovery.resourceFor('example.com/v1', 'Gadget')).toMatchObject({ resource: { plural: 'gadgets', namespaced: false } });
  });

  it('knows the workloads of apps/v1 without asking, and rejects when it cannot ask', async () => {
    const { asked, served, discovery } = start();
    expect(await discovery.resourceFor('apps/v1', 'Deployment')).toMatchObject({ scalable: true });
    expect(asked).toEqual([]);
    served.set('/api/v1', { no: 'resources' });
    await expect(discovery.resourceFor('v1', 'ReplicationController')).rejects.toMatchObject({ name: 'KubernetesError', reason: 'NotKubernetes' });
  });
});

describe('scales', () => {
  it('are read and written for anything that has the subresource', async () => {
    const { asked, scales, lastRequest } = start();
    expect(await scales.read(target)).toMatchObject({ spec: { replicas: 3 } });
    await scales.write(target, 5, { resourceVersion: '17', fieldManager: 'wva' });
    await scales.write({ ...target, apiVersion: 'apps/v1', kind: 'StatefulSet' }, 0);
    expect(asked).toEqual([
      'GET /apis/leaderworkerset.x-k8s.io/v1',
      'GET /apis/leaderworkerset.x-k8s.io/v1/namespaces/llm/leaderworkersets/big/scale',
      'PATCH /apis/leaderworkerset.x-k8s.io/v1/namespaces/llm/leaderworkersets/big/scale',
      'PATCH /apis/apps/v1/namespaces/llm/statefulsets/big/scale',
    ]);
    expect(lastRequest()).toMatchObject({ body: '{"spec":{"replicas":0}}', headers: { 'content-type': 'application/merge-patch+json' } });
  });

  it('of kinds that are not served, or have no scale, are refused in words', async () => {
    const { scales } = start();
    await expect(scales.read({ ...target, kind: 'Nope' })).rejects.toMatchObject({ reason: 'ResourceUnknown', message: expect.stringContaining('CustomResourceDefinition') as string });
    await expect(scales.read({ ...target, kind: 'Plain' })).rejects.toMatchObject({
      reason: 'NotScalable',
      message: 'Cannot scale leaderworkerset.x-k8s.io/v1 Plain "llm/big": this kind has no scale subresource.',
    });
  });
});

it('a status is written by a merge patch on its subresource, on the condition of a version where one is given', async () => {
  const { client, lastRequest } = start();
  await patchStatus(client, resources.variantAutoscalings, { namespace: 'llm', name: 'decode', resourceVersion: '5' }, { desired: 2 }, { fieldManager: 'wva' });
  expect(lastRequest()).toMatchObject({
    method: 'PATCH',
    url: 'http://k/apis/llmd.ai/v1alpha1/namespaces/llm/variantautoscalings/decode/status?fieldManager=wva',
    body: '{"metadata":{"resourceVersion":"5"},"status":{"desired":2}}',
  });
});
