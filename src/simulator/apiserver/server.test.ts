import { describe, expect, it } from 'vitest';
import { createRequester } from '../../../test/support/api-requester.ts';

const configMaps = '/api/v1/namespaces/default/configmaps';
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const configMap = (name: string, data: Record<string, string> = {}): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }, { name: 'side', image: 'side:1' }] } } },
};
const merge = { 'content-type': 'application/merge-patch+json' };

describe('objects', () => {
  it('come back with what the server gives them', async () => {
    const { ask } = createRequester();
    const created = await ask('POST', deployments, deployment);
    expect(created.status).toBe(201);
    expect(created.json.metadata).toMatchObject({ name: 'web', namespace: 'default', generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' });
    expect(created.json.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.json.spec).toMatchObject({ progressDeadlineSeconds: 600, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } });
    expect(created.json.spec.template.spec.containers[0]).toMatchObject({ imagePullPolicy: 'IfNotPresent', resources: {} });
    expect((await ask('GET', `${deployments}/web`)).json).toEqual(created.json);
  });

  it('count generations by their spec, and revisions by every write that changes something', async () => {
    const { ask } = createRequester();
    const first = (await ask('POST', deployments, deployment)).json;
    const same = (await ask('PATCH', `${deployments}/web`, { spec: { replicas: 2 } }, merge)).json;
    expect(same.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    const scaled = (await ask('PATCH', `${deployments}/web`, { spec: { replicas: 3 } }, merge)).json;
    expect(scaled.metadata.generation).toBe(2);
    const seen = (await ask('PATCH', `${deployments}/web/status`, { status: { replicas: 3 }, spec: { replicas: 9 } }, merge)).json;
    expect(seen).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 3 }, status: { replicas: 3 } });
    expect(Number(seen.metadata.resourceVersion)).toBeGreaterThan(Number(scaled.metadata.resourceVersion));
  });

  it('are written by the one who read them last', async () => {
    const { ask } = createRequester();
    const old = (await ask('POST', configMaps, configMap('a'))).json;
    await ask('PATCH', `${configMaps}/a`, { data: { x: '1' } }, merge);
    const stale = await ask('PUT', `${configMaps}/a`, { ...old, data: { x: '2' } });
    expect(stale.status).toBe(409);
    expect(stale.json).toMatchObject({ reason: 'Conflict', details: { name: 'a', kind: 'configmaps' } });
    expect((await ask('PUT', `${configMaps}/a`, configMap('a', { x: '3' }))).json.data).toEqual({ x: '3' });
  });

  it('with finalizers stay until the last one lets go', async () => {
    const { ask } = createRequester();
    await ask('POST', configMaps, { ...configMap('held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    expect((await ask('DELETE', `${configMaps}/held`)).json.metadata.deletionTimestamp).toBe('2026-01-01T00:00:00Z');
    await ask('PATCH', `${configMaps}/held`, { metadata: { finalizers: null } }, merge);
    expect((await ask('GET', `${configMaps}/held`)).status).toBe(404);
  });

  it('follow their owners and their namespace', async () => {
    const { ask, server } = createRequester();
    const owner = (await ask('POST', configMaps, configMap('owner'))).json;
    const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, controller: true, blockOwnerDeletion: true };
    await ask('POST', configMaps, { ...configMap('child'), metadata: { name: 'child', ownerReferences: [reference] } });
    await ask('DELETE', `${configMaps}/owner`, { propagationPolicy: 'Foreground' });
    expect(server.store.list({ group: '', plural: 'configmaps' }, 'default')).toEqual([]);
    await ask('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    await ask('POST', '/api/v1/namespaces/shop/configmaps', configMap('inside'));
    await ask('DELETE', '/api/v1/namespaces/shop');
    expect((await ask('GET', '/api/v1/namespaces/shop')).status).toBe(404);
    expect(server.store.list({ group: '', plural: 'configmaps' })).toEqual([]);
  });

  it('in a dry run are answered and not kept', async () => {
    const { ask } = createRequester();
    expect((await ask('POST', `${configMaps}?dryRun=All`, configMap('dry'))).status).toBe(201);
    expect((await ask('GET', `${configMaps}/dry`)).status).toBe(404);
  });

  it('of two versions are one', async () => {
    const { ask } = createRequester();
    const hpa = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'web' }, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }] } };
    await ask('POST', '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers', hpa);
    const old = (await ask('GET', '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers/web')).json;
    expect(old.spec).toMatchObject({ targetCPUUtilizationPercentage: 70, minReplicas: 1 });
  });
});

describe('refusals', () => {
  const cases: [string, string, string, unknown, Record<string, string>, number, string][] = [
    ['no such object', 'GET', `${configMaps}/none`, undefined, {}, 404, 'configmaps "none" not found'],
    ['no such namespace', 'POST', '/api/v1/namespaces/none/configmaps', configMap('a'), {}, 404, 'namespaces "none" not found'],
    ['no such field, strictly', 'POST', `${configMaps}?fieldValidation=Strict`, { ...configMap('a'), datum: 1 }, {}, 400, 'unknown field "datum"'],
    ['wrong type', 'POST', deployments, { ...deployment, spec: { ...deployment.spec, replicas: 'two' } }, {}, 400, 'cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32'],
    ['bad name', 'POST', configMaps, configMap('Bad_Name'), {}, 422, 'metadata.name: Invalid value: "Bad_Name"'],
    ['negative replicas', 'POST', deployments, { ...deployment, spec: { ...deployment.spec, replicas: -1 } }, {}, 422, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    ['unknown kind of body', 'POST', configMaps, 'text', { 'content-type': 'text/plain' }, 415, 'the body of the request was in an unknown format'],
    ['unknown kind of answer', 'GET', configMaps, undefined, { accept: 'text/html' }, 406, '406: Not Acceptable'],
    ['method of no use', 'DELETE', '/api/v1/namespaces', undefined, {}, 405, 'the server does not allow this method'],
    ['token of a list that never was', 'GET', `${configMaps}?continue=x`, undefined, {}, 400, 'invalid continue token'],
    ['apply without a manager', 'PATCH', `${configMaps}/a`, configMap('a'), { 'content-type': 'application/apply-patch+yaml' }, 422, 'fieldManager: Required value'],
  ];
  it.each(cases)('%s', async (_title, method, path, body, headers, status, message) => {
    const { ask } = createRequester();
    const reply = await ask(method as 'GET', path, body, headers);
    expect(reply.status).toBe(status);
    expect(reply.json).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
    expect(reply.json.message).toContain(message);
  });

  it('come from faults when a test asks for them', async () => {
    const { ask, server } = createRequester({
      faults: ({ path }) => (path.endsWith('/slow') ? { status: { code: 429, reason: 'TooManyRequests', message: 'slow down', details: { retryAfterSeconds: 2 } } } : undefined),
    });
    const refused = await ask('GET', `${configMaps}/slow`);
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '2']);
    server.setFaults(() => ({ cut: true }));
    await expect(ask('GET', configMaps)).rejects.toThrow('cut');
    server.setFaults(undefined);
    expect((await ask('GET', configMaps)).status).toBe(200);
  });
});

describe('patches', () => {
  it('merge lists of a built-in kind by their keys', async () => {
    const { ask } = createRequester();
    await ask('POST', deployments, deployment);
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' };
    const changed = await ask('PATCH', `${deployments}/web`, { spec: { template: { spec: { containers: [{ name: 'side', image: 'side:2' }] } } } }, strategic);
    expect(changed.json.spec.template.spec.containers.map((each: { image: string }) => each.image)).toEqual(['web:1', 'side:2']);
    const removed = await ask('PATCH', `${deployments}/web`, { spec: { template: { spec: { containers: [{ name: 'side', $patch: 'delete' }] } } } }, strategic);
    expect(removed.json.spec.template.spec.containers).toHaveLength(1);
  });

  it('of JSON do all or nothing', async () => {
    const { ask } = createRequester();
    await ask('POST', configMaps, configMap('a', { x: '1' }));
    const jsonPatch = { 'content-type': 'application/json-patch+json' };
    const bad = await ask('PATCH', `${configMaps}/a`, [{ op: 'replace', path: '/data/x', value: '2' }, { op: 'test', path: '/data/x', value: '9' }], jsonPatch);
    expect(bad.status).toBe(422);
    const good = await ask('PATCH', `${configMaps}/a`, [{ op: 'copy', from: '/data/x', path: '/data/y' }, { op: 'remove', path: '/data/x' }], jsonPatch);
    expect(good.json.data).toEqual({ y: '1' });
  });

  it('by apply own what they say, and conflict over it', async () => {
    const { ask } = createRequester();
    const apply = (manager: string, data: Record<string, string>, force = ''): ReturnType<typeof ask> =>
      ask('PATCH', `${configMaps}/a?fieldManager=${manager}${force}`, configMap('a', data), { 'content-type': 'application/apply-patch+yaml' });
    expect((await apply('one', { x: '1', y: '1' })).status).toBe(201);
    const conflict = await apply('two', { x: '2' });
    expect(conflict.json).toMatchObject({ code: 409, message: 'Apply failed with 1 conflict: conflict with "one": .data.x', details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.x' }] } });
    expect((await apply('two', { x: '2' }, '&force=true')).json.data).toEqual({ x: '2', y: '1' });
    expect((await apply('one', {})).json.data).toEqual({ x: '2' });
  });

  it('reach a scale without touching anything else', async () => {
    const { ask } = createRequester();
    await ask('POST', deployments, deployment);
    const scale = await ask('PATCH', `${deployments}/web/scale`, { spec: { replicas: 5 } }, merge);
    expect(scale.json).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 5 }, status: { replicas: 0, selector: 'app=web' } });
    expect((await ask('GET', `${deployments}/web`)).json.spec).toMatchObject({ replicas: 5, template: { spec: { containers: [{ image: 'web:1' }, {}] } } });
  });
});
