import type { ApiError} from './api-error.ts';
import { badRequest } from './api-error.ts';
import type { Fields } from './api-object.ts';
import { copyJson, isFields } from './api-object.ts';
import { metaSchema, resolved } from './builtin-schemas.ts';
import { parseQuantity, quantityPattern } from './quantity.ts';
import type { Schema } from './schema.ts';
import { zeroFields } from './zero-fields.ts';

export interface Decoded {
  value: Fields;
  /** `unknown field "spec.foo"`, one per field that the schema does not have. */
  unknown: string[];
}

/** The kind of a JSON value, as Go's decoder names it. */
function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' || typeof value === 'string' ? typeof value : 'object';
}

class GoTypeError extends Error {}

/**
 * Reads an object of a built-in kind as Go would into its struct: unknown fields are named and left out, nulls
 * and empty optional values vanish, wrong types end it with the sentence of Go's decoder.
 * @throws {ApiError} 400 BadRequest
 */
export function decodeBuiltin(schema: Schema, body: Fields, kind: string, version: string): Decoded {
  const unknown: string[] = [];
  try {
    const value = struct(schema, body, '', unknown, kind, ['apiVersion', 'kind']);
    return { value, unknown };
  } catch (error) {
    if (!(error instanceof GoTypeError)) throw error;
    throw badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: ${error.message}`);
  }
}

/** Unknown fields make a strict request fail, as `fieldValidation=Strict` asks. */
export function refuseUnknown(kind: string, version: string, problems: readonly string[]): ApiError {
  return badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${problems.join(', ')}`);
}

function struct(schema: Schema, value: Fields, path: string, unknown: string[], owner: string, extra: readonly string[] = []): Fields {
  const result: Fields = {};
  const properties = schema.properties ?? {};
  for (const name of Object.keys(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const property = properties[name] ?? (extra.includes(name) ? { type: 'string' } : undefined);
    if (!property) {
      unknown.push(`unknown field "${at}"`);
      continue;
    }
    const read = decodeValue(property, value[name], at, unknown, schema.goType ?? owner);
    if (read === undefined || (isEmpty(read, resolved(property)) && !(schema.required ?? []).includes(name))) continue;
    result[name] = read;
  }
  for (const [name, zero] of Object.entries(zeroFields[schema.goType ?? ''] ?? {})) {
    if (properties[name] && result[name] === undefined) result[name] = copyJson(zero);
  }
  return result;
}

function isEmpty(value: unknown, schema: Schema): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value === '' || (schema.absentWhenZero && (value === 0 || value === false))) return true;
  return isFields(value) && schema.additionalProperties !== undefined && Object.keys(value).length === 0;
}

function decodeValue(schema: Schema, value: unknown, path: string, unknown: string[], owner: string): unknown {
  if (value === null || value === undefined) return undefined;
  const target = resolved(schema);
  const wrong = (type: string): never => {
    throw new GoTypeError(`json: cannot unmarshal ${goKind(value)} into Go struct field ${owner}.${path} of type ${type}`);
  };
  if (target['x-kubernetes-int-or-string']) {
    return typeof value === 'string' || typeof value === 'number' ? value : wrong('intstr.IntOrString');
  }
  if (target.format === 'quantity') return quantityValue(value);
  if (target['x-kubernetes-preserve-unknown-fields'] && !target.properties) return copyJson(value);
  switch (target.type) {
    case 'object':
      if (!isFields(value)) return wrong(goTypeOf(target));
      return target.additionalProperties === undefined ? struct(target, value, path, unknown, owner) : map(target, value, path, unknown, owner);
    case 'array':
      if (!Array.isArray(value)) return wrong(goTypeOf(target));
      return value.map((item, index) => decodeValue(target.items ?? {}, item, `${path}[${index}]`, unknown, owner)).filter((item) => item !== undefined);
    case 'string':
      return typeof value === 'string' ? value : wrong(target.goType ?? 'string');
    case 'integer':
      if (typeof value !== 'number') return wrong(target.goType ?? 'int64');
      if (!Number.isInteger(value)) throw new GoTypeError(`json: cannot unmarshal number ${value} into Go struct field ${owner}.${path} of type ${target.goType}`);
      return value;
    case 'number':
      return typeof value === 'number' ? value : wrong('float64');
    case 'boolean':
      return typeof value === 'boolean' ? value : wrong('bool');
    case undefined:
    default:
      return copyJson(value);
  }
}

function map(schema: Schema, value: Fields, path: string, unknown: string[], owner: string): Fields {
  const result: Fields = {};
  for (const name of Object.keys(value)) {
    const items = schema.additionalProperties as Schema;
    const read = decodeValue(items, value[name], `${path}.${name}`, unknown, owner);
    // a null in a map becomes the zero value of its type
    result[name] = read ?? (resolved(items).type === 'string' ? '' : undefined);
    if (result[name] === undefined) delete result[name];
  }
  return result;
}

function goTypeOf(schema: Schema): string {
  if (schema.type === 'array') return `[]${elementOf(resolved(schema.items ?? {}))}`;
  if (schema.additionalProperties && schema.additionalProperties !== true) return `map[string]${elementOf(resolved(schema.additionalProperties))}`;
  return elementOf(schema);
}

function elementOf(schema: Schema): string {
  return schema.type === 'object' && schema.properties ? `v1.${schema.goType}` : (schema.goType ?? 'string');
}

function quantityValue(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || parseQuantity(text) === undefined) {
    throw new GoTypeError(
      typeof text === 'string' && /^[+-]?[0-9.]+/.test(text) ? `unable to parse quantity's suffix` : `quantities must match the regular expression '${quantityPattern}'`,
    );
  }
  return text;
}

/** Metadata of custom resources is read like that of built-in kinds. */
export function decodeMeta(meta: unknown, kind: string, version: string): { value: Fields; unknown: string[] } {
  const decoded = decodeBuiltin({ type: 'object', goType: kind, properties: { metadata: metaSchema } }, { metadata: meta }, kind, version);
  return { value: (decoded.value['metadata'] as Fields | undefined) ?? {}, unknown: decoded.unknown };
}
