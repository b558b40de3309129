import type { Prefixes } from './columns.ts';

/** What a line says. `atMs` counts from wherever the format counts. */
export interface TraceLine {
  readonly atMs: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
}

/** `problem`: what was found and what was expected, the beginning of a sentence. `failed`: the recorded service gave no answer. */
export type ReadLine = TraceLine | { readonly problem: string } | 'failed';

/** Reads the lines of one format. */
export interface LineFormat {
  /** Of formats with a header: what is wrong with it, or nothing; must be called before the first `line`. */
  header?(text: string): string | undefined;
  line(text: string): ReadLine;
  /** Called for every line that was kept, after `line`. */
  kept?(): void;
  /** Shared beginnings of the kept lines, in their order. */
  prefixes?(): Prefixes;
}

/** Text of a file for a message: without line breaks and other control characters, and not longer than it can be read. */
export function quoted(text: string, most = 60): string {
  // eslint-disable-next-line no-control-regex
  const plain = text.slice(0, most).replaceAll(/[\u0000-\u001F\u007F]/g, '·');
  return `'${plain}${text.length > most ? '…' : ''}'`;
}

/** A whole number of tokens, or what was there instead. */
export function tokenCount(text: string | undefined, column: string): number | { readonly problem: string } {
  const value = text === undefined || text.trim() === '' ? NaN : Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  return { problem: `${column} is ${text === undefined ? 'missing' : quoted(text.trim())}, expected a whole number of tokens` };
}
