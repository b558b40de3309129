import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compareText, errorText } from '../base/index.ts';
import type { CycleRecord } from '../model/index.ts';
import type { Clock, Log } from '../runtime/index.ts';
import { compressionOfName, createCompressor, type Compressor } from './compression.ts';
import type { RecordHeader } from './header.ts';
import { jsonPieces } from './json-pieces.ts';

export interface RecordFileOptions {
  /** A name that ends in `.gz` or `.zst` is written compressed. */
  readonly file: string;
  /** From this size on the file is put aside, and the next one begins. */
  readonly maxBytes: number;
  /** Files that are kept, the one being written among them; smaller ones put aside (after crashes) are more, within the same bytes. */
  readonly keptFiles: number;
  readonly header: RecordHeader;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of each cycle that could not be written down, and why: the file, or a disk slower than the cycles are. */
  onLost?(why: 'write' | 'backlog'): void;
}

/** Writes cycles down, one JSON object a line. Never throws, and never makes a cycle wait. */
export interface RecordFile {
  write(record: CycleRecord): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** A disk that hangs must not fill the memory: of a large cluster a cycle is tens of megabytes. */
const mostWaiting = 4;

/**
 * Begins with the first cycle, so that an instance that never leads leaves no file. A file that cannot be written is told once, and tried
 * again with every cycle: a disk that was full may have been made free.
 */
export function createRecordFile(options: RecordFileOptions): RecordFile {
  const { file, maxBytes, header, clock, log } = options;
  const compression = compressionOfName(file);
  let current: { readonly handle: FileHandle; readonly compressor: Compressor; bytes: number } | undefined;
  let cycle = 0;
  let waiting = 0;
  let lost = 0;
  let queue: Promise<void> = Promise.resolve();

  function lose(why: 'write' | 'backlog', error?: unknown): void {
    lost++;
    options.onLost?.(why);
    if (lost > 1) return;
    const because = why === 'backlog' ? 'it takes them more slowly than they come' : errorText(error);
    log.error({ ...(error !== undefined && { err: error }), file }, `Cycles cannot be written to ${file} (${because}); the controller goes on, tries again with each cycle, and counts those that are lost in wva_errors_total.`);
  }

  async function begin(): Promise<NonNullable<typeof current>> {
    const bytes = await stat(file).then(({ size }) => size, () => 0);
    // a compressed stream that a crash cut off cannot be gone on with
    if (bytes > 0 && (compression !== 'plain' || bytes >= maxBytes)) await putAside();
    const handle = await open(file, 'a+');
    try {
      const { size } = await handle.stat();
      const begun = { handle, compressor: createCompressor(compression), bytes: size };
      const isTorn = compression === 'plain' && size > 0 && (await lastByte(handle, size)) !== newline;
      await put(begun, `${isTorn ? '\n' : ''}${JSON.stringify(header)}\n`);
      return begun;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async function finish(): Promise<void> {
    const ending = current;
    current = undefined;
    if (!ending) return;
    try {
      await ending.handle.appendFile(await ending.compressor.end());
    } finally {
      await ending.handle.close();
    }
  }

  async function putAside(): Promise<void> {
    await rename(file, asideName(file, clock.now()));
    await removeOldest(options);
  }

  async function add(line: object): Promise<void> {
    try {
      if (current && current.bytes >= maxBytes) {
        await finish();
        await putAside();
      }
      current ??= await begin();
      for (const piece of jsonPieces(line, '\n')) {
        await put(current, piece);
        // whoever waits for the main thread comes first
        await nextTurn();
      }
      if (lost > 0) log.info({ file, lost }, `Cycles are written to ${file} again; ${lost} were lost.`);
      lost = 0;
    } catch (error) {
      lose('write', error);
      await current?.handle.close().catch(() => {});
      current = undefined;
    }
  }

  return {
    write(record) {
      cycle++;
      if (waiting >= mostWaiting) return lose('backlog');
      const line = { cycle, ...record };
      waiting++;
      queue = queue.then(() => add(line)).finally(() => waiting--);
    },
    close: () => queue.then(finish).catch((error: unknown) => lose('write', error)),
  };
}

const newline = 0x0a;

async function put(to: { readonly handle: FileHandle; readonly compressor: Compressor; bytes: number }, text: string): Promise<void> {
  const bytes = await to.compressor.add(text);
  await to.handle.appendFile(bytes);
  to.bytes += bytes.length;
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await handle.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer[0];
}

/** Name and ending, so that what stands between them leaves the ending as it is. */
function partsOf(file: string): [start: string, ending: string] {
  const name = basename(file);
  const ending = /(\.jsonl|\.ndjson|\.json)?(\.gz|\.zst)?$/.exec(name)?.[0] ?? '';
  return [name.slice(0, name.length - ending.length), ending];
}

/** `cycles.2026-01-31T08-00-00.000Z.jsonl`: with the time at which it was put aside, in an order that `ls` has too. */
function asideName(file: string, nowMs: number): string {
  const [start, ending] = partsOf(file);
  return join(dirname(file), `${start}.${new Date(nowMs).toISOString().replaceAll(':', '-')}${ending}`);
}

async function removeOldest({ file, maxBytes, keptFiles }: RecordFileOptions): Promise<void> {
  const [start, ending] = partsOf(file);
  const folder = dirname(file);
  const isAside = (name: string): boolean => name.startsWith(`${start}.`) && name.endsWith(ending) && /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/.test(name.slice(start.length + 1, name.length - ending.length));
  const aside = (await readdir(folder)).filter(isAside).toSorted(compareText).toReversed();
  let bytes = 0;
  for (const [index, name] of aside.entries()) {
    bytes += (await stat(join(folder, name))).size;
    // a controller that crashes again and again puts many small files aside, and the first of them may say why
    if (index >= keptFiles - 1 && bytes > maxBytes * (keptFiles - 1)) await rm(join(folder, name), { force: true });
  }
}
