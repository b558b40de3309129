import { rounded } from '../../base/index.ts';
import { instant } from '../history/words.ts';

type Plain = Readonly<Record<string, unknown>>;

/**
 * Words for data whose fields nobody has told us about: what a decision rests on grows with the engine, and its explanation with it. Names
 * are taken apart where their capitals are, and the unit at their end goes to the number: `startupMs: 90000` is `startup 90 s`.
 */
export function wordsFor(name: string, value: unknown, nowMs: number, indent = ''): string[] {
  const inline = inlineOf(name, value, nowMs);
  if (inline !== undefined) return [`${indent}${inline}`];
  const [label] = labelOf(name);
  if (Array.isArray(value)) return [`${indent}${label}`, ...value.flatMap((entry) => itemOf(entry, nowMs, `${indent}  `))];
  return [`${indent}${label}`, ...entriesOf(value as Plain).flatMap(([key, inner]) => wordsFor(key, inner, nowMs, `${indent}  `))];
}

/** A number with the unit that its name ends in. */
export function quantity(name: string, value: number): string {
  return labelOf(name)[1](value);
}

/** `KV used` for `kvUsedFraction`. */
export function label(name: string): string {
  return labelOf(name)[0];
}

export function age(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 120) return `${rounded(seconds, seconds < 10 ? 1 : 0)} s`;
  if (seconds < 7200) return `${rounded(seconds / 60, 0)} min`;
  return `${rounded(seconds / 3600, 1)} h`;
}

function number(value: number): string {
  const size = Math.abs(value);
  return size >= 100 ? rounded(value, 0) : size >= 1 ? rounded(value) : String(Number(value.toPrecision(3)));
}

const units: readonly (readonly [ending: RegExp, keeps: string, write: (value: number) => string])[] = [
  [/AtMs$|^atMs$/, ' at', instant],
  [/SinceMs$/, ' since', instant],
  [/Ms$/, '', age],
  [/Seconds$/, '', (value) => (Math.abs(value) < 1 ? `${rounded(value * 1000, 1)} ms` : `${number(value)} s`)],
  [/PerSecond$/, '', (value) => `${number(value)}/s`],
  [/PerHour$/, '', (value) => `${value.toFixed(2)} an hour`],
  [/Fraction$/, '', (value) => `${rounded(value * 100, 1)} %`],
  [/Tokens$/, '', (value) => `${number(value)} tokens`],
  [/Bytes$/, '', (value) => `${number(value)} bytes`],
];
const terms: Readonly<Record<string, string>> = { kv: 'KV', ttft: 'TTFT', itl: 'ITL', slo: 'SLO', id: 'ID', hpa: 'HPA', uid: 'UID', gpu: 'GPU', gpus: 'GPUs' };

function labelOf(name: string): [label: string, write: (value: number) => string] {
  // keys such as serving/chat-a100 are names, and stay as they are
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) return [name, number];
  const unit = units.find(([ending]) => ending.test(name));
  const bare = unit ? name.replace(unit[0], '') : name;
  const words = bare.split(/(?=[A-Z])/).filter((word) => word !== '').map((word) => terms[word.toLowerCase()] ?? word.toLowerCase());
  return [`${words.join(' ')}${unit?.[1] ?? ''}`.trim(), unit?.[2] ?? number];
}

function entriesOf(value: Plain): [string, unknown][] {
  return Object.entries(value).filter(([, inner]) => inner !== undefined);
}

/** All of it on one line, where it is short enough to be read so. */
function inlineOf(name: string, value: unknown, nowMs: number): string | undefined {
  const [text] = labelOf(name);
  const scalar = scalarOf(name, value, nowMs);
  if (scalar !== undefined) return `${text} ${scalar}`;
  if (Array.isArray(value)) {
    if (value.length === 0) return `${text} none`;
    const all = value.map((inner) => scalarOf(name, inner, nowMs));
    return all.every((inner) => inner !== undefined) ? `${text} ${all.join(', ')}` : undefined;
  }
  if (typeof value !== 'object' || value === null) return `${text} ${String(value)}`;
  const flat = flatOf(value as Plain, nowMs);
  return flat === undefined || flat.length > 100 ? undefined : `${text}: ${flat === '' ? 'none' : flat}`;
}

function itemOf(value: unknown, nowMs: number, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}- ${String(value)}`];
  const entries = entriesOf(value as Plain);
  const simple = entries.filter(([key, inner]) => scalarOf(key, inner, nowMs) !== undefined);
  const rest = entries.filter(([key, inner]) => scalarOf(key, inner, nowMs) === undefined);
  return [`${indent}- ${flatOf(Object.fromEntries(simple), nowMs) ?? ''}`, ...rest.flatMap(([key, inner]) => wordsFor(key, inner, nowMs, `${indent}    `))];
}

function flatOf(value: Plain, nowMs: number): string | undefined {
  const parts = entriesOf(value).map(([key, inner]) => [key, scalarOf(key, inner, nowMs)] as const);
  return parts.every(([, inner]) => inner !== undefined) ? parts.map(([key, inner]) => `${labelOf(key)[0]} ${inner}`).join(', ') : undefined;
}

function scalarOf(name: string, value: unknown, nowMs: number): string | undefined {
  if (typeof value === 'number') return quantity(name, value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (value === null) return 'unknown';
  return readingOf(name, value, nowMs);
}

/** A reading says its age, or why it is missing. */
function readingOf(name: string, value: unknown, nowMs: number): string | undefined {
  const { kind, value: read, atMs, why } = value as { kind?: unknown; value?: unknown; atMs?: unknown; why?: unknown };
  if (kind === 'missing' && typeof why === 'string') return `missing (${why})`;
  if ((kind !== 'fresh' && kind !== 'stale') || typeof atMs !== 'number') return undefined;
  return `${scalarOf(name, read, nowMs) ?? String(read)} (${kind}, ${age(nowMs - atMs)} old)`;
}
