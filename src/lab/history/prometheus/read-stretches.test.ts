import { mkdtempSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Failure, type PrometheusClient } from '../../../prometheus/index.ts';
import { createManualClock } from '../../../runtime/index.ts';
import type { HistoryGap } from '../history.ts';
import { openChunkStore } from './chunk-store.ts';
import { readStretches } from './read-stretches.ts';

const stepMs = 15_000;
const minute = 60_000;
let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'wva-stretches-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A Prometheus with one sample in each minute that refuses what is longer than it likes. */
function prometheus(longestMs: number, deadFromMs = Infinity): { client: PrometheusClient; asked: number[] } {
  const asked: number[] = [];
  const answer = (resultType: 'matrix' | 'vector') => ({ resultType, warnings: [], series: [{ metric: { __name__: 'x' }, points: [{ atMs: 0, value: Number.NaN }] }] });
  return {
    asked,
    client: {
      async instant(query, { atMs = 0 }) {
        if (query.startsWith('max')) return answer('vector');
        const rangeMs = Number(/\[(\d+)s\]$/.exec(query)?.[1]) * 1000 - 2 * minute;
        asked.push(rangeMs / minute);
        if (atMs >= deadFromMs) throw new Failure('Unreachable', 'could not be reached (nobody listens)');
        if (rangeMs > longestMs) throw new Failure('Unreachable', 'answered with HTTP status 422 and the error execution: query processing would load too many samples into memory in query execution');
        return answer('matrix');
      },
      range: async () => answer('matrix'),
    },
  };
}

async function read(given: ReturnType<typeof prometheus>, toMs: number, gaps: HistoryGap[] = []): Promise<[number, number][]> {
  const store = await openChunkStore(folder, 'question');
  const clock = { ...createManualClock(0), sleep: async () => {} };
  const question = { client: given.client, clock, matchers: '', namespaces: ['prod'], stepMs, lookbackMs: 2 * minute };
  const stretches: [number, number][] = [];
  for await (const { stretch } of readStretches({ question, store, fromMs: 0, toMs, gaps, onRead: () => {} }, new AbortController().signal)) stretches.push([stretch.fromMs / minute, stretch.toMs / minute]);
  return stretches;
}

it('covers every cycle once, with longer stretches as answers are small, and asks for half of what is refused', async () => {
  const given = prometheus(20 * minute);
  const stretches = await read(given, 60 * minute);
  // half an hour is refused; a quarter is answered; twice that is refused
  expect(given.asked.slice(0, 3)).toEqual([29.75, 14.75, 29.75]);
  expect(stretches[0]).toEqual([0, 14.75]);
  for (const [index, [from]] of stretches.entries()) if (index > 0) expect(from).toBe((stretches[index - 1]?.[1] ?? 0) + 0.25);
  expect(stretches.at(-1)?.[1]).toBe(60);
});

it('asks nothing twice, and goes on where it was', async () => {
  const gaps: HistoryGap[] = [];
  const dying = prometheus(Infinity, 31 * minute);
  expect(await read(dying, 60 * minute, gaps)).toEqual([[0, 29.75]]);
  // three attempts at what is not answered
  expect(dying.asked).toHaveLength(4);
  expect(gaps).toEqual([{ fromMs: 30 * minute, toMs: 60 * minute, why: expect.stringMatching(/^The samples from 1970-01-01T00:30:00Z to 1970-01-01T01:00:00Z \(121 cycles of 15s\) were expected, and Prometheus could not be reached \(nobody listens\)\. What was read up to 1970-01-01T00:29:45Z is kept and used; /) as string }]);
  const well = prometheus(Infinity);
  expect(await read(well, 60 * minute)).toEqual([[0, 29.75], [30, 59.75], [60, 60]]);
  expect(well.asked).toEqual([29.75, 0]);
  const again = prometheus(Infinity);
  expect(await read(again, 60 * minute)).toHaveLength(3);
  expect(again.asked).toEqual([]);
});

it('keeps values that are no numbers, and reads a broken file again', async () => {
  await read(prometheus(Infinity), 10 * minute);
  const store = await openChunkStore(folder, 'question');
  expect((await store.find(0, 10 * minute))?.answers.samples.series[0]?.points).toEqual([{ atMs: 0, value: Number.NaN }]);
  expect(await (await openChunkStore(folder, 'another question')).find(0, 10 * minute)).toBeUndefined();
  const [file] = readdirSync(folder);
  writeFileSync(join(folder, file as string), 'cut off');
  expect(await store.find(0, 10 * minute)).toBeUndefined();
  expect(store.broken).toEqual([{ file, why: expect.stringMatching(/header/) as string }]);
  const again = prometheus(Infinity);
  await read(again, 10 * minute);
  expect(again.asked).toHaveLength(1);
});

it('asks behind a broken file for what was in it, and for nothing that follows', async () => {
  await read(prometheus(Infinity), 240 * minute);
  const files = readdirSync(folder).toSorted((a, b) => Number.parseInt(a) - Number.parseInt(b));
  expect(files.length).toBeGreaterThan(2);
  writeFileSync(join(folder, files[1] as string), 'cut off');
  const again = prometheus(Infinity);
  const stretches = await read(again, 240 * minute);
  const [from = 0, to = 0] = (files[1] ?? '').split(/[-.]/).map(Number);
  expect(again.asked.reduce((total, minutes) => total + minutes + 0.25, 0)).toBe((to - from) / minute + 0.25);
  for (const [index, [begin]] of stretches.entries()) if (index > 0) expect(begin).toBe((stretches[index - 1]?.[1] ?? 0) + 0.25);
  expect(stretches.at(-1)?.[1]).toBe(240);
});
