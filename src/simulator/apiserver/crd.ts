import type { Cause } from './api-error.ts';
import type { ApiObject, Fields } from './api-object.ts';
import { isFields } from './api-object.ts';
import type { ResourceDefinition, SubresourceDefinition } from './definition.ts';
import { allVerbs } from './definition.ts';
import { listOf } from './pod-defaults.ts';
import { ruleProblem } from './rules.ts';
import type { Schema } from './schema.ts';
import { invalidValue, notSupported, required } from './validate-names.ts';

interface CrdSpec {
  group: string;
  scope: string;
  names: { plural: string; singular: string; kind: string; listKind: string; shortNames?: string[]; categories?: string[] };
  preserveUnknownFields?: boolean;
  versions: CrdVersion[];
}

interface CrdVersion {
  name: string;
  served: boolean;
  storage: boolean;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: { status?: object; scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string } };
  additionalPrinterColumns?: { name: string; type: string; format?: string; description?: string; priority?: number; jsonPath: string }[];
}

/** Establishes a CRD at once: its names are taken as they are asked for. */
export function presetCrd(object: ApiObject, old: ApiObject | undefined, nowText: string): void {
  const spec = (object['spec'] ?? {}) as Partial<CrdSpec>;
  const before = (old?.['status'] ?? {}) as { storedVersions?: string[]; conditions?: unknown };
  const storage = listOf(spec.versions).find((version) => version['storage'] === true)?.['name'];
  const stored = new Set([...(before.storedVersions ?? []), ...(typeof storage === 'string' ? [storage] : [])]);
  const condition = (type: string, reason: string, message: string): Fields => ({ type, status: 'True', lastTransitionTime: nowText, reason, message });
  object['status'] = {
    acceptedNames: { ...spec.names },
    conditions: before.conditions ?? [
      condition('NamesAccepted', 'NoConflicts', 'no conflicts found'),
      condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted'),
    ],
    storedVersions: [...stored],
  };
}

/** What is wrong with a CRD, as far as common mistakes go. */
export function crdCauses(object: ApiObject): Cause[] {
  const spec = (object['spec'] ?? {}) as Partial<CrdSpec>;
  const causes: Cause[] = [];
  const { group = '', scope = '', names } = spec;
  const plural = names?.plural ?? '';
  if (object.metadata.name !== `${plural}.${group}`) causes.push(invalidValue('metadata.name', object.metadata.name, 'must be spec.names.plural+"."+spec.group'));
  if (group === '') causes.push(required('spec.group'));
  else if (!group.includes('.')) causes.push(invalidValue('spec.group', group, 'should be a domain with at least one dot'));
  if (scope === '') causes.push(required('spec.scope'));
  else if (!['Cluster', 'Namespaced'].includes(scope)) causes.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  const versions = listOf(spec.versions) as unknown as CrdVersion[];
  if (versions.filter((version) => version.storage).length !== 1) causes.push(invalidValue('spec.versions', versions.length, 'must have exactly one version marked as storage version'));
  if (plural === '') causes.push(required('spec.names.plural'));
  if (!names?.kind) causes.push(required('spec.names.kind'));
  for (const [index, version] of versions.entries()) {
    const schema = version.schema?.openAPIV3Schema;
    const at = `spec.versions[${index}].schema.openAPIV3Schema`;
    if (!schema) causes.push(required(at, 'schemas are required'));
    else causes.push(...schemaCauses(schema, at, true));
  }
  return causes;
}

function schemaCauses(schema: Schema, at: string, isRoot = false): Cause[] {
  const causes: Cause[] = [];
  if (isRoot && schema.type !== 'object') causes.push(schema.type === undefined ? required(`${at}.type`, 'must not be empty at the root') : invalidValue(`${at}.type`, schema.type, 'must be object at the root'));
  else if (schema.type === undefined && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) {
    causes.push(required(`${at}.type`, 'must not be empty for specified object fields'));
  }
  for (const [index, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const problem = ruleProblem(rule.rule);
    if (problem !== undefined) causes.push(invalidValue(`${at}.x-kubernetes-validations[${index}].rule`, rule.rule, `compilation failed: ${problem}`));
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) causes.push(...schemaCauses(property, `${at}.properties[${name}]`));
  if (schema.items) causes.push(...schemaCauses(schema.items, `${at}.items`));
  if (isFields(schema.additionalProperties)) causes.push(...schemaCauses(schema.additionalProperties, `${at}.additionalProperties`));
  return causes;
}

/** The resources that a CRD brings, one per served version. */
export function definitionsOf(crd: ApiObject): ResourceDefinition[] {
  const spec = crd['spec'] as CrdSpec;
  const { names, group } = spec;
  const storage = spec.versions.find((version) => version.storage)?.name ?? '';
  return spec.versions
    .filter((version) => version.served)
    .map((version) => {
      const structural = version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
      const { status, scale } = version.subresources ?? {};
      const readWrite = ['get', 'patch', 'update'];
      const subresources: SubresourceDefinition[] = [
        ...(status ? [{ name: 'status', kind: names.kind, verbs: readWrite }] : []),
        ...(scale ? [{ name: 'scale', kind: 'Scale', group: 'autoscaling', version: 'v1', verbs: readWrite }] : []),
      ];
      return {
        group,
        version: version.name,
        plural: names.plural,
        singular: names.singular,
        kind: names.kind,
        listKind: names.listKind,
        namespaced: spec.scope === 'Namespaced',
        shortNames: names.shortNames ?? [],
        categories: names.categories ?? [],
        verbs: allVerbs,
        subresources,
        shelf: `${group}/${names.plural}`,
        storedAs: `${group}/${storage}`,
        schema: structural,
        custom: {
          statusSubresource: status !== undefined,
          ...(scale ? { scale } : {}),
          columns: version.additionalPrinterColumns ?? [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
          structural,
          ...(spec.preserveUnknownFields ? { preserveUnknownFields: true } : {}),
        },
      };
    });
}
