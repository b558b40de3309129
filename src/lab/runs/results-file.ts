import { closeSync, createReadStream, existsSync, fstatSync, ftruncateSync, mkdirSync, openSync, readdirSync, readSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { readLine, type Line, type PolicyLine, type RefusalLine, type RunLine, type ScenarioLine } from './lines.ts';

/** Everything that results files say, each run once, in the order in which they were last written. */
export interface Results {
  readonly runs: readonly RunLine[];
  /** By hash. */
  readonly scenarios: ReadonlyMap<string, ScenarioLine>;
  readonly policies: ReadonlyMap<string, PolicyLine>;
  readonly refusals: readonly RefusalLine[];
  /** Lines that could not be read: sentences with file and line. */
  readonly problems: readonly string[];
}

/** A file or folder that cannot be read at all. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
}

/** Lines of one file that are told one by one. */
const mostToldOfAFile = 10;

/**
 * Reads results; of two runs with one fingerprint the later one counts.
 *
 * @param places Files, or folders with `*.jsonl` in them.
 * @throws ResultsError where a place is missing or holds none.
 */
export async function readResults(places: readonly string[]): Promise<Results> {
  const runs = new Map<string, RunLine>();
  const scenarios = new Map<string, ScenarioLine>();
  const policies = new Map<string, PolicyLine>();
  const refusals = new Map<string, RefusalLine>();
  const problems: string[] = [];
  const tell = (file: string, lines: number, unread: readonly string[]): void => {
    if (unread.length === lines && lines > 0) problems.push(`${file}: none of its ${lines} lines is a result; expected a file that wva lab run wrote. It is left out.`);
    else problems.push(...unread.slice(0, mostToldOfAFile), ...(unread.length > mostToldOfAFile ? [`${file}: ${unread.length - mostToldOfAFile} more lines could not be read, and are left out.`] : []));
  };
  const keep = (line: Line): void => {
    if (line.kind === 'run') {
      // to its end again: what was written last is what is newest
      runs.delete(line.fingerprint);
      runs.set(line.fingerprint, line);
    }
    else if (line.kind === 'refusal') refusals.set(`${line.scenario}\n${line.policy}`, line);
    else if (line.kind === 'policy') policies.set(line.hash, line);
    else scenarios.set(line.hash, { ...scenarios.get(line.hash), ...line });
  };
  for (const file of places.flatMap(filesAt)) {
    const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
    const unread: string[] = [];
    let at = 0;
    let full = 0;
    for await (const text of lines) {
      at++;
      if (text.trim() === '') continue;
      full++;
      const line = readLine(text);
      if ('problem' in line) unread.push(`${file}, line ${at}: ${line.problem}; expected one result as JSON. The line is left out, the others are kept.`);
      else keep(line);
    }
    tell(file, full, unread);
  }
  return { runs: [...runs.values()], scenarios, policies, refusals: [...refusals.values()], problems };
}

function filesAt(place: string): string[] {
  if (!existsSync(place)) throw new ResultsError(`${place}: there is no such file or folder; expected results of wva lab run.`);
  if (!statSync(place).isDirectory()) return [place];
  const files = readdirSync(place).filter((file) => file.endsWith('.jsonl')).toSorted().map((file) => join(place, file));
  if (files.length === 0) throw new ResultsError(`${place}: no *.jsonl in it; expected the folder that wva lab run --out wrote.`);
  return files;
}

/** A results file that is being written: each line is on its way to the disk when `append` returns. */
export interface ResultsFile {
  append(line: Line): void;
  close(): void;
  /** Characters of a line that a crash had cut off, and that were taken away; 0 for none. */
  readonly dropped: number;
}

/** Opens for appending, and makes the folder. A last line without an end is from a crash in the middle of a write, and goes. */
export function openResultsFile(file: string): ResultsFile {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, 'a+');
  const size = fstatSync(descriptor).size;
  const whole = endOfLastLine(descriptor, size);
  if (whole < size) ftruncateSync(descriptor, whole);
  return {
    dropped: size - whole,
    append(line) {
      // one write, at the end: two processes on one file do not mix their lines
      const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
      let written = 0;
      // what a full disk cuts off is dropped when the file is opened the next time
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    },
    close() {
      closeSync(descriptor);
    },
  };
}

function endOfLastLine(descriptor: number, size: number): number {
  const block = Buffer.alloc(65_536);
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - block.length);
    const length = readSync(descriptor, block, 0, end - start, start);
    const newline = block.subarray(0, length).lastIndexOf(0x0a);
    if (newline >= 0) return start + newline + 1;
    end = start;
  }
  return 0;
}
