import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { badManifests, goodManifests } from '../support/manifests/index.ts';
import { until } from './until.ts';

const crdFile = join(import.meta.dirname, '../../deploy/crd/variantautoscalings.yaml');
const pathOf = (namespace: string): string => `/apis/llmd.ai/v1alpha1/namespaces/${namespace}/variantautoscalings`;

interface Refusal {
  message: string;
  reason: string;
  details?: { causes?: { field?: string }[] };
}

describeGenuine('the resource on a genuine API server', controlPlaneParts, () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false });
    await plane.kubectlOk(['create', 'namespace', 'serving']);
    await plane.kubectlOk(['apply', '-f', crdFile]);
    await plane.kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', 'crd/variantautoscalings.llmd.ai']);
    // Established comes a moment before the API server routes to it.
    await until('the resource is served', async () => {
      const { status } = await plane.request(pathOf('serving'));
      return status === 200 || `status ${status}`;
    });
  });
  afterAll(() => plane?.stop());

  it('takes the shipped CRD without a complaint', async () => {
    const crd = JSON.parse(await plane.kubectlOk(['get', 'crd', 'variantautoscalings.llmd.ai', '-o', 'json'])) as {
      status: { conditions: { type: string; status: string; message?: string }[] };
    };
    const state = Object.fromEntries(crd.status.conditions.map(({ type, status }) => [type, status]));
    expect(state).toMatchObject({ NamesAccepted: 'True', Established: 'True' });
    expect(state['NonStructuralSchema']).toBeUndefined();
    expect(state['Terminating']).toBeUndefined();
  });

  it.each(goodManifests())('takes $name as it is', async ({ name, object }) => {
    const named = { ...object, metadata: { ...object.metadata, namespace: 'serving', name: name.replaceAll(/[^a-z0-9]+/g, '-').replace(/-$/, '') } };
    // Strict: a field that the schema does not know would be refused, not dropped.
    const answer = await plane.request(`${pathOf('serving')}?fieldValidation=Strict`, { method: 'POST', body: named });
    expect(answer.status, answer.text).toBe(201);
    expect(answer.json<{ spec: object }>().spec).toMatchObject(object.spec);
  });

  it.each(badManifests())('refuses $name and names $field', async ({ object, field }) => {
    const answer = await plane.request(pathOf('serving'), { method: 'POST', body: object });
    expect(answer.status, answer.text).toBe(422);
    const refusal = answer.json<Refusal>();
    expect(refusal.reason).toBe('Invalid');
    expect(refusal.message).toContain(field);
  });

  it('lets status be written only through its subresource, and spec only outside it', async () => {
    const path = `${pathOf('serving')}/seed-completed`;
    const headers = { 'content-type': 'application/merge-patch+json' };
    await plane.request(path, { method: 'PATCH', headers, body: { status: { desiredOptimizedAlloc: { numReplicas: 7 } } } });
    const after = await plane.request(`${path}/status`, {
      method: 'PATCH',
      headers,
      body: { spec: { maxReplicas: 99 }, status: { desiredOptimizedAlloc: { numReplicas: 4 } } },
    });
    expect(after.status, after.text).toBe(200);
    const object = after.json<{ spec: { maxReplicas: number }; status: { desiredOptimizedAlloc: { numReplicas: number } } }>();
    expect(object.status.desiredOptimizedAlloc.numReplicas).toBe(4);
    expect(object.spec.maxReplicas).toBe(10);
  });

  it('shows what is going on in `kubectl get va`, and explains itself', async () => {
    const table = await plane.kubectlOk(['get', 'va', '-n', 'serving', 'seed-completed']);
    console.log(table);
    expect(table).toContain('ms-inference-scheduling-decode');
    expect(table.split('\n')[0]).toMatch(/^NAME +TARGET +MODEL +ACCELERATOR +CURRENT +DESIRED +DECISION +READY +REASON/);
    const help = await plane.kubectlOk(['explain', 'va.spec.scaleTargetRef']);
    expect(help).toMatch(/FIELDS:[^]*kind[^]*-required-/);
  });
});
