import type { ObjectMeta, OwnerReference } from '../../wire/index.ts';

/** A JSON object whose fields are not known here. */
export type Fields = Record<string, unknown>;

export interface ManagedFieldsEntry {
  manager: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  time?: string;
  fieldsType: 'FieldsV1';
  fieldsV1: Fields;
  subresource?: string;
}

export interface StoredMeta extends ObjectMeta {
  deletionGracePeriodSeconds?: number;
  managedFields?: ManagedFieldsEntry[];
  ownerReferences?: OwnerReference[];
}

/** Any Kubernetes object as it lies in the store. */
export interface ApiObject extends Fields {
  apiVersion: string;
  kind: string;
  metadata: StoredMeta;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A deep copy of JSON, faster than structuredClone for the small objects of an API. */
export function copyJson<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyJson) as T;
  if (!isFields(value)) return value;
  const copy: Fields = {};
  for (const name of Object.keys(value)) {
    if (value[name] !== undefined) copy[name] = copyJson(value[name]);
  }
  return copy as T;
}

export function freezeJson<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freezeJson(part);
  return Object.freeze(value);
}

/** Equal as JSON: order of fields does not matter, absent and undefined are the same. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]));
  if (!isFields(a) || !isFields(b)) return false;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const name of names) if (!sameJson(a[name], b[name])) return false;
  return true;
}

/** A value of JSON in a sentence or a cell: texts and numbers as they are, anything larger as JSON. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value) ?? 'undefined';
}

/** Seconds precision, as metav1.Time is written. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
