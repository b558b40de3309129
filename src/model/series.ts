import { compareText } from '../base/lists.ts';
import type { ReplicaSeries } from './emission.ts';

/** Longest label value that is served, in bytes of UTF-8. */
export const maxLabelBytes = 128;

/** What stands in a label whose value is empty. */
export const unknownLabel = 'unknown';

/**
 * A label value that is safe to serve: white space around it is gone, an empty one reads `unknown`, lone
 * surrogates become U+FFFD (they have no UTF-8), and one of more than 128 bytes is cut at a code point so
 * that it ends in `-` and eight hexadecimal digits of the whole value's hash: names that differ only after
 * the cut stay apart.
 */
export function sanitizeLabelValue(text: string): string {
  const value = text.toWellFormed().trim();
  if (value === '') return unknownLabel;
  if (utf8Length(value) <= maxLabelBytes) return value;
  const suffix = `-${hash32(value).toString(16).padStart(8, '0')}`;
  let bytes = suffix.length;
  let kept = '';
  for (const char of value) {
    bytes += utf8Length(char);
    if (bytes > maxLabelBytes) break;
    kept += char;
  }
  return kept + suffix;
}

/** Bytes that a well-formed text takes in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) as number;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/**
 * FNV-1a over the code points, 32 bits, then the finalizer of MurmurHash3 so that names that differ in their
 * last character differ in all digits. Not for secrets: only to keep names apart, and stable for ever,
 * because it is part of label values that people put in their HPA.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) {
    let code = char.codePointAt(0) as number;
    do {
      hash = Math.imul(hash ^ (code & 0xff), 0x01000193);
      code >>>= 8;
    } while (code > 0);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `wva_desired_ratio`: desired by current, and desired itself where there is no replica today. */
export function desiredRatio(series: Pick<ReplicaSeries, 'current' | 'desired'>): number {
  return series.current === 0 ? series.desired : series.desired / series.current;
}

/** Identity of a series: its four labels. Equal keys would be the same series. */
export function seriesKey(series: Pick<ReplicaSeries, 'targetName' | 'targetKind' | 'namespace' | 'acceleratorType'>): string {
  return JSON.stringify([series.namespace, series.targetKind, series.targetName, series.acceleratorType]);
}

/** `wva_target_desired_replicas`: what the variants of one target ask for together. */
export interface TargetTotal {
  readonly targetName: string;
  readonly targetKind: string;
  readonly namespace: string;
  readonly current: number;
  readonly desired: number;
}

/** One total per target, ordered by namespace, kind and name. */
export function targetTotals(series: Iterable<ReplicaSeries>): TargetTotal[] {
  const totals = new Map<string, { -readonly [K in keyof TargetTotal]: TargetTotal[K] }>();
  for (const { targetName, targetKind, namespace, current, desired } of series) {
    const key = JSON.stringify([namespace, targetKind, targetName]);
    const total = totals.get(key);
    if (total) {
      total.current += current;
      total.desired += desired;
    } else totals.set(key, { targetName, targetKind, namespace, current, desired });
  }
  return [...totals.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, total]) => total);
}
