import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** One recording of a genuine server: its own pages, and what the client saw of the same time. */
export interface Tape {
  readonly name: string;
  readonly pages: readonly TapePage[];
  readonly requests: readonly TapeRequest[];
  /** Seconds since the start of the recording. */
  readonly stages: readonly { readonly fromS: number; readonly toS: number; readonly perSecond: number }[];
}

export interface TapePage {
  readonly atS: number;
  /** How many requests the client had in flight when it asked for the page. */
  readonly clientInFlight: number;
  readonly text: string;
}

export interface TapeRequest {
  readonly atS: number;
  readonly firstTokenS: number;
  readonly endS: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export const tapeFolder = process.env['WVA_TAPES'] ?? resolve(import.meta.dirname, '../../../shared/tapes');

/** Arrivals per second and for how many seconds, as the recordings' own README gives them. */
const plans: Record<string, readonly (readonly [number, number])[]> = {
  'vllm-0.32.0-a': [[0, 5], [0.5, 25], [1.2, 25], [2.5, 25], [0.3, 30]],
  'vllm-0.32.0-b': [[0, 5], [0.3, 40], [0.6, 40], [0.9, 40], [1.2, 40], [0.2, 40], [1.8, 30], [0.1, 30]],
  'vllm-0.32.0-c': [[0, 5], [1, 30], [2, 30], [4, 30], [1, 30], [6, 20], [0.5, 20]],
};

/** Names of the tapes that are there; none where the recordings are not beside the repository (or at `WVA_TAPES`). */
export function tapeNames(): string[] {
  return existsSync(tapeFolder) ? readdirSync(tapeFolder).filter((name) => name in plans) : [];
}

export function readTape(name: string): Tape {
  const path = join(tapeFolder, name);
  const pages = readdirSync(path)
    .filter((file) => /^\d+\.prom$/.test(file))
    .toSorted()
    .map((file) => {
      const text = readFileSync(join(path, file), 'utf8');
      const header = /^# scraped ([\d.]+) s after the start, client sees (\d+) in flight/.exec(text);
      if (!header) throw new Error(`${file} of tape ${name} does not say when it was scraped.`);
      return { atS: Number(header[1]), clientInFlight: Number(header[2]), text };
    });
  const [, ...lines] = readFileSync(join(path, 'requests.csv'), 'utf8').trim().split('\n');
  const requests = lines.map((line) => {
    const [atS, inputTokens, outputTokens, ttftS, e2eS] = line.split(',').map(Number) as [number, number, number, number, number];
    return { atS, firstTokenS: atS + ttftS, endS: atS + e2eS, inputTokens, outputTokens };
  });
  let atS = 0;
  const stages = (plans[name] ?? []).map(([perSecond, seconds]) => ({ perSecond, fromS: atS, toS: (atS += seconds) }));
  return { name, pages, requests, stages };
}
