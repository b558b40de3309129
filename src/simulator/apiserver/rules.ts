import { Environment } from '@marcbachmann/cel-js';
import type { Cause } from './api-error.ts';
import { isFields } from './api-object.ts';
import type { Rule, Schema } from './schema.ts';
import { listKind, itemKey } from './field-set.ts';

type Program = (context: Record<string, unknown>) => unknown;

const environment = new Environment({ unlistedVariablesAreDyn: true });
const programs = new Map<string, Program>();

function compile(expression: string): Program {
  let program = programs.get(expression);
  if (!program) {
    program = environment.parse(expression) as unknown as Program;
    programs.set(expression, program);
  }
  return program;
}

/** Why an expression cannot be read; undefined when it can. */
export function ruleProblem(expression: string): string | undefined {
  try {
    compile(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}

/** CEL counts in 64-bit integers; JSON's numbers become those where the schema says so. */
function celValue(value: unknown, schema: Schema): unknown {
  if (typeof value === 'number') return schema.type === 'number' || !Number.isInteger(value) ? value : BigInt(value);
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema.items ?? {}));
  if (!isFields(value)) return value;
  const extra = isFields(schema.additionalProperties) ? (schema.additionalProperties as Schema) : {};
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, celValue(inner, schema.properties?.[name] ?? extra)]));
}

const usesOldSelf = (rule: Rule): boolean => /\boldSelf\b/.test(rule.rule);

/** Runs the rules of a schema and all that lies under it. `old` is undefined on creation. */
export function ruleCauses(value: unknown, old: unknown, schema: Schema, field: string): Cause[] {
  if (value === undefined || value === null) return [];
  const causes: Cause[] = [];
  const rules = schema['x-kubernetes-validations'] ?? [];
  if (rules.length > 0) {
    const self = celValue(value, schema);
    const oldSelf = old === undefined ? undefined : celValue(old, schema);
    for (const rule of rules) {
      if (usesOldSelf(rule) && oldSelf === undefined && rule.optionalOldSelf !== true) continue;
      const cause = runRule(rule, { self, oldSelf }, value, schema, field);
      if (cause) causes.push(cause);
    }
  }
  if (Array.isArray(value)) {
    const items = schema.items ?? {};
    const kind = listKind(schema);
    const before = new Map(kind.kind === 'map' && Array.isArray(old) ? old.map((item) => [itemKey(item, kind.keys, items), item as unknown] as const) : []);
    value.forEach((item, index) => causes.push(...ruleCauses(item, kind.kind === 'map' ? before.get(itemKey(item, kind.keys, items)) : undefined, items, `${field}[${index}]`)));
  } else if (isFields(value)) {
    const extra = isFields(schema.additionalProperties) ? (schema.additionalProperties as Schema) : undefined;
    for (const [name, inner] of Object.entries(value)) {
      const property = schema.properties?.[name] ?? extra;
      if (property) causes.push(...ruleCauses(inner, isFields(old) ? old[name] : undefined, property, field === '' ? name : `${field}.${name}`));
    }
  }
  return causes;
}

/** Whether a schema, or anything under it, has rules. */
export function hasRules(schema: Schema): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  const inner = [...Object.values(schema.properties ?? {}), ...(schema.items ? [schema.items] : []), ...(isFields(schema.additionalProperties) ? [schema.additionalProperties as Schema] : [])];
  return inner.some(hasRules);
}

const reasons = ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'];

function runRule(rule: Rule, context: Record<string, unknown>, value: unknown, schema: Schema, field: string): Cause | undefined {
  const at = `${field === '' ? '<nil>' : field}${rule.fieldPath ?? ''}`;
  const told = rule.fieldPath && field === '' ? rule.fieldPath.slice(1) : at;
  try {
    if (compile(rule.rule)(context) === true) return undefined;
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { reason: 'FieldValueInvalid', message: `Invalid value: ${toldValue(value, schema)}: ${why} evaluating rule: ${rule.message ?? rule.rule}`, field: told };
  }
  const message = messageOf(rule, context);
  const reason = rule.reason && reasons.includes(rule.reason) ? rule.reason : 'FieldValueInvalid';
  if (reason === 'FieldValueForbidden') return { reason, message: `Forbidden: ${message}`, field: told };
  if (reason === 'FieldValueRequired') return { reason, message: `Required value: ${message}`, field: told };
  if (reason === 'FieldValueDuplicate') return { reason, message: `Duplicate value: ${toldValue(value, schema)}`, field: told };
  // objects and lists are too long to be told
  const shown = typeof value === 'object' || rule.fieldPath ? '' : `${toldValue(value, schema)}: `;
  return { reason, message: `Invalid value: ${shown}${message}`, field: told };
}

/** Objects and lists are told by their type only, scalars by their value. */
function toldValue(value: unknown, schema: Schema): string {
  if (Array.isArray(value)) return JSON.stringify(schema.type ?? 'array');
  if (isFields(value)) return JSON.stringify('object');
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function messageOf(rule: Rule, context: Record<string, unknown>): string {
  if (rule.messageExpression) {
    try {
      const text = compile(rule.messageExpression)(context);
      if (typeof text === 'string' && text.trim() !== '') return text;
    } catch {
      // an expression that fails falls back to the plain message, as documented
    }
  }
  return rule.message ?? `failed rule: ${rule.rule}`;
}

