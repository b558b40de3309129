import { readFileSync } from 'node:fs';
import { evaluate } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { badManifests, goodManifests, type Manifest } from '../../test/support/manifests/index.ts';
import { specRules } from './variant-autoscaling-rules.ts';
import type { SpecShape } from './variant-autoscaling-spec.ts';
import { crdYaml, variantAutoscalingCrd, variantAutoscalingSchema, type StructuralSchema } from './variant-autoscaling.ts';

const shipped = new URL('../../deploy/crd/variantautoscalings.yaml', import.meta.url);

/** Every node of a schema with its path. */
function* nodes(schema: StructuralSchema, path = ''): Generator<[string, StructuralSchema]> {
  yield [path, schema];
  for (const [name, property] of Object.entries(schema.properties ?? {})) yield* nodes(property, `${path}.${name}`);
  if (schema.items) yield* nodes(schema.items, `${path}[]`);
  if (schema.additionalProperties) yield* nodes(schema.additionalProperties, `${path}{}`);
}

describe('the CRD', () => {
  it('is the one that is shipped; `npm run -s wva -- crd > deploy/crd/variantautoscalings.yaml` renews it', () => {
    expect(readFileSync(shipped, 'utf8')).toBe(crdYaml());
  });

  it('reads back from YAML as the object that it was', () => {
    expect(parse(crdYaml())).toStrictEqual(JSON.parse(JSON.stringify(variantAutoscalingCrd())));
  });

  it('is structural: every node has a type, or is int-or-string', () => {
    for (const [path, node] of nodes(variantAutoscalingSchema())) {
      const typed = node.type !== undefined || node['x-kubernetes-int-or-string'] === true;
      expect(typed, path).toBe(true);
    }
  });

  it('says something about every field to those who ask kubectl explain', () => {
    const silent = [...nodes(variantAutoscalingSchema())].filter(([path, node]) => !/(\[\]|\{\}|^\.metadata)$/.test(path) && !node.description);
    expect(silent.map(([path]) => path)).toStrictEqual([]);
  });

  it('has limits in spec and none in status', () => {
    const limits = ['pattern', 'minimum', 'maximum', 'minLength', 'maxLength', 'enum', 'minItems', 'minProperties', 'x-kubernetes-validations'];
    const status = variantAutoscalingSchema().properties?.['status'] as StructuralSchema;
    for (const [path, node] of nodes(status)) expect(limits.filter((limit) => limit in node), path).toStrictEqual([]);
    // a condition without type and status is none
    expect([...nodes(status)].filter(([, node]) => node.required).map(([path, node]) => [path, node.required])).toStrictEqual([['.conditions[]', ['type', 'status']]]);
  });

  it('limits the length of everything in spec that a CEL rule reads, so that the rules stay cheap', () => {
    for (const [path, node] of nodes(variantAutoscalingSchema().properties?.['spec'] as StructuralSchema))
      if (node['x-kubernetes-validations'] && node.type === 'string') expect(node.maxLength, path).toBeLessThan(1024);
  });
});

describe('each rule says in CEL what it says in TypeScript', () => {
  const specs: [string, Manifest['spec']][] = [
    ...goodManifests().map(({ name, object }): [string, Manifest['spec']] => [name, object.spec]),
    ...badManifests().map(({ name, object }): [string, Manifest['spec']] => [name, object.spec]),
  ];

  it.each(specRules)('$rule', (rule) => {
    for (const [name, spec] of specs) {
      const self = rule.at.split('.').reduce<unknown>((at, key) => (key === '' ? at : (at as Record<string, unknown> | undefined)?.[key]), spec);
      // a rule stands on its node: where there is none, or one of another type, it is not asked
      const complete = rule.at !== 'scaleTargetRef' || (typeof self === 'object' && self !== null && 'kind' in self);
      if (self === undefined || !complete) continue;
      const numbers = JSON.parse(JSON.stringify(self), (_, value: unknown) => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value)) as unknown;
      const comparable = [spec['minReplicas'], spec['maxReplicas']].every((bound) => bound === undefined || typeof bound === 'number');
      if (comparable) expect(evaluate(rule.rule, { self: numbers }), name).toBe(rule.holds(spec as SpecShape));
    }
  });
});
