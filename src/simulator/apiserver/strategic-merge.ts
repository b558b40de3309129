import { badRequest } from './api-error.ts';
import type { Fields } from './api-object.ts';
import { copyJson, isFields, sameJson, plainText } from './api-object.ts';
import { resolved } from './builtin-schemas.ts';
import { fieldSchema } from './field-set.ts';
import type { Schema } from './schema.ts';

/**
 * Kubernetes' strategic merge: as a merge patch, but lists of a built-in kind merge by their keys, and `$patch`,
 * `$deleteFromPrimitiveList`, `$setElementOrder` and `$retainKeys` direct it.
 * @throws {ApiError} 400 for an item without its key or an unknown directive.
 */
export function applyStrategicMerge(document: unknown, patch: Fields, schema: Schema): Fields {
  const directive = patch['$patch'];
  if (directive === 'delete') return {};
  const base = isFields(document) ? document : {};
  if (directive === 'replace') return stripped(patch);
  if (directive !== undefined && directive !== 'merge') throw badRequest(`unknown patch type: ${plainText(directive)}`);
  const result: Fields = { ...base };
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) for (const name of Object.keys(result)) if (!retained.includes(name)) delete result[name];
  const target = resolved(schema);
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$deleteFromPrimitiveList/')) {
      const list = name.slice('$deleteFromPrimitiveList/'.length);
      if (Array.isArray(result[list])) result[list] = (result[list] as unknown[]).filter((item) => !(value as unknown[]).includes(item));
    } else if (name.startsWith('$')) continue;
    else if (value === null) delete result[name];
    else result[name] = mergeField(result[name], value, fieldSchema(target, name), target.properties?.[name]);
  }
  for (const [name, order] of Object.entries(patch)) {
    if (!name.startsWith('$setElementOrder/') || !Array.isArray(order)) continue;
    const list = name.slice('$setElementOrder/'.length);
    const key = target.properties?.[list]?.['x-kubernetes-patch-merge-key'];
    if (Array.isArray(result[list])) result[list] = ordered(result[list] as unknown[], order, key);
  }
  return result;
}

/** `property` carries the patch strategy, `schema` the type behind it. */
function mergeField(current: unknown, value: unknown, schema: Schema, property: Schema | undefined): unknown {
  if (isFields(value)) {
    if (schema.properties === undefined && !isFields(schema.additionalProperties)) return mergeLoose(current, value);
    return applyStrategicMerge(current, value, schema);
  }
  if (!Array.isArray(value)) return value;
  const strategy = property?.['x-kubernetes-patch-strategy'] ?? '';
  if (!strategy.split(',').includes('merge')) return value.filter((item) => !(isFields(item) && item['$patch'] !== undefined)).map((item) => copyJson(item));
  const key = property?.['x-kubernetes-patch-merge-key'];
  const old = Array.isArray(current) ? current : [];
  if (key === undefined) return [...old, ...value.filter((item) => !old.some((each) => sameJson(each, item)))];
  return mergeItems(old, value, key, resolved(property?.items ?? {}));
}

function mergeLoose(current: unknown, value: Fields): Fields {
  return applyStrategicMerge(current, value, {});
}

function mergeItems(old: readonly unknown[], patch: readonly unknown[], key: string, items: Schema): unknown[] {
  if (patch.some((item) => isFields(item) && item['$patch'] === 'replace' && item[key] === undefined)) {
    return patch.filter((item) => !(isFields(item) && item['$patch'] !== undefined)).map((item) => copyJson(item));
  }
  let result = [...old];
  for (const item of patch) {
    if (!isFields(item)) continue;
    const value = item[key];
    if (value === undefined) throw badRequest(`map: ${goMap(item)} does not contain declared merge key: ${key}`);
    const index = result.findIndex((each) => isFields(each) && each[key] === value);
    if (item['$patch'] === 'delete') result = result.filter((each) => !(isFields(each) && each[key] === value));
    else if (index >= 0) result[index] = applyStrategicMerge(result[index], item, items);
    else result.push(stripped(item));
  }
  return result;
}

function goMap(item: Fields): string {
  return `map[${Object.keys(item).toSorted().map((name) => `${name}:${isFields(item[name]) ? goMap(item[name]) : String(item[name])}`).join(' ')}]`;
}

/** A patch taken as a value: without directives and nulls. */
function stripped(patch: Fields): Fields {
  const result: Fields = {};
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith('$') || value === null) continue;
    if (Array.isArray(value)) result[name] = value.filter((item) => !(isFields(item) && item['$patch'] === 'delete')).map((item) => (isFields(item) ? stripped(item) : item));
    else result[name] = isFields(value) ? stripped(value) : value;
  }
  return result;
}

function ordered(list: readonly unknown[], order: readonly unknown[], key: string | undefined): unknown[] {
  const idOf = (item: unknown): unknown => (key !== undefined && isFields(item) ? item[key] : item);
  const wanted = order.map(idOf);
  const rank = (item: unknown): number => wanted.indexOf(idOf(item));
  const known = list.filter((item) => rank(item) >= 0).toSorted((a, b) => rank(a) - rank(b));
  // Items that the order does not name keep their places relative to what stood before them.
  const result: unknown[] = [...known];
  list.forEach((item, index) => {
    if (rank(item) < 0) result.splice(Math.min(index, result.length), 0, item);
  });
  return result;
}
