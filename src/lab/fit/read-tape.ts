import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { errorText } from '../../base/index.ts';
import { readPage } from './page-reading.ts';
import type { PageReading } from './page-reading.ts';
import { readRequestLog } from './request-log.ts';
import { TapeError } from './tape.ts';
import type { Tape } from './tape.ts';

/** Counters of a server that only grow: when one of them falls, the server was started again. */
const counters = ['promptTokens', 'generationTokens', 'completed', 'preemptions'] as const;

/**
 * Reads a recording from a folder: pages NNN.prom whose first line says when they were made (`# scraped 150.203 s after the start`),
 * and requests.csv where there is one. Files and lines that cannot be used are reported in `problems`; the rest is used.
 * @throws TapeError when the folder cannot be read, or holds fewer than two usable pages.
 */
export function readTape(folder: string): Tape {
  const name = basename(folder);
  const problems: string[] = [];
  let files: string[];
  try {
    files = readdirSync(folder).toSorted();
  } catch (error) {
    throw new TapeError(`${folder}: expected a folder with a recording; it cannot be read (${errorText(error)}).`);
  }
  const read: PageReading[] = [];
  for (const file of files.filter((candidate) => /^\d+\.prom$/.test(candidate))) {
    const text = readText(join(folder, file), problems);
    if (text === undefined) continue;
    const header = /^# scraped (\d+(?:\.\d+)?) s after the start/.exec(text);
    if (header === null) {
      problems.push(`${join(folder, file)}, line 1: expected "# scraped SECONDS s after the start", found "${firstLine(text)}"; the page was left out.`);
      continue;
    }
    const page = readPage(Number(header[1]), text);
    problems.push(...page.problems.map((problem) => `${join(folder, file)}, ${problem}.`));
    const { atSeconds: _, ...known } = page.reading;
    if (Object.keys(known).length === 0) problems.push(`${join(folder, file)}: expected series of vLLM or SGLang, found none; the page was left out.`);
    else read.push(page.reading);
  }
  const pages = sinceRestart(read.toSorted((a, b) => a.atSeconds - b.atSeconds), folder, problems);
  if (pages.length < 2) {
    const why = problems.slice(0, 3).join(' ');
    throw new TapeError(`${folder}: expected at least two metrics pages 000.prom, 001.prom and so on, found ${pages.length} that can be used.${why === '' ? '' : ` ${why}`}`);
  }
  const log = files.includes('requests.csv') ? readText(join(folder, 'requests.csv'), problems) : undefined;
  const requests = log === undefined ? undefined : readRequestLog(log, join(folder, 'requests.csv'), problems);
  return { name, pages, problems, ...(requests === undefined || requests.length === 0 ? {} : { requests }) };
}

function readText(path: string, problems: string[]): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    problems.push(`${path}: it cannot be read (${errorText(error)}); it was left out.`);
    return undefined;
  }
}

function firstLine(text: string): string {
  return text.slice(0, 80).split('\n')[0] ?? '';
}

/** The longest stretch of pages between restarts of the server. */
function sinceRestart(pages: readonly PageReading[], folder: string, problems: string[]): readonly PageReading[] {
  const stretches: PageReading[][] = [[]];
  for (const [index, page] of pages.entries()) {
    const before = pages[index - 1];
    const fell = before === undefined ? undefined : counters.find((counter) => (page[counter] ?? Infinity) < (before[counter] ?? 0));
    if (fell !== undefined) {
      problems.push(`${folder}: ${fell} fell between ${before?.atSeconds} s and ${page.atSeconds} s: the server was started again; only the longest stretch without a restart was used.`);
      stretches.push([]);
    }
    stretches.at(-1)?.push(page);
  }
  return stretches.reduce((longest, stretch) => (stretch.length > longest.length ? stretch : longest));
}
