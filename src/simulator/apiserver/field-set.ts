import type { Fields } from './api-object.ts';
import { isFields, sameJson } from './api-object.ts';
import { resolved } from './builtin-schemas.ts';
import type { Schema } from './schema.ts';

/**
 * A set of field paths in the wire form FieldsV1: `f:name` for fields, `k:{"name":"x"}` for items of keyed lists,
 * `v:"x"` for items of sets; an empty object is a member, `.` makes a node with children a member too.
 */
export type FieldSet = Fields;

export type ListKind = { kind: 'atomic' } | { kind: 'set' } | { kind: 'map'; keys: readonly string[] };

export function listKind(schema: Schema): ListKind {
  if (schema['x-kubernetes-list-type'] === 'set') return { kind: 'set' };
  const keys = schema['x-kubernetes-list-map-keys'];
  return schema['x-kubernetes-list-type'] === 'map' && keys ? { kind: 'map', keys } : { kind: 'atomic' };
}

/** The part of the schema under a field's name. */
export function fieldSchema(schema: Schema, name: string): Schema {
  const target = resolved(schema);
  const found = target.properties?.[name] ?? (isFields(target.additionalProperties) ? (target.additionalProperties) : undefined);
  return found ? resolved(found) : {};
}

export function itemKey(item: unknown, keys: readonly string[], schema: Schema): string {
  const source = isFields(item) ? item : {};
  const target = resolved(schema);
  const pairs = keys.map((key) => [key, source[key] ?? resolved(target.properties?.[key] ?? {}).default ?? (key === 'protocol' ? 'TCP' : undefined)] as const);
  return `k:${JSON.stringify(Object.fromEntries(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))))}`;
}

/** Children of a value by path element; undefined when it is owned as a whole. */
export function children(value: unknown, schema: Schema): { element: string; value: unknown; schema: Schema; item: boolean }[] | undefined {
  const target = resolved(schema);
  if (isFields(value)) {
    if (target['x-kubernetes-map-type'] === 'atomic') return undefined;
    return Object.keys(value)
      .filter((name) => value[name] !== undefined)
      .map((name) => ({ element: `f:${name}`, value: value[name], schema: fieldSchema(target, name), item: target.properties?.[name] === undefined }));
  }
  if (!Array.isArray(value)) return undefined;
  const kind = listKind(target);
  const items = resolved(target.items ?? {});
  if (kind.kind === 'set') return value.map((each) => ({ element: `v:${JSON.stringify(each)}`, value: each, schema: {}, item: true }));
  if (kind.kind === 'map') return value.map((each) => ({ element: itemKey(each, kind.keys, items), value: each, schema: items, item: true }));
  return undefined;
}

/** All that a value says; what server-side apply takes as owned by its sender. */
export function fieldsOf(value: unknown, schema: Schema): FieldSet {
  const parts = children(value, schema);
  if (!parts) return {};
  const result: FieldSet = {};
  for (const part of parts) {
    const inner = fieldsOf(part.value, part.schema);
    const isNode = Object.keys(inner).length > 0;
    result[part.element] = isNode && part.element.startsWith('k:') ? { '.': {}, ...inner } : inner;
  }
  return result;
}

/** What `after` has new or different from `before`. */
export function changedFields(before: unknown, after: unknown, schema: Schema): FieldSet | undefined {
  if (sameJson(before, after)) return undefined;
  const parts = children(after, schema);
  if (!parts) return {};
  // a required list of a built-in struct is there from the start, as null
  const fresh = before === undefined;
  const old = new Map((children(before, schema) ?? []).map((part) => [part.element, part.value]));
  const result: FieldSet = fresh ? { '.': {} } : {};
  for (const part of parts) {
    const inner = changedFields(old.get(part.element), part.value, part.schema);
    if (inner) result[part.element] = inner;
  }
  if (parts.length === 0) return fresh ? {} : undefined;
  return Object.keys(result).length > 0 ? result : undefined;
}

const isLeaf = (set: FieldSet): boolean => Object.keys(set).length === 0;
const isMember = (set: FieldSet): boolean => isLeaf(set) || set['.'] !== undefined;

export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { ...a };
  const [leafA, leafB] = [isLeaf(a), isLeaf(b)];
  for (const [element, inner] of Object.entries(b)) {
    const mine = result[element];
    result[element] = isFields(mine) && element !== '.' ? unionNodes(mine, inner as FieldSet) : inner;
  }
  if (leafA !== leafB && !isLeaf(result)) result['.'] = {};
  return result;
}

function unionNodes(a: FieldSet, b: FieldSet): FieldSet {
  return isLeaf(a) && isLeaf(b) ? {} : union(a, b);
}

/** Members of `a` that are not members of `b`; nothing when none remain. */
export function difference(a: FieldSet, b: FieldSet | undefined): FieldSet | undefined {
  if (!b) return a;
  const result: FieldSet = {};
  if (isMember(a) && !isMember(b)) result['.'] = {};
  for (const [element, inner] of Object.entries(a)) {
    if (element === '.') continue;
    const rest = difference(inner as FieldSet, b[element] as FieldSet | undefined);
    if (rest) result[element] = rest;
  }
  const names = Object.keys(result);
  if (names.length === 0) return undefined;
  return names.length === 1 && result['.'] !== undefined ? {} : result;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const outside = difference(a, b);
  return outside ? difference(a, outside) : a;
}

/** Every member as a list of path elements. */
export function members(set: FieldSet, path: readonly string[] = []): string[][] {
  const result: string[][] = [];
  if (path.length > 0 && isMember(set)) result.push([...path]);
  for (const [element, inner] of Object.entries(set)) {
    if (element !== '.') result.push(...members(inner as FieldSet, [...path, element]));
  }
  return result;
}

/** `.spec.containers[name="a"].image`, as conflicts are told. */
export function pathText(elements: readonly string[]): string {
  return elements
    .map((element) => {
      const rest = element.slice(2);
      if (element.startsWith('f:')) return `.${rest}`;
      if (element.startsWith('v:')) return `[=${rest}]`;
      const keys = JSON.parse(rest) as Fields;
      return `[${Object.entries(keys).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    })
    .join('');
}
