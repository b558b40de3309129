import { azureFormat } from './azure.ts';
import { burstGptFormat } from './burst-gpt.ts';
import { createColumns } from './columns.ts';
import type { LineFormat, ReadLine } from './line-format.ts';
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
/** So many lines in a row beyond the part that is played end the reading: one alone may have a wrong time. */
const beyondInARow = 100;
/** A time so long before that of the first line is a mistake, and would put everything else beyond what is played. */
const longBeforeMs = 86_400_000;

const formats: Record<TraceFormat, () => LineFormat> = {
  'azure-2023': azureFormat,
  'azure-2024': azureFormat,
  burstgpt: burstGptFormat,
  mooncake: mooncakeFormat,
};

/**
 * Reads a trace from its text, or line by line (a large file: hand in an iterator over its lines). Never throws for what stands in it: `problems` says what was
 * wrong, with file and line, and what was read so far is kept. A line whose time lies before that of the line before it is kept in its right place, and told.
 */
export function readTrace(source: string | Iterable<string>, format: TraceFormat, name: string, options: TraceReading = {}): TraceRecords {
  const columns = createColumns(name, format);
  const reader = formats[format]();
  const { untilSeconds = Infinity, onBadLine = 'skip' } = options;
  let failed = 0;
  let badLines = 0;
  let lineNumber = 0;
  let beyond = 0;
  let lastMs = -Infinity;
  let firstLineMs: number | undefined;
  let awaitsHeader = reader.header !== undefined;

  function finish(complete: boolean): TraceRecords {
    if (awaitsHeader) columns.problem(Math.max(1, lineNumber), 'the file is empty, expected a header. Nothing was read.');
    else if (complete && columns.count + failed + badLines === 0) columns.problem(Math.max(1, lineNumber), 'the file ends without a request, expected one a line. Nothing was read.');
    return columns.finish({ failed, complete, ...(reader.prefixes && { prefixes: reader.prefixes() }) });
  }

  function sane(read: ReadLine): ReadLine {
    if (read === 'failed' || 'problem' in read) return read;
    firstLineMs ??= read.atMs;
    if (firstLineMs - read.atMs <= longBeforeMs) return read;
    return { problem: `the time lies ${((firstLineMs - read.atMs) / 86_400_000).toFixed(1)} days before that of the first line, expected at most one` };
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
    const read = sane(reader.line(line));
    if (read === 'failed') {
      failed++;
    } else if ('problem' in read) {
      badLines++;
      const last = onBadLine === 'stop' || badLines >= mostBadLines;
      columns.problem(lineNumber, `${read.problem}. ${last ? `Reading stopped here; the requests before it, ${columns.count}, were kept.` : 'The line was left out.'}`);
      if (last) return finish(false);
    } else {
      if (read.atMs - columns.firstMs >= untilSeconds * 1000) {
        if (++beyond === beyondInARow) return finish(false);
        continue;
      }
      beyond = 0;
      // of the line before it, not of the newest: after one time far in the future every line would be late
      if (read.atMs < lastMs) columns.problem(lineNumber, `the time lies ${((lastMs - read.atMs) / 1000).toFixed(3)} s before that of the line before it. The request was put in its place.`);
      lastMs = read.atMs;
      columns.add(read.atMs, read.promptTokens, read.generationTokens);
      reader.kept?.();
    }
  }
  return finish(beyond === 0);
}

function* linesOf(text: string): Generator<string, undefined> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    yield text.slice(from, end < 0 ? text.length : end);
    if (end < 0) return;
    from = end + 1;
  }
}
