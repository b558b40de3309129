import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { errorText } from '../base/index.ts';
import type { CycleRecord } from '../model/index.ts';
import { compressionOfBytes, decompressed } from './compression.ts';
import { isHeader, recordFormat, type RecordHeader } from './header.ts';

/** What stands in a record, line by line. */
export type RecordEntry =
  | { readonly kind: 'header'; readonly line: number; readonly header: RecordHeader }
  /** `cycle`: its number within the run; absent in records without headers. */
  | { readonly kind: 'cycle'; readonly line: number; readonly cycle?: number; readonly record: CycleRecord }
  /** A line that is none of both. */
  | { readonly kind: 'unreadable'; readonly line: number; readonly why: string }
  /** The record ends in the middle of a line or of its compressed stream, as it does when its writer is killed, or still writes. */
  | { readonly kind: 'cut'; readonly line: number; readonly why: string };

/**
 * Reads a record as it is written, plain or compressed. Whatever can be read is given; the rest is told.
 * @param onBytes is told how many bytes of the file have been read.
 * @throws when the file cannot be opened.
 */
export async function* readRecord(file: string, signal?: AbortSignal, onBytes?: (bytes: number) => void): AsyncIterable<RecordEntry> {
  const compression = compressionOfBytes(await firstBytes(file));
  const source = createReadStream(file, { ...(signal && { signal }), highWaterMark: 256 * 1024 });
  let line = 0;
  const rest: string[] = [];
  const decoder = new TextDecoder();
  try {
    for await (const chunk of decompressed(counted(source, onBytes), compression)) {
      const pieces = decoder.decode(chunk, { stream: true }).split('\n');
      for (const [index, piece] of pieces.entries()) {
        rest.push(piece);
        if (index === pieces.length - 1) continue;
        const entry = entryOf(rest.splice(0).join(''), ++line);
        if (entry) yield entry;
      }
    }
  } catch (error) {
    if (signal?.aborted || compression === 'plain') throw error;
    yield { kind: 'cut', line: line + 1, why: `the compressed bytes cannot be read any further (${errorText(error)})` };
    return;
  }
  const last = rest.join('');
  if (last.trim() === '') return;
  const entry = entryOf(last, line + 1);
  // a last line that is whole lacks only its end
  if (entry?.kind === 'unreadable') yield { kind: 'cut', line: line + 1, why: 'its last line is not whole' };
  else if (entry) yield entry;
}

async function firstBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(4), position: 0 });
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function* counted(source: AsyncIterable<Uint8Array>, onBytes: ((bytes: number) => void) | undefined): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    onBytes?.(bytes);
    yield chunk;
  }
}

function entryOf(text: string, line: number): RecordEntry | undefined {
  if (text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'unreadable', line, why: `a cycle as JSON was expected (${errorText(error)})` };
  }
  if (isHeader(value)) {
    const { recordFormat: format } = value;
    if (typeof format === 'number' && format <= recordFormat) return { kind: 'header', line, header: value };
    return { kind: 'unreadable', line, why: `a record of format ${recordFormat} or lower was expected, and this one is of format ${String(format)}, which a newer version of this program reads` };
  }
  const { cycle, ...record } = (typeof value === 'object' && value !== null ? value : {}) as Partial<CycleRecord> & { readonly cycle?: number };
  if (typeof record.atMs !== 'number') return { kind: 'unreadable', line, why: 'a cycle with a number "atMs" was expected' };
  if (!Array.isArray(record.observation?.variants)) return { kind: 'unreadable', line, why: 'a cycle with "observation.variants" was expected' };
  if (typeof record.policy?.global?.staleAfterMs !== 'number') return { kind: 'unreadable', line, why: 'a cycle with its "policy" was expected' };
  return { kind: 'cycle', line, ...(cycle !== undefined && { cycle }), record: record as CycleRecord };
}
