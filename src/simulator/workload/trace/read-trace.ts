import { azureFormat } from './azure.ts';
import { burstGptFormat } from './burst-gpt.ts';
import { createColumns } from './columns.ts';
import type { LineFormat } from './line-format.ts';
import { mooncakeFormat } from './mooncake.ts';
import type { TraceFormat, TraceRecords } from './trace-records.ts';

export interface TraceReading {
  /** Reads no further than this long after the first record: the rest of a large file is left. The file has to be in the order of time. */
  readonly untilSeconds?: number;
  /** `skip` (default) leaves a bad line out and goes on, until a thousand were bad; `stop` keeps what was read before it. */
  readonly onBadLine?: 'skip' | 'stop';
}

/** A file with so many bad lines is not what it is said to be. */
const mostBadLines = 1000;

const formats: Record<TraceFormat, () => LineFormat> = {
  'azure-2023': azureFormat,
  'azure-2024': azureFormat,
  burstgpt: burstGptFormat,
  mooncake: mooncakeFormat,
};

/**
 * Reads a trace from its text, or line by line (a large file: hand in an iterator over its lines). Never throws for what stands in it: `problems` says what was
 * wrong, with file and line, and what was read so far is kept. A line whose time lies before that of an earlier one is kept in its right place, and told.
 */
export function readTrace(source: string | Iterable<string>, format: TraceFormat, name: string, options: TraceReading = {}): TraceRecords {
  const columns = createColumns(name, format);
  const reader = formats[format]();
  const { untilSeconds = Infinity, onBadLine = 'skip' } = options;
  let failed = 0;
  let badLines = 0;
  let lineNumber = 0;
  let newestMs = -Infinity;
  let awaitsHeader = reader.header !== undefined;

  function finish(complete: boolean): TraceRecords {
    if (awaitsHeader) columns.problem(Math.max(1, lineNumber), 'the file is empty, expected a header. Nothing was read.');
    return columns.finish({ failed, complete, ...(reader.prefixes && { prefixes: reader.prefixes() }) });
  }

  for (const raw of typeof source === 'string' ? linesOf(source) : source) {
    lineNumber++;
    let line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (lineNumber === 1) {
      line = line.replace(/^\uFEFF/, '');
      if (line.startsWith('\u001F')) {
        awaitsHeader = false;
        columns.problem(1, 'this looks compressed (gzip), expected text. Nothing was read; unpack it first.');
        return finish(false);
      }
    }
    if (line.trim() === '') continue;
    if (awaitsHeader) {
      awaitsHeader = false;
      const problem = reader.header?.(line);
      if (problem === undefined) continue;
      columns.problem(lineNumber, `${problem}. Nothing was read.`);
      return finish(false);
    }
    const read = reader.line(line);
    if (read === 'failed') {
      failed++;
    } else if ('problem' in read) {
      badLines++;
      const last = onBadLine === 'stop' || badLines >= mostBadLines;
      columns.problem(lineNumber, `${read.problem}. ${last ? `Reading stopped here; the ${columns.count} requests before it were kept.` : 'The line was left out.'}`);
      if (last) return finish(false);
    } else {
      if (read.atMs - columns.firstMs >= untilSeconds * 1000) return finish(false);
      if (read.atMs < newestMs) columns.problem(lineNumber, `the time lies ${((newestMs - read.atMs) / 1000).toFixed(3)} s before that of an earlier line. The request was put in its place.`);
      newestMs = Math.max(newestMs, read.atMs);
      columns.add(read.atMs, read.promptTokens, read.generationTokens);
      reader.kept?.();
    }
  }
  return finish(true);
}

function* linesOf(text: string): Generator<string, undefined> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    yield text.slice(from, end < 0 ? text.length : end);
    if (end < 0) return;
    from = end + 1;
  }
}
