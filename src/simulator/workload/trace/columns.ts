import type { TraceFormat, TraceProblem, TraceRecords } from './trace-records.ts';

/** Records of one chunk: a reader that does not know how many will come copies at most one of these too much. */
const chunkRecords = 65_536;
const keptProblems = 100;

/** Records as they are read, in chunks of columns. */
export interface Columns {
  add(atMs: number, promptTokens: number, generationTokens: number): void;
  problem(line: number, message: string): void;
  readonly count: number;
  /** Time of the earliest record. */
  readonly firstMs: number;
  finish(ending: { readonly failed: number; readonly complete: boolean; readonly prefixes?: Prefixes }): TraceRecords;
}

/** Shared beginnings, in the order in which the records were added. */
export interface Prefixes {
  readonly count: number;
  readonly id: Uint32Array;
  readonly tokens: Uint32Array;
}

interface Chunk {
  readonly atMs: Float64Array;
  readonly promptTokens: Uint32Array;
  readonly generationTokens: Uint32Array;
}

export function createColumns(file: string, format: TraceFormat): Columns {
  const chunks: Chunk[] = [];
  const problems: TraceProblem[] = [];
  let count = 0;
  let problemCount = 0;
  let firstMs = Infinity;
  let newestMs = -Infinity;
  let ordered = true;

  return {
    get count() {
      return count;
    },
    get firstMs() {
      return firstMs;
    },
    add(atMs, promptTokens, generationTokens) {
      const place = count % chunkRecords;
      if (place === 0) {
        chunks.push({ atMs: new Float64Array(chunkRecords), promptTokens: new Uint32Array(chunkRecords), generationTokens: new Uint32Array(chunkRecords) });
      }
      const chunk = chunks[chunks.length - 1] as Chunk;
      chunk.atMs[place] = atMs;
      chunk.promptTokens[place] = promptTokens;
      chunk.generationTokens[place] = generationTokens;
      if (atMs < newestMs) ordered = false;
      newestMs = Math.max(newestMs, atMs);
      firstMs = Math.min(firstMs, atMs);
      count++;
    },
    problem(line, message) {
      problemCount++;
      if (problems.length < keptProblems) problems.push({ file, line, message: `${file}:${line}: ${message}` });
    },
    finish({ failed, complete, prefixes }) {
      const atMs = new Float64Array(count);
      const promptTokens = new Uint32Array(count);
      const generationTokens = new Uint32Array(count);
      for (let from = 0; chunks.length > 0; from += chunkRecords) {
        const chunk = chunks.shift() as Chunk;
        const length = Math.min(chunkRecords, count - from);
        atMs.set(chunk.atMs.subarray(0, length), from);
        promptTokens.set(chunk.promptTokens.subarray(0, length), from);
        generationTokens.set(chunk.generationTokens.subarray(0, length), from);
      }
      for (let index = 0; index < count; index++) atMs[index] = (atMs[index] as number) - firstMs;
      const order = ordered ? undefined : Uint32Array.from(atMs.keys()).toSorted((a, b) => (atMs[a] as number) - (atMs[b] as number) || a - b);
      const sorted = <T extends Float64Array | Uint32Array>(column: T): T => (order === undefined ? column : (column.map((_, index) => column[order[index] as number] as number) as T));
      return {
        file,
        format,
        count,
        atMs: sorted(atMs),
        promptTokens: sorted(promptTokens),
        generationTokens: sorted(generationTokens),
        ...(prefixes && { prefixId: sorted(prefixes.id), prefixTokens: sorted(prefixes.tokens) }),
        prefixes: prefixes?.count ?? 0,
        problems,
        problemCount,
        failed,
        complete,
      };
    },
  };
}
