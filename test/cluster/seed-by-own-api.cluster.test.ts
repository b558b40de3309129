import { expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine } from '../support/genuine/index.ts';
import { shipped } from './product.ts';
import { seedSteps } from './seed-steps.ts';

describeGenuine("the seed through the controller's own external metrics API", controlPlaneParts, () => {
  const journey = seedSteps('own');

  it('is trusted by its own CA, whose bundle it keeps in the APIService', async () => {
    const { spec, status } = await journey().get<{
      spec: { caBundle?: string; insecureSkipTLSVerify?: boolean };
      status: { conditions: { type: string; status: string; message: string }[] };
    }>(`/apis/apiregistration.k8s.io/v1/apiservices/${shipped.apiService}`);
    expect(spec.insecureSkipTLSVerify).toBeFalsy();
    expect(Buffer.from(spec.caBundle ?? '', 'base64').toString()).toContain('BEGIN CERTIFICATE');
    expect(status.conditions).toContainEqual(expect.objectContaining({ type: 'Available', status: 'True' }));
  });

  it('is found by discovery, and refuses whom RBAC refuses', async () => {
    const { plane } = journey();
    const list = await plane.kubectlOk(['api-resources', '--api-group=external.metrics.k8s.io']);
    expect(list).toContain('wva_desired_replicas');
    const denied = await plane.kubectl([
      '--as=system:serviceaccount:default:default',
      'get',
      '--raw',
      '/apis/external.metrics.k8s.io/v1beta1/namespaces/default/wva_desired_replicas',
    ]);
    expect(denied.code).not.toBe(0);
    expect(denied.stderr).toMatch(/forbidden/i);
  });
});
