import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CycleRecord } from '../model/index.ts';
import type { Log } from '../runtime/index.ts';
import { openRecordFile } from './record-file.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'wva-record-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const said: string[] = [];
const say = (_fields: object, message: string): void => void said.push(message);
const log: Log = { debug: say, info: say, warn: say, error: say };
const record = (atMs: number): CycleRecord => ({ atMs }) as CycleRecord;

it('appends one line a cycle', async () => {
  const file = join(folder, 'record.jsonl');
  for (const atMs of [1, 2]) {
    const open = openRecordFile(file, log);
    open.write(record(atMs));
    await open.close();
  }
  expect(readFileSync(file, 'utf8')).toBe('{"atMs":1}\n{"atMs":2}\n');
});

it('tells once that it cannot, and is no hindrance', async () => {
  const open = openRecordFile(join(folder, 'no', 'such', 'folder'), log);
  open.write(record(1));
  await expect.poll(() => said.length).toBe(1);
  open.write(record(2));
  await open.close();
  expect(said).toEqual([expect.stringMatching(/^Cycles cannot be written to .*; the controller goes on without a record\.$/)]);
});
