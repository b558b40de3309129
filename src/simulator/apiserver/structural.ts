import type { Cause } from './api-error.ts';
import type { Fields } from './api-object.ts';
import { copyJson, isFields, sameJson } from './api-object.ts';
import type { Schema } from './schema.ts';
import { invalidValue, notSupported, required } from './validate-names.ts';

/** Removes what the schema does not have; `dropped` hears each path. */
export function pruneCustom(value: unknown, schema: Schema, path: string, dropped: (path: string) => void): unknown {
  if (Array.isArray(value)) return value.map((item, index) => pruneCustom(item, schema.items ?? {}, `${path}[${index}]`, dropped));
  if (!isFields(value)) return value;
  const result: Fields = {};
  for (const name of Object.keys(value)) {
    const at = path === '' ? name : `${path}.${name}`;
    const rootName = (path === '' || schema['x-kubernetes-embedded-resource']) && ['apiVersion', 'kind', 'metadata'].includes(name);
    const property = schema.properties?.[name] ?? (isFields(schema.additionalProperties) ? schema.additionalProperties : undefined);
    if (rootName) result[name] = value[name];
    else if (property) result[name] = pruneCustom(value[name], property, at, dropped);
    else if (schema['x-kubernetes-preserve-unknown-fields'] || schema.additionalProperties === true) result[name] = value[name];
    else dropped(at);
  }
  return result;
}

/** Fills in the schema's defaults; a null that may not be null takes the default too. Edits `value`. */
export function presetCustom(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    for (const item of value) presetCustom(item, schema.items ?? {});
    return;
  }
  if (!isFields(value)) return;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (value[name] === null && property.nullable !== true && property.default !== undefined) delete value[name];
    if (value[name] === undefined && property.default !== undefined) value[name] = copyJson(property.default);
    if (value[name] !== undefined) presetCustom(value[name], property);
  }
  if (isFields(schema.additionalProperties)) {
    for (const [name, item] of Object.entries(value)) if (!schema.properties?.[name]) presetCustom(item, schema.additionalProperties);
  }
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function fits(type: string, value: unknown): boolean {
  const found = typeName(value);
  return found === type || (type === 'number' && found === 'integer');
}

const toldOf = (field: string): string => (field === '' ? '<nil>' : field);

/** What is wrong with a custom resource's value, in the genuine server's words. */
export function structuralCauses(value: unknown, schema: Schema, field: string): Cause[] {
  if (value === null && schema.nullable) return [];
  if (schema['x-kubernetes-int-or-string']) {
    const typed = fits('integer', value) || fits('string', value) ? valueCauses(value, schema, field) : [wrongType(field, value, 'integer,string')];
    return [...typed, ...combinationCauses(value, schema, field)];
  }
  if (schema.type === 'integer' && typeof value === 'number' && !Number.isInteger(value)) return fractionCauses(value, schema, field);
  if (schema.type !== undefined && !fits(schema.type, value)) return [wrongType(field, value, schema.type)];
  return [...valueCauses(value, schema, field), ...innerCauses(value, schema, field)];
}

function wrongType(field: string, value: unknown, type: string): Cause {
  return {
    reason: 'FieldValueTypeInvalid',
    message: `Invalid value: ${JSON.stringify(typeName(value))}: ${field} in body must be of type ${type}: ${JSON.stringify(typeName(value))}`,
    field: toldOf(field),
  };
}

/** A fraction where a whole number is asked for is told twice, and its bounds are looked at all the same. */
function fractionCauses(value: number, schema: Schema, field: string): Cause[] {
  if (schema.format === undefined) return [wrongType(field, value, 'integer'), checkedValue(schema, field)];
  const told: Cause = { reason: 'FieldValueTypeInvalid', message: `Invalid value: "float64": ${field} in body must be of type ${schema.format}: "float64"`, field: toldOf(field) };
  return [told, checkedValue(schema, field), ...valueCauses(value, schema, field)];
}

function checkedValue(schema: Schema, field: string): Cause {
  const format = schema.format === undefined ? '(default format)' : `with format ${schema.format}`;
  return invalidValue('<nil>', '', `Checked value must be of type ${schema.type} ${format} in ${field}`);
}

function valueCauses(value: unknown, schema: Schema, field: string): Cause[] {
  const causes: Cause[] = [];
  const wrong = (why: string): void => void causes.push(invalidValue(toldOf(field), value, `${field} in body ${why}`));
  if (typeof value === 'number') {
    const { minimum, maximum, multipleOf } = schema;
    if (maximum !== undefined && (schema.exclusiveMaximum ? value >= maximum : value > maximum)) wrong(`should be less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
    if (minimum !== undefined && (schema.exclusiveMinimum ? value <= minimum : value < minimum)) wrong(`should be greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) wrong(`should be a multiple of ${multipleOf}`);
    if (schema.format === 'int32' && (value > 2147483647 || value < -2147483648)) wrong(`must be of type int32`);
  }
  if (typeof value === 'string') {
    const length = Array.from(value).length;
    if (schema.maxLength !== undefined && length > schema.maxLength) {
      causes.push({ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${schema.maxLength} bytes`, field: toldOf(field) });
    }
    if (schema.minLength !== undefined && length < schema.minLength) wrong(`should be at least ${schema.minLength} chars long`);
    if (schema.pattern !== undefined && !matchesPattern(schema.pattern, value)) wrong(`should match '${schema.pattern}'`);
    if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) wrong('must be of type date-time: ' + JSON.stringify(value));
  }
  if (schema.enum && !schema.enum.some((each) => sameJson(each, value))) causes.push(notSupported(toldOf(field), value, schema.enum.map(String)));
  return causes;
}

function matchesPattern(pattern: string, value: string): boolean {
  return new RegExp(pattern, 'u').test(value);
}

function innerCauses(value: unknown, schema: Schema, field: string): Cause[] {
  const causes: Cause[] = [];
  if (Array.isArray(value)) {
    if (schema.maxItems !== undefined && value.length > schema.maxItems) causes.push({ reason: 'FieldValueTooMany', message: `Too many: ${value.length}: must have at most ${schema.maxItems} items`, field: toldOf(field) });
    if (schema.minItems !== undefined && value.length < schema.minItems) causes.push(invalidValue(toldOf(field), value.length, `${field} in body should have at least ${schema.minItems} items`));
    causes.push(...value.flatMap((item, index) => structuralCauses(item, schema.items ?? {}, `${field}[${index}]`)));
    causes.push(...duplicateCauses(value, schema, field));
  }
  if (isFields(value)) {
    const at = (name: string): string => (field === '' ? name : `${field}.${name}`);
    const count = Object.keys(value).length;
    if (schema.maxProperties !== undefined && count > schema.maxProperties) causes.push({ reason: 'FieldValueTooMany', message: `Too many: ${count}: must have at most ${schema.maxProperties} items`, field: toldOf(field) });
    if (schema.minProperties !== undefined && count < schema.minProperties) causes.push(invalidValue(toldOf(field), count, `${field} in body should have at least ${schema.minProperties} properties`));
    for (const name of schema.required ?? []) if (value[name] === undefined) causes.push(required(at(name)));
    for (const name of Object.keys(value)) {
      const inner = schema.properties?.[name] ?? (isFields(schema.additionalProperties) ? (schema.additionalProperties) : undefined);
      if (inner && !(field === '' && name === 'metadata')) causes.push(...structuralCauses(value[name], inner, at(name)));
    }
  }
  causes.push(...combinationCauses(value, schema, field));
  return causes;
}

function duplicateCauses(value: readonly unknown[], schema: Schema, field: string): Cause[] {
  const kind = schema['x-kubernetes-list-type'];
  if (kind !== 'set' && kind !== 'map') return [];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const seen = new Set<string>();
  const causes: Cause[] = [];
  for (const [index, item] of value.entries()) {
    const key = kind === 'set' ? item : Object.fromEntries(keys.map((name) => [name, isFields(item) ? item[name] : undefined]));
    const text = JSON.stringify(key);
    if (seen.has(text)) causes.push({ reason: 'FieldValueDuplicate', message: `Duplicate value: ${typeof key === 'string' ? text : goMap(key)}`, field: `${field}[${index}]` });
    seen.add(text);
  }
  return causes;
}

function goMap(value: unknown): string {
  return isFields(value) ? JSON.stringify(value) : String(value);
}

function combinationCauses(value: unknown, schema: Schema, field: string): Cause[] {
  const causes: Cause[] = [];
  const valid = (each: Schema): boolean => structuralCauses(value, each, field).length === 0;
  for (const each of schema.allOf ?? []) causes.push(...structuralCauses(value, each, field));
  if (schema.anyOf && !schema.anyOf.some(valid)) {
    // the first alternative speaks for all of them
    causes.push(invalidValue('<nil>', '', `${JSON.stringify(field)} must validate at least one schema (anyOf)`), ...structuralCauses(value, schema.anyOf[0] ?? {}, field));
  }
  if (schema.oneOf && schema.oneOf.filter(valid).length !== 1) causes.push(invalidValue('<nil>', '', `${JSON.stringify(field)} must validate one and only one schema (oneOf)`));
  if (schema.not && valid(schema.not)) causes.push(invalidValue('<nil>', '', `${JSON.stringify(field)} must not validate the schema (not)`));
  return causes;
}
