import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sceneOf, times } from '../../test/support/decide/scene.ts';
import { decide, planEmission } from '../decide/index.ts';
import { defaultPolicySet, emptyMemory, type CycleRecord } from '../model/index.ts';
import { createManualClock, type Log } from '../runtime/index.ts';
import { createRecordFile, readRecord, recordFormat, type RecordFile, type RecordHeader } from './index.ts';
import type { RecordEntry } from './read-record.ts';

const noonMs = Date.UTC(2026, 0, 31, 12);
const header: RecordHeader = { recordFormat, version: '0.1.0', node: '24.0.0', engine: 'e', run: 'one', startedAtMs: noonMs, settings: {} };
let folder: string;
let said: string[];
let lost: string[];
let clock: ReturnType<typeof createManualClock>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wva-record-'));
  said = [];
  lost = [];
  clock = createManualClock(noonMs);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function cycle(second: number): CycleRecord {
  const atMs = noonMs + second * 1000;
  const observation = sceneOf([{ name: 'v', replicas: times(3, { kv: 0.5, queue: 1 }) }], atMs);
  const { decisions } = decide(observation, defaultPolicySet, emptyMemory, atMs);
  return { atMs, observation, policy: defaultPolicySet, memory: emptyMemory, decisions, emission: planEmission(observation, decisions, emptyMemory, atMs) };
}

function begin(name: string, more: { maxBytes?: number; keptFiles?: number; run?: string } = {}): RecordFile {
  const say = (level: string) => (_fields: object, message: string): void => void said.push(`${level} ${message}`);
  const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const { maxBytes = 1e9, keptFiles = 4, run = 'one' } = more;
  return createRecordFile({ file: join(folder, name), maxBytes, keptFiles, header: { ...header, run }, clock, log, onLost: (why) => lost.push(why) });
}

async function write(file: RecordFile, ...cycles: readonly CycleRecord[]): Promise<void> {
  for (const one of cycles) file.write(one);
  await file.close();
}

async function entries(name: string): Promise<RecordEntry[]> {
  const all: RecordEntry[] = [];
  for await (const entry of readRecord(join(folder, name))) all.push(entry);
  return all;
}

const kinds = async (name: string): Promise<string[]> => (await entries(name)).map((entry) => (entry.kind === 'cycle' ? `cycle ${entry.cycle}` : entry.kind));
const cycles = async (name: string): Promise<CycleRecord[]> => (await entries(name)).flatMap((entry) => (entry.kind === 'cycle' ? [entry.record] : []));

describe.each(['r.jsonl', 'r.jsonl.gz', 'r.jsonl.zst'])('a record in %s', (name) => {
  it('is read as it was written', async () => {
    await write(begin(name), cycle(0), cycle(15), cycle(30));
    expect(await kinds(name)).toEqual(['header', 'cycle 1', 'cycle 2', 'cycle 3']);
    expect((await entries(name))[0]).toEqual({ kind: 'header', line: 1, header });
    expect(await cycles(name)).toEqual([cycle(0), cycle(15), cycle(30)].map((one) => JSON.parse(JSON.stringify(one)) as CycleRecord));
    const bytes = readFileSync(join(folder, name));
    const text = name.endsWith('.gz') ? gunzipSync(bytes) : name.endsWith('.zst') ? zstdDecompressSync(bytes) : bytes;
    expect(text.toString().split('\n')).toHaveLength(5);
    expect(said).toEqual([]);
  });

  it('can be read while it is written, and by whoever finds it after a kill', async () => {
    const file = begin(name);
    file.write(cycle(0));
    file.write(cycle(15));
    await expect.poll(() => kinds(name).catch(() => [])).toEqual(['header', 'cycle 1', 'cycle 2']);
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, 'torn'), bytes.subarray(0, bytes.length - 20));
    // of zstd a block is read as a whole or not at all
    expect(await kinds('torn')).toEqual(['header', 'cycle 1', ...(name.endsWith('.zst') ? [] : ['cut'])]);
    await file.close();
  });

  it('goes on after a kill in the middle of a line, and loses nothing else', async () => {
    await write(begin(name), cycle(0), cycle(15));
    const path = join(folder, name);
    truncateSync(path, readFileSync(path).length - 7);
    clock = createManualClock(noonMs + 60_000);
    await write(begin(name, { run: 'two' }), cycle(60));
    const isPlain = name === 'r.jsonl';
    expect(await kinds(name)).toEqual(isPlain ? ['header', 'cycle 1', 'unreadable', 'header', 'cycle 1'] : ['header', 'cycle 1']);
    const aside = name.replace('r.', 'r.2026-01-31T12-01-00.000Z.');
    expect(readdirSync(folder)).toEqual(isPlain ? [name] : [aside, name]);
    if (!isPlain) expect((await kinds(aside)).slice(0, 2)).toEqual(['header', 'cycle 1']);
  });

  it('is put aside when it is large, and the oldest go', async () => {
    const file = begin(name, { maxBytes: 1024, keptFiles: 3 });
    for (let second = 0; second < 6; second++) {
      file.write(cycle(second));
      // one after the other, so that each file has its own time
      await expect.poll(() => cycles(name).then((all) => all.at(-1)?.atMs, () => 0)).toBe(noonMs + second * 1000);
      await clock.advance(1000);
    }
    await file.close();
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThanOrEqual(3);
    expect(names.length).toBeLessThanOrEqual(4);
    for (const one of names) expect((await kinds(one))[0]).toBe('header');
    expect((await cycles(name)).at(-1)?.atMs).toBe(noonMs + 5000);
  });
});

it('keeps many small files of crashes within the bytes of few large ones', async () => {
  for (let crash = 0; crash < 12; crash++) {
    clock = createManualClock(noonMs + crash * 1000);
    await write(begin('r.jsonl.gz', { maxBytes: 1e6, keptFiles: 2 }), cycle(crash));
  }
  expect(readdirSync(folder)).toHaveLength(12);
});

it('says once that it cannot write, goes on, counts, and says when it can again', async () => {
  const file = begin('later/r.jsonl');
  file.write(cycle(0));
  file.write(cycle(15));
  await expect.poll(() => lost).toEqual(['write', 'write']);
  expect(said).toEqual([expect.stringMatching(/^error Cycles cannot be written to .*later\/r\.jsonl \(no such file or directory\); the controller goes on, tries again with each cycle, and counts those that are lost in wva_errors_total\.$/)]);
  const { mkdirSync } = await import('node:fs');
  mkdirSync(join(folder, 'later'));
  await write(file, cycle(30));
  expect(said.at(-1)).toMatch(/^info Cycles are written to .* again; 2 were lost\.$/);
  expect(await kinds('later/r.jsonl')).toEqual(['header', 'cycle 3']);
});

it.runIf(process.platform === 'linux')('a disk that is full ends nothing', async () => {
  const say = (_fields: object, message: string): void => void said.push(message);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const file = createRecordFile({ file: '/dev/full', maxBytes: 1e9, keptFiles: 2, header, clock, log, onLost: (why) => lost.push(why) });
  await write(file, cycle(0), cycle(15));
  expect(lost).toEqual(['write', 'write']);
  expect(said).toEqual([expect.stringContaining('no space left on device')]);
});

it('loses cycles, and no memory, when they come faster than they can be written', async () => {
  const file = begin('r.jsonl');
  const large: CycleRecord = { ...cycle(0), emission: { padding: 'x'.repeat(1024 * 1024) } as unknown as CycleRecord['emission'] };
  for (let count = 0; count < 12; count++) file.write(large);
  await file.close();
  expect(lost.length).toBeGreaterThan(0);
  expect(new Set(lost)).toEqual(new Set(['backlog']));
  expect(await kinds('r.jsonl')).toHaveLength(1 + 12 - lost.length);
});

it('tells what it cannot read, line by line, and a format that is newer than it', async () => {
  await write(begin('r.jsonl'), cycle(0));
  appendFileSync(join(folder, 'r.jsonl'), `{"atMs": 12\n\n{"observation": {}}\n{"recordFormat":99}\n${JSON.stringify(cycle(15))}\n`);
  const all = await entries('r.jsonl');
  expect(all.map((entry) => ('why' in entry ? `${entry.line} ${entry.why}` : `${entry.line} ${entry.kind}`))).toEqual([
    '1 header',
    '2 cycle',
    expect.stringMatching(/^3 a cycle as JSON was expected \(/),
    '5 a cycle with a number "atMs" was expected',
    expect.stringMatching(/^6 a record of format 2 or lower was expected, and this one is of format 99/),
    '7 cycle',
  ]);
});

it('tells where compressed bytes are broken', async () => {
  // several of them: up to 16 KiB that were inflated and not handed out before the broken bytes were met go with these
  await write(begin('r.jsonl.gz'), ...Array.from({ length: 10 }, (_, count) => cycle(count * 15)));
  const path = join(folder, 'r.jsonl.gz');
  const bytes = readFileSync(path);
  bytes.fill(0xff, bytes.length - 200, bytes.length - 100);
  writeFileSync(path, bytes);
  expect((await entries('r.jsonl.gz')).at(-1)).toMatchObject({ kind: 'cut', why: expect.stringMatching(/^the compressed bytes cannot be read any further/) as string });
  expect((await kinds('r.jsonl.gz')).slice(0, 2)).toEqual(['header', 'cycle 1']);
});
