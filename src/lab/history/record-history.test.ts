import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { playWorld } from '../../../test/support/history/world-history.ts';
import { autoscaler, decode, load, scenarioOf, variant, workload } from '../../../test/support/story/index.ts';
import type { CycleRecord } from '../../model/index.ts';
import { openRecordHistory } from './record-history.ts';
import { replay } from './replay.ts';
import type { ReplayedDecision } from './ledger.ts';

let folder: string;
let records: readonly CycleRecord[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wva-record-'));
  const scenario = scenarioOf([workload('Deployment', decode, 1), variant('ms-inference-scheduling-a100'), autoscaler()], { traffic: load([60, 1, 14], [120, 14, 14], [120, 2, 2]) });
  ({ records } = await playWorld({ scenario, seconds: 300, startMs: Date.UTC(2026, 0, 1, 12), kubeStateMetrics: false }));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, lines: readonly string[]): string {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

it('under the policy of its time a record is decided as it was, to the word', async () => {
  const policy = records[0]?.policy;
  if (!policy) throw new Error('nothing was recorded');
  const file = write('whole.jsonl', records.map((record) => JSON.stringify(record)));
  const decided: ReplayedDecision[] = [];
  const history = openRecordHistory(file, 15_000);
  const { cycles, ledgers } = await replay(history, { policies: [{ name: 'its own', policy }], misses: { startupMs: 60_000 }, onDecision: (_, decision) => decided.push(decision) }, new AbortController().signal);
  expect(history.gaps()).toEqual([]);
  expect(cycles).toBe(records.length);
  const changes = records.flatMap(({ atMs, decisions }) =>
    decisions.flatMap(({ variant: { key }, desired, previous, reason, trail }) => (desired === previous ? [] : [{ atMs, variant: key, to: desired, reason, sentences: trail.map(({ sentence }) => sentence) }])),
  );
  expect(decided.map(({ atMs, variant: key, to, reason, sentences }) => ({ atMs, variant: key, to, reason, sentences }))).toEqual(changes);
  expect(changes.length).toBeGreaterThan(3);
  const { ledger } = ledgers[0] ?? { ledger: undefined };
  expect(ledger?.misses.requests).toBeGreaterThan(500);
  expect(ledger?.variants[0]?.knownHours).toBeCloseTo(300 / 3600, 1);
});

it('passes over a line that cannot be read, and says which', async () => {
  const lines = records.map((record) => JSON.stringify(record));
  const file = write('broken.jsonl', [...lines.slice(0, 3), '{"atMs": 12', lines[1] as string, '{"observation": {}}', ...lines.slice(3, 6)]);
  const history = openRecordHistory(file, 15_000);
  const times: number[] = [];
  for await (const chunk of history.chunks(new AbortController().signal)) for (let cycle = 0; cycle < chunk.cycles; cycle++) times.push(chunk.atMs(cycle));
  expect(times).toEqual(records.slice(0, 6).map(({ atMs }) => atMs));
  expect(history.gaps().map(({ why }) => why)).toEqual([
    expect.stringMatching(/broken\.jsonl, line 4: a cycle as JSON was expected \(.*\)\. The line was passed over\.$/),
    expect.stringMatching(/broken\.jsonl, line 5: a cycle later than .* was expected, and this one is of /),
    expect.stringMatching(/broken\.jsonl, line 6: a cycle with a number "atMs" was expected/),
  ]);
});

it('takes readings for stale that another policy takes for stale', async () => {
  const file = write('stale.jsonl', records.slice(0, 20).map((record) => JSON.stringify(record)));
  for await (const chunk of openRecordHistory(file, 15_000).chunks(new AbortController().signal)) {
    const readings = chunk.observe(chunk.cycles - 1, -1).variants.flatMap(({ replicas }) => replicas.map(({ readings: { running } }) => running.kind));
    expect(readings.filter((kind) => kind === 'fresh')).toEqual([]);
    expect(readings).toContain('stale');
  }
});
