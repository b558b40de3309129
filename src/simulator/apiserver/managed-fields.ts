import type { ApiObject, Fields, ManagedFieldsEntry } from './api-object.ts';
import { sameJson } from './api-object.ts';
import { metaSchema } from './builtin-schemas.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import type { FieldSet } from './field-set.ts';
import { changedFields, difference, intersection, members, union } from './field-set.ts';
import type { Schema } from './schema.ts';

/** Computes the managedFields of an object about to be stored, at the given time. */
export type Ownership = (stored: ApiObject, at: string) => ManagedFieldsEntry[];

/** Metadata that nobody owns. */
const unowned = ['name', 'namespace', 'creationTimestamp', 'uid', 'resourceVersion', 'generation', 'managedFields', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds'];

/** The object as ownership sees it. */
export function ownable(object: ApiObject): Fields {
  const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
  const meta = Object.fromEntries(Object.entries(metadata).filter(([name]) => !unowned.includes(name)));
  return Object.keys(meta).length > 0 ? { ...rest, metadata: meta } : rest;
}

export function ownableSchema(definition: ResourceDefinition): Schema {
  return { ...definition.schema, properties: { ...definition.schema.properties, metadata: metaSchema } };
}

/** Ownership after a write that is no apply: what changed belongs to its writer, and to nobody else. */
export function trackUpdate(old: ApiObject | undefined, next: ApiObject, definition: ResourceDefinition, manager: string, subresource: string | undefined, at: string): ManagedFieldsEntry[] {
  const before = old ? { metadata: {}, ...ownable(old) } : emptyOf(definition);
  const changed = changedFields(before, ownable(next), ownableSchema(definition));
  const given = next.metadata.managedFields ?? old?.metadata.managedFields ?? [];
  const entries = old && changed === undefined && sameJson(ownable(old), ownable(next)) ? given : prune(given, next, definition);
  if (!changed) return entries;
  return claim(entries, { manager, operation: 'Update', apiVersion: apiVersionOf(definition), subresource }, changed, at);
}

/** Built-in structs are never absent as a whole, so nobody owns `spec` itself. */
function emptyOf(definition: ResourceDefinition): Fields {
  if (definition.custom) return { metadata: {} };
  const template = { template: { metadata: {}, spec: { containers: null } }, strategy: {}, updateStrategy: {} };
  const spec = definition.kind === 'Pod' ? { containers: null } : ['Deployment', 'ReplicaSet', 'StatefulSet'].includes(definition.kind) ? template : {};
  return { metadata: {}, spec, status: {} };
}

export interface Claimant {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource?: string | undefined;
}

export function isClaimant(entry: ManagedFieldsEntry, claimant: Claimant): boolean {
  return entry.manager === claimant.manager && entry.operation === claimant.operation && (entry.subresource ?? '') === (claimant.subresource ?? '') && entry.apiVersion === claimant.apiVersion;
}

function entryOf(claimant: Claimant, fieldsV1: FieldSet, at: string): ManagedFieldsEntry {
  const { manager, operation, apiVersion, subresource } = claimant;
  return { manager, operation, apiVersion, ...(subresource === 'scale' ? {} : { time: at }), fieldsType: 'FieldsV1', fieldsV1, ...(subresource ? { subresource } : {}) };
}

/** Gives fields to one manager and takes them from all others. */
export function claim(entries: readonly ManagedFieldsEntry[], claimant: Claimant, fields: FieldSet, at: string): ManagedFieldsEntry[] {
  const result: ManagedFieldsEntry[] = [];
  let mine = fields;
  for (const entry of entries) {
    if (isClaimant(entry, claimant)) {
      mine = union(entry.fieldsV1, fields);
      continue;
    }
    const rest = difference(entry.fieldsV1, fields);
    if (rest) result.push(sameJson(rest, entry.fieldsV1) ? entry : { ...entry, fieldsV1: rest });
  }
  result.push(entryOf(claimant, mine, at));
  return sorted(result);
}

/** Applies first, then by time, as the genuine server keeps them. */
export function sorted(entries: readonly ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return entries.toSorted((a, b) => {
    if (a.operation !== b.operation) return a.operation === 'Apply' ? -1 : 1;
    if ((a.time ?? '') !== (b.time ?? '')) return (a.time ?? '') < (b.time ?? '') ? -1 : 1;
    return a.manager < b.manager ? -1 : a.manager > b.manager ? 1 : 0;
  });
}

/** Takes from every manager the fields that are no longer there. */
export function prune(entries: readonly ManagedFieldsEntry[], object: ApiObject, definition: ResourceDefinition): ManagedFieldsEntry[] {
  const present = changedFields(undefined, ownable(object), ownableSchema(definition)) ?? {};
  const result: ManagedFieldsEntry[] = [];
  for (const entry of entries) {
    const rest = intersection(entry.fieldsV1, present);
    if (rest && members(rest).length > 0) result.push(rest === entry.fieldsV1 || sameJson(rest, entry.fieldsV1) ? entry : { ...entry, fieldsV1: rest });
  }
  return result;
}
