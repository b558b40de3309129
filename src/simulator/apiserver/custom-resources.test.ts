import { beforeEach, describe, expect, it } from 'vitest';
import { variantAutoscalingCrd } from '../../wire/index.ts';
import type { Requester } from '../../../test/support/api-requester.ts';
import { createRequester } from '../../../test/support/api-requester.ts';

const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const variants = '/apis/llmd.ai/v1alpha1/namespaces/default/variantautoscalings';
const variant = (spec: object = {}): object => ({
  apiVersion: 'llmd.ai/v1alpha1',
  kind: 'VariantAutoscaling',
  metadata: { name: 'chat' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, modelID: 'm', accelerator: 'A100', ...spec },
});

describe('the product’s own resource', () => {
  let asked: Requester;
  beforeEach(async () => {
    asked = createRequester();
    const created = await asked.ask('POST', crds, variantAutoscalingCrd());
    expect(created.json.status.conditions).toMatchObject([{ type: 'NamesAccepted', status: 'True' }, { type: 'Established', status: 'True' }]);
  });

  it('is served with defaults, table and discovery', async () => {
    const created = await asked.ask('POST', variants, variant());
    expect(created.status).toBe(201);
    const table = await asked.ask('GET', variants, undefined, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
    expect(table.json.rows[0].cells[0]).toBe('chat');
    const list = (await asked.ask('GET', '/apis/llmd.ai/v1alpha1')).json;
    expect(list.resources.map((each: { name: string }) => each.name)).toEqual(['variantautoscalings', 'variantautoscalings/status']);
  });

  it('refuses what its schema and rules forbid, naming the field', async () => {
    const cases: [object, string][] = [
      [{ maxReplicas: 0 }, 'spec.maxReplicas'],
      [{ minReplicas: 3, maxReplicas: 2 }, 'spec.maxReplicas'],
      [{ role: 'encode' }, 'spec.role'],
      [{ variantCost: 0.5 }, 'spec.variantCost'],
      [{ modelID: 8 }, 'spec.modelID'],
    ];
    for (const [spec, field] of cases) {
      const refused = await asked.ask('POST', variants, variant(spec));
      expect(refused.status).toBe(422);
      expect(refused.json.details.causes.map((each: { field: string }) => each.field)).toContain(field);
    }
  });

  it('keeps status and spec apart, and prunes what it does not know', async () => {
    const created = await asked.ask('POST', variants, { ...variant({ unheardOf: 1 }), status: { conditions: [] } });
    expect(created.json.status).toBeUndefined();
    expect(created.json.spec.unheardOf).toBeUndefined();
    expect(created.headers['warning']).toContain('unknown field');
    const { generation } = created.json.metadata;
    const merge = { 'content-type': 'application/merge-patch+json' };
    const condition = { type: 'Ready', status: 'True', reason: 'Ok', message: 'fine', lastTransitionTime: '2026-01-01T00:00:00Z' };
    const seen = await asked.ask('PATCH', `${variants}/chat/status`, { status: { conditions: [condition] }, spec: { modelID: 'other' } }, merge);
    expect(seen.json).toMatchObject({ metadata: { generation }, spec: { modelID: 'm' }, status: { conditions: [{ type: 'Ready' }] } });
  });

  it('goes with its definition', async () => {
    await asked.ask('POST', variants, variant());
    await asked.ask('DELETE', `${crds}/variantautoscalings.llmd.ai`);
    expect((await asked.ask('GET', variants)).status).toBe(404);
  });
});
