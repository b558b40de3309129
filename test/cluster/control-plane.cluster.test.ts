import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';

describeGenuine('the control plane of the suite', controlPlaneParts, () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    const startMs = Date.now();
    plane = await startControlPlane({ users: [{ name: 'reader', groups: ['readers'] }] });
    console.log(`control plane ready after ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
  });
  afterAll(() => plane?.stop());

  it('answers kubectl as admin', async () => {
    const version = JSON.parse(await plane.kubectlOk(['version', '-o', 'json'])) as { serverVersion: { gitVersion: string } };
    expect(version.serverVersion.gitVersion).toMatch(/^v1[.]\d+/);
  });

  it('authorises other users by RBAC', async () => {
    const answer = await plane.request('/api/v1/pods', { token: plane.tokens['reader'] ?? '' });
    expect(answer.status).toBe(403);
    expect(answer.json<{ message: string }>().message).toContain('reader');
  });

  it('publishes what aggregated API servers wait for', async () => {
    const answer = await plane.request('/api/v1/namespaces/kube-system/configmaps/extension-apiserver-authentication');
    expect(Object.keys(answer.json<{ data: object }>().data)).toContain('requestheader-client-ca-file');
  });

  it('lets a client watch a kind that nobody writes while others are written', async () => {
    const revision = async (): Promise<number> => Number((await plane.request('/api/v1/persistentvolumes')).json<{ metadata: { resourceVersion: string } }>().metadata.resourceVersion);
    const before = await revision();
    await plane.kubectlOk(['create', 'namespace', 'written-elsewhere']);
    expect(await revision()).toBeGreaterThan(before);
    const watched = await plane.request('/api/v1/persistentvolumes?watch=1&timeoutSeconds=1');
    expect(watched).toMatchObject({ status: 200, text: '' });
  });

  it('comes back on the same port after a kill', async () => {
    await plane.kubectlOk(['create', 'namespace', 'kept']);
    const startMs = Date.now();
    await plane.restartApiServer();
    console.log(`API server back after ${((Date.now() - startMs) / 1000).toFixed(1)} s`);
    expect((await plane.request('/api/v1/namespaces/kept')).status).toBe(200);
  });
});
