import { assert } from '../../base/index.ts';
import type { Schema } from './schema.ts';

/** Shapes of one package: a line per type, long lines continued by indentation. */
export interface Shapes {
  prefix: string;
  text: string;
}

const scalars: Record<string, () => Schema> = {
  string: () => ({ type: 'string', goType: 'string' }),
  bool: () => ({ type: 'boolean', goType: 'bool' }),
  int32: () => ({ type: 'integer', format: 'int32', goType: 'int32' }),
  int64: () => ({ type: 'integer', format: 'int64', goType: 'int64' }),
  double: () => ({ type: 'number', format: 'double', goType: 'float64' }),
  bytes: () => ({ type: 'string', format: 'byte', goType: '[]uint8' }),
  any: () => ({ 'x-kubernetes-preserve-unknown-fields': true }),
  quantity: () => ({ $ref: 'io.k8s.apimachinery.pkg.api.resource.Quantity' }),
  intstr: () => ({ $ref: 'io.k8s.apimachinery.pkg.util.intstr.IntOrString' }),
  time: () => ({ $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.Time' }),
  microtime: () => ({ $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime' }),
  fields: () => ({ $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1' }),
};

/** Types that are no structs. */
const leaves: Record<string, Schema> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: 'string', format: 'quantity', goType: 'resource.Quantity' },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: 'string', format: 'int-or-string', 'x-kubernetes-int-or-string': true, goType: 'intstr.IntOrString' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': { type: 'string', format: 'date-time', goType: 'v1.Time' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': { type: 'string', format: 'date-time', goType: 'v1.MicroTime' },
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, goType: 'v1.FieldsV1' },
};

/**
 * Reads `Type @maptype: field:number! type ~strategy = default; …`, where `!` means required, the number is protobuf's and a type is a scalar, a
 * type's name, `{T}` (a map), `scalar?` (absent when zero) or `[listtype keys|patchstrategy mergekey]T`. Names are looked up in the own package
 * first, then in those given.
 */
export function parseShapes(packages: readonly Shapes[], describe: (type: string, field: string) => string | undefined): Map<string, Schema> {
  const schemas = new Map<string, Schema>(Object.entries(leaves));
  const rows: { prefix: string; head: string; fields: string }[] = [];
  for (const { prefix, text } of packages) {
    for (const line of text.replaceAll(/\n +/g, ' ').split('\n')) {
      const colon = line.indexOf(':');
      if (colon < 0) continue;
      const head = line.slice(0, colon);
      rows.push({ prefix, head, fields: line.slice(colon + 1).trim() });
      schemas.set(`${prefix}.${head.split(' ')[0]}`, {});
    }
  }
  const prefixes = packages.map((shapes) => shapes.prefix);
  const nameOf = (type: string, prefix: string): string => {
    const found = [prefix, ...prefixes].map((each) => `${each}.${type}`).find((name) => schemas.has(name));
    assert(found !== undefined, `The type ${type} used in ${prefix} should have a shape.`);
    return found;
  };
  for (const { prefix, head, fields } of rows) {
    const [name, mapType] = head.split(' @') as [string, string | undefined];
    const schema = schemas.get(`${prefix}.${name}`) as Schema;
    const description = describe(name, '');
    Object.assign(schema, { type: 'object', goType: name, properties: {} }, description === undefined ? {} : { description });
    if (mapType) schema['x-kubernetes-map-type'] = mapType as 'atomic';
    for (const field of fields === '' ? [] : fields.split('; ')) addField(schema, field, name, (type) => nameOf(type, prefix), describe);
  }
  return schemas;
}

const fieldPattern = /^(\S+?):([\d.]+)(!?) (.+?)(?: ~(\S+))?(?: @(\S+))?(?: = (.+))?$/;

function addField(owner: Schema, text: string, typeName: string, nameOf: (type: string) => string, describe: (type: string, field: string) => string | undefined): void {
  const match = fieldPattern.exec(text);
  assert(match, `The field "${text}" of ${typeName} should read as "name:number type".`);
  const [, name = '', numbers = '', required, type = '', strategy, mapType, preset] = match;
  const schema = { ...typeOf(type, nameOf), wire: numbers.split('.').map(Number) };
  if (strategy) schema['x-kubernetes-patch-strategy'] = strategy;
  if (mapType) schema['x-kubernetes-map-type'] = mapType as 'atomic';
  if (preset) schema.default = JSON.parse(preset);
  const description = describe(typeName, name);
  if (description !== undefined) schema.description = description;
  (owner.properties as Record<string, Schema>)[name] = schema;
  if (required) (owner.required ??= []).push(name);
}

function typeOf(text: string, nameOf: (type: string) => string): Schema {
  const list = /^\[(?<kind>[^\]]*)\](?<item>.+)$/.exec(text)?.groups;
  if (list) return listOf(list['kind'] ?? '', typeOf(list['item'] ?? '', nameOf));
  if (text.startsWith('{')) return { type: 'object', additionalProperties: typeOf(text.slice(1, -1), nameOf), goType: 'map' };
  const choice = /^string\((.*)\)$/.exec(text);
  if (choice) return { type: 'string', goType: 'string', enum: (choice[1] ?? '').split('|') };
  if (text.endsWith('?')) return { ...scalars[text.slice(0, -1)]?.(), absentWhenZero: true };
  return scalars[text]?.() ?? { $ref: nameOf(text) };
}

function listOf(kind: string, items: Schema): Schema {
  const [listed = '', patch] = kind.split('|');
  const [listType, ...keys] = listed.split(' ');
  const schema: Schema = { type: 'array', items, goType: 'slice' };
  if (listType) schema['x-kubernetes-list-type'] = listType as 'atomic';
  if (keys.length > 0) schema['x-kubernetes-list-map-keys'] = keys;
  if (patch) {
    const [strategy = '', key] = patch.split(' ');
    schema['x-kubernetes-patch-strategy'] = strategy;
    if (key) schema['x-kubernetes-patch-merge-key'] = key;
  }
  return schema;
}
