import { describe, expect, it } from 'vitest';
import { createManualClock, createRandom, readText } from '../../src/runtime/index.ts';
import { createApiServer, type ApiServer } from '../../src/simulator/apiserver/index.ts';
import { variantAutoscalingCrd } from '../../src/wire/index.ts';
import { badManifests, goodManifests } from '../support/manifests/index.ts';

const path = '/apis/llmd.ai/v1alpha1/namespaces/default/variantautoscalings';

async function post(server: ApiServer, url: string, object: object): Promise<{ status: number; text: string }> {
  const response = await server.handle({ method: 'POST', url: `http://cluster${url}`, headers: { 'content-type': 'application/json' }, body: JSON.stringify(object) });
  return { status: response.status, text: await readText(response) };
}

/** The tables to which test/cluster holds the genuine API server. */
describe('the resource on the simulated API server', async () => {
  const server = createApiServer({ clock: createManualClock(1_700_000_000_000), random: createRandom('manifests') });
  await post(server, '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', variantAutoscalingCrd());

  it.each(goodManifests())('takes $name as it is', async ({ object }) => {
    const { status, text } = await post(server, `${path}?fieldValidation=Strict`, { ...object, metadata: { ...object.metadata, namespace: 'default' } });
    expect(status, text).toBe(201);
    expect((JSON.parse(text) as { spec: object }).spec).toStrictEqual({ variantCost: '10.0', ...object.spec });
  });

  it.each(badManifests())('refuses $name and names $field', async ({ object, field }) => {
    const { status, text } = await post(server, path, object);
    expect(status, text).toBe(422);
    expect((JSON.parse(text) as { message: string }).message).toContain(field);
  });
});
