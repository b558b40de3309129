import { expect, it } from 'vitest';
import { readResources, ResourcesError } from './resources.ts';

const va = (name: string): object => ({ apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: { name, namespace: 'prod' }, spec: {} });

it('reads lists and single objects, in YAML and JSON, and passes over kinds of no use', () => {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [va('a'), { kind: 'Deployment', metadata: { name: 'd', namespace: 'prod' } }, { kind: 'Secret', metadata: {} }] });
  expect(readResources(list, 'x')).toMatchObject({ variantAutoscalings: [{ metadata: { name: 'a' } }], deployments: [{ metadata: { name: 'd' } }] });
  const yaml = 'kind: VariantAutoscaling\nmetadata: {name: a, namespace: prod}\n---\nkind: VariantAutoscalingList\nitems:\n- metadata: {name: b, namespace: prod}\n---\nkind: Node\nmetadata: {name: n}\n';
  expect(readResources(yaml, 'x')).toMatchObject({ variantAutoscalings: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }], nodes: [{ metadata: { name: 'n' } }] });
});

it.each([
  ['kind: VariantAutoscaling\nmetadata: {name: a}\n', ['Line 1: a VariantAutoscaling without metadata.name or metadata.namespace.']],
  ['kind: Deployment\nmetadata: {name: a, namespace: b}\n', [expect.stringMatching(/^No VariantAutoscaling is in it, and at least one was expected/) as string]],
  ['a: 1\n---\n\n- b\n', ['Line 1: a Kubernetes object with kind and metadata was expected.', 'Line 4: a Kubernetes object with kind and metadata was expected.']],
  ['kind: {\n', [expect.stringMatching(/^Line [12]: /) as string]],
])('of %j says everything that is wrong', (text, problems) => {
  try {
    readResources(text, 'file.yaml');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ResourcesError);
    expect((error as ResourcesError).problems).toEqual(expect.arrayContaining(problems));
    expect((error as ResourcesError).message).toMatch(/^file\.yaml cannot be used: /);
  }
});
