import { ApiError } from './api-error.ts';
import type { ApiObject, Fields, ManagedFieldsEntry } from './api-object.ts';
import { copyJson, isFields, sameJson } from './api-object.ts';
import { resolved } from './builtin-schemas.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import type { FieldSet } from './field-set.ts';
import { difference, fieldSchema, fieldsOf, intersection, itemKey, listKind, members, pathText, union } from './field-set.ts';
import type { Claimant, Ownership } from './managed-fields.ts';
import { isClaimant, ownable, ownableSchema, prune, sorted } from './managed-fields.ts';
import type { Schema } from './schema.ts';

export interface Applied {
  object: ApiObject;
  ownership: Ownership;
}

/**
 * Server-side apply: merges what a manager says into the object, removes what it said before and no longer says,
 * and refuses to change what others own unless forced.
 * @throws {ApiError} 409 that names the other managers.
 */
export function applyConfiguration(current: ApiObject | undefined, config: ApiObject, definition: ResourceDefinition, manager: string, force: boolean, subresource: string | undefined): Applied {
  const schema = ownableSchema(definition);
  const claimant: Claimant = { manager, operation: 'Apply', apiVersion: apiVersionOf(definition), subresource };
  const said = ownable(config);
  const fields = fieldsOf(said, schema);
  const before = current ? ownable(current) : {};
  const entries = current?.metadata.managedFields ?? [];
  const mine = entries.find((entry) => isClaimant(entry, claimant));
  let merged = mergeTyped(before, said, schema) as Fields;
  const others = entries.filter((entry) => entry !== mine);
  const dropped = mine && difference(mine.fieldsV1, fields);
  if (dropped) {
    const held = others.reduce<FieldSet>((all, entry) => union(all, entry.fieldsV1), {});
    const orphaned = difference(dropped, held);
    if (orphaned) merged = removeFields(merged, orphaned, schema) as Fields;
  }
  const conflicts: { entry: ManagedFieldsEntry; fields: string[][] }[] = [];
  const kept: ManagedFieldsEntry[] = [];
  for (const entry of others) {
    const shared = intersection(entry.fieldsV1, fields);
    const contested = shared ? members(shared).filter((path) => !sameJson(valueAt(before, path, schema), valueAt(merged, path, schema)) && isLeafPath(path, merged, schema)) : [];
    if (contested.length > 0) conflicts.push({ entry, fields: contested });
    const lost = contested.reduce<FieldSet>((all, path) => union(all, setOf(path)), {});
    const rest = contested.length > 0 ? difference(entry.fieldsV1, lost) : entry.fieldsV1;
    if (rest) kept.push(rest === entry.fieldsV1 ? entry : { ...entry, fieldsV1: rest });
  }
  if (conflicts.length > 0 && !force) throw conflictError(conflicts);
  const base = current ?? config;
  const object: ApiObject = { ...base, ...merged, apiVersion: config.apiVersion, kind: config.kind, metadata: { ...base.metadata, ...(merged['metadata'] as Fields) } };
  for (const name of Object.keys(before)) if (merged[name] === undefined && name !== 'metadata') delete object[name];
  const mergedMeta = (merged['metadata'] ?? {}) as Fields;
  for (const name of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) if (mergedMeta[name] === undefined) delete object.metadata[name];
  if (config.metadata.resourceVersion) object.metadata.resourceVersion = config.metadata.resourceVersion;
  const ownership: Ownership = (stored, at) => {
    const time = mine && sameJson(mine.fieldsV1, fields) ? (mine.time ?? at) : at;
    const own: ManagedFieldsEntry = { manager, operation: 'Apply', apiVersion: claimant.apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: fields, ...(subresource ? { subresource } : {}) };
    return sorted([...prune(kept, stored, definition), ...(Object.keys(fields).length > 0 ? [own] : [])]);
  };
  return { object, ownership };
}

function mergeTyped(current: unknown, said: unknown, schema: Schema): unknown {
  const target = resolved(schema);
  if (isFields(said)) {
    if (target['x-kubernetes-map-type'] === 'atomic' || !isFields(current)) return copyJson(said);
    const result: Fields = { ...current };
    for (const [name, value] of Object.entries(said)) result[name] = mergeTyped(result[name], value, fieldSchema(target, name));
    return result;
  }
  if (!Array.isArray(said) || !Array.isArray(current)) return copyJson(said);
  const kind = listKind(target);
  if (kind.kind === 'atomic') return copyJson(said);
  const items = resolved(target.items ?? {});
  const idOf = (item: unknown): string => (kind.kind === 'set' ? JSON.stringify(item) : itemKey(item, kind.keys, items));
  const result = [...(current as unknown[])];
  for (const item of said) {
    const index = result.findIndex((each) => idOf(each) === idOf(item));
    if (index < 0) result.push(copyJson(item));
    else result[index] = mergeTyped(result[index], item, items);
  }
  return result;
}

function removeFields(value: unknown, set: FieldSet, schema: Schema): unknown {
  const target = resolved(schema);
  if (isFields(value)) {
    const result: Fields = { ...value };
    for (const [element, inner] of Object.entries(set)) {
      const name = element.slice(2);
      if (!element.startsWith('f:') || result[name] === undefined) continue;
      if (Object.keys(inner as FieldSet).length === 0) {
        delete result[name];
        continue;
      }
      const rest = removeFields(result[name], inner as FieldSet, fieldSchema(target, name));
      if (isVoid(rest) || ((inner as FieldSet)['.'] !== undefined && isVoid(rest))) delete result[name];
      else result[name] = rest;
    }
    return result;
  }
  if (!Array.isArray(value)) return value;
  const kind = listKind(target);
  const items = resolved(target.items ?? {});
  return value
    .map((item: unknown) => {
      const element = kind.kind === 'set' ? `v:${JSON.stringify(item)}` : kind.kind === 'map' ? itemKey(item, kind.keys, items) : '';
      const inner = set[element] as FieldSet | undefined;
      if (!inner) return item;
      return Object.keys(inner).length === 0 || inner['.'] !== undefined ? undefined : removeFields(item, inner, items);
    })
    .filter((item) => item !== undefined);
}

function isVoid(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isFields(value) && Object.keys(value).length === 0;
}

function setOf(path: readonly string[]): FieldSet {
  return path.reduceRight<FieldSet>((inner, element) => ({ [element]: inner }), {});
}

function valueAt(value: unknown, path: readonly string[], schema: Schema): unknown {
  let found = value;
  let at = resolved(schema);
  for (const element of path) {
    if (element.startsWith('f:')) {
      found = isFields(found) ? found[element.slice(2)] : undefined;
      at = fieldSchema(at, element.slice(2));
    } else if (Array.isArray(found)) {
      const kind = listKind(at);
      const items = resolved(at.items ?? {});
      found = found.find((item) => (kind.kind === 'map' ? itemKey(item, kind.keys, items) : `v:${JSON.stringify(item)}`) === element);
      at = items;
    } else return undefined;
  }
  return found;
}

/** Nodes with children never conflict themselves; their leaves do. */
function isLeafPath(path: readonly string[], object: Fields, schema: Schema): boolean {
  const value = valueAt(object, path, schema);
  let at = resolved(schema);
  for (const element of path) at = element.startsWith('f:') ? fieldSchema(at, element.slice(2)) : resolved(at.items ?? {});
  if (isFields(value)) return at['x-kubernetes-map-type'] === 'atomic' || (at.properties === undefined && at.additionalProperties === undefined);
  return !Array.isArray(value) || listKind(at).kind === 'atomic';
}

function conflictError(conflicts: readonly { entry: ManagedFieldsEntry; fields: string[][] }[]): ApiError {
  const told = conflicts.map(({ entry, fields }) => ({ manager: managerText(entry), fields: fields.map(pathText).toSorted() })).toSorted((a, b) => (a.manager < b.manager ? -1 : 1));
  const count = told.reduce((all, { fields }) => all + fields.length, 0);
  const causes = told.flatMap(({ manager, fields }) => fields.map((field) => ({ reason: 'FieldManagerConflict', message: `conflict with ${manager}`, field })));
  const text =
    count === 1
      ? `Apply failed with 1 conflict: conflict with ${told[0]?.manager}: ${told[0]?.fields[0]}`
      : `Apply failed with ${count} conflicts: ${told.map(({ manager, fields }) => `conflicts with ${manager}:\n${fields.map((field) => `- ${field}`).join('\n')}`).join('\n')}`;
  return new ApiError(409, 'Conflict', text, { causes });
}

function managerText(entry: ManagedFieldsEntry): string {
  const name = `${JSON.stringify(entry.manager)}${entry.subresource ? ` with subresource ${JSON.stringify(entry.subresource)}` : ''}`;
  if (entry.operation === 'Apply') return name;
  return `${name} using ${entry.apiVersion}`;
}
