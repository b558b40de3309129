import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createReplay, readRecord } from '../../src/record/index.ts';
import { autoscaler, decode, load, scenarioOf, tell, variant, workload, type Story } from '../support/story/index.ts';

let folder: string;
let story: Story;

beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'wva-record-'))));
afterEach(async () => {
  await story.end();
  rmSync(folder, { recursive: true, force: true });
});

interface Replayed {
  readonly cycles: number;
  readonly runs: number;
  readonly reasons: ReadonlySet<string>;
  readonly differences: readonly string[];
}

async function replayed(files: readonly string[]): Promise<Replayed> {
  const again = createReplay();
  const reasons = new Set<string>();
  const differences: string[] = [];
  let [cycles, runs, run] = [0, 0, ''];
  for (const file of files) {
    for await (const entry of readRecord(file)) {
      if (entry.kind === 'header') {
        if (entry.header.run !== run) runs++;
        ({ run } = entry.header);
      } else if (entry.kind === 'cycle') {
        cycles++;
        for (const { reason } of entry.record.decisions) reasons.add(reason);
        const outcome = again({ record: entry.record, run, ...(entry.cycle !== undefined && { cycle: entry.cycle }) });
        differences.push(...(outcome.kind === 'failed' ? [outcome.why] : outcome.differences.map(({ path }) => path)));
      } else {
        differences.push(`line ${entry.line}: ${entry.why}`);
      }
    }
  }
  return { cycles, runs, reasons, differences };
}

it('ten minutes with silent pods, a slow API server, another policy, a conflict and a restart are decided again, byte for byte', async () => {
  const objects = [workload('Deployment', decode, 1), variant('chat-a100'), variant('chat-mi300x', { accelerator: 'MI300X', variantCost: '9.0' }), autoscaler()];
  story = tell(
    scenarioOf(objects, {
      traffic: load([150, 1, 12], [150, 12, 12], [100, 12, 1], [200, 1, 4]),
      faults: [
        { kind: 'metrics-page', atMs: 120_000, untilMs: 160_000, pod: '.', how: 'refuses' },
        { kind: 'metrics-page', atMs: 480_000, untilMs: 500_000, pod: '.', how: 'hangs' },
      ],
    }),
  );
  const flags = { interval: '5s', record: join(folder, 'minutes.jsonl.zst'), recordMaxBytes: '8KiB', recordFiles: '100' };
  const first = await story.start('first', flags);
  await story.advance(240);
  story.world.apiServer.setFaults(() => ({ delayMs: 4000 }));
  await story.advance(30);
  story.world.apiServer.setFaults(undefined);
  story.policy({ default: 'kvCacheThreshold: 0.7\nscaleDownStabilization: 1m\n' });
  await story.advance(60);
  await first.stop();
  const second = await story.start('second', flags);
  story.create(variant('chat-late'));
  await story.advance(60);
  story.remove('variantautoscalings', 'chat-mi300x');
  await story.advance(210);
  await second.stop();
  const minutes = await replayed(readdirSync(folder).map((name) => join(folder, name)));
  expect(minutes.differences).toEqual([]);
  expect(minutes.runs).toBe(2);
  expect(minutes.cycles).toBe(first.records.length + second.records.length);
  expect([...minutes.reasons]).toEqual(expect.arrayContaining(['Demand', 'Steady', 'HeldMetricsMissing', 'SuppressedDueToConflict']));
  expect(readdirSync(folder).length).toBeGreaterThan(3);
}, 60_000);
