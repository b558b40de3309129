import type { ApiObject } from '../api-object.ts';
import { humanDuration } from '../human-duration.ts';

export interface Column {
  readonly name: string;
  readonly type?: string;
  readonly format?: string;
  /** 1 is shown by `-o wide` only. */
  readonly priority?: number;
  readonly description?: string;
  cell(object: ApiObject, nowMs: number): unknown;
}

export function column(name: string, cell: (object: ApiObject, nowMs: number) => unknown, options: Partial<Column> = {}): Column {
  return { name, cell, ...options };
}

export const wide = { priority: 1 };

export const nameColumn = column('Name', (object) => object.metadata.name ?? '', { format: 'name' });

export const ageColumn = column('Age', (object, nowMs) => ageText(object.metadata.creationTimestamp, nowMs));

export const createdColumn = column('Created At', (object) => object.metadata.creationTimestamp ?? '', { type: 'date' });

export function ageText(time: unknown, nowMs: number): string {
  const atMs = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(atMs) ? '<unknown>' : humanDuration(nowMs - atMs);
}

/** Reads a path of fields; undefined where it ends early. */
export function at(object: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined), object);
}

export const numberAt = (object: unknown, ...path: string[]): number => Number(at(object, ...path) ?? 0);

export function itemsAt(object: unknown, ...path: string[]): Record<string, unknown>[] {
  const value = at(object, ...path);
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
