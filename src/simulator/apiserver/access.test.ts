import { expect, it } from 'vitest';
import { textResponse } from '../../runtime/index.ts';
import type { HttpRequest } from '../../runtime/index.ts';
import { createRequester } from '../../../test/support/api-requester.ts';

const tokens = { root: { username: 'root', groups: ['system:masters'] }, robot: { username: 'system:serviceaccount:wva:controller', groups: ['system:serviceaccounts'] } };
const as = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const rbac = '/apis/rbac.authorization.k8s.io/v1';

it('lets each do what roles and bindings allow, and no more', async () => {
  const { ask } = createRequester({ tokens });
  const pods = '/api/v1/namespaces/default/pods';
  expect((await ask('GET', pods, undefined, as('nobody'))).status).toBe(401);
  const refused = await ask('GET', pods, undefined, as('robot'));
  expect(refused.json).toMatchObject({ code: 403, message: 'pods is forbidden: User "system:serviceaccount:wva:controller" cannot list resource "pods" in API group "" in the namespace "default"' });
  await ask('POST', `${rbac}/clusterroles`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'reader' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }] }, as('root'));
  const subjects = [{ kind: 'ServiceAccount', name: 'controller', namespace: 'wva' }];
  await ask('POST', `${rbac}/namespaces/default/rolebindings`, { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'reads' }, roleRef: { kind: 'ClusterRole', name: 'reader' }, subjects }, as('root'));
  expect((await ask('GET', pods, undefined, as('robot'))).status).toBe(200);
  expect((await ask('GET', `${pods}?watch=1`, undefined, as('robot'))).status).toBe(403);
  expect((await ask('GET', '/api/v1/namespaces/kube-system/pods', undefined, as('robot'))).status).toBe(403);
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: tokens.robot.username, resourceAttributes: { verb: 'list', resource: 'pods', namespace: 'default' } } };
  expect((await ask('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', review, as('root'))).json.status).toMatchObject({ allowed: true });
});

it('says whose a token is', async () => {
  const { ask } = createRequester({ tokens });
  const review = (token: string): object => ({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token } });
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  expect((await ask('POST', path, review('robot'), as('root'))).json.status).toMatchObject({ authenticated: true, user: { username: tokens.robot.username } });
  expect((await ask('POST', path, review('old'), as('root'))).json.status).toEqual({ error: 'invalid bearer token', user: {} });
});

it('passes requests on to the server behind an APIService, in the name of who asked', async () => {
  const seen: HttpRequest[] = [];
  let isUp = true;
  const { ask, server, clock } = createRequester({
    tokens,
    aggregated: () => (request) => {
      seen.push(request);
      if (!isUp) return Promise.reject(new Error('connection refused'));
      const body = { kind: 'APIResourceList', groupVersion: 'external.metrics.k8s.io/v1beta1', resources: [{ name: 'externalmetrics', singularName: '', namespaced: true, kind: 'ExternalMetricValueList', verbs: ['get'] }] };
      return Promise.resolve(textResponse(200, JSON.stringify(body), { 'content-type': 'application/json' }));
    },
  });
  const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices';
  await ask('POST', apiServices, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.external.metrics.k8s.io' },
    spec: { group: 'external.metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, service: { name: 'wva', namespace: 'wva' } },
  }, as('root'));
  await server.checkApiServices();
  const condition = async (): Promise<unknown> => (await ask('GET', `${apiServices}/v1beta1.external.metrics.k8s.io`, undefined, as('root'))).json.status.conditions[0];
  expect(await condition()).toMatchObject({ type: 'Available', status: 'True', reason: 'Passed' });
  await ask('GET', '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/x?labelSelector=a%3Db', undefined, as('root'));
  expect(seen.at(-1)).toMatchObject({ url: 'https://wva.wva.svc:443/apis/external.metrics.k8s.io/v1beta1/namespaces/default/x?labelSelector=a%3Db', headers: { 'x-remote-user': 'root', 'x-remote-group': 'system:masters, system:authenticated' } });
  expect(seen.at(-1)?.headers).not.toHaveProperty('authorization');
  expect((await ask('GET', '/apis', undefined, as('root'))).text).toContain('external.metrics.k8s.io/v1beta1');
  isUp = false;
  await clock.advance(31_000);
  expect(await condition()).toMatchObject({ status: 'False', reason: 'FailedDiscoveryCheck' });
  expect((await ask('GET', '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/x', undefined, as('root'))).status).toBe(503);
});
