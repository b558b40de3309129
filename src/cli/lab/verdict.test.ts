import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { RunLine } from '../../lab/runs/index.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'wva-verdict-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function verdict(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, 'lab', 'verdict', ...args], { encoding: 'utf8', timeout: 60_000, env: { PATH: process.env['PATH'] } });
}

const small = '{ name: small, profile: llama-3.1-8b-l40s, minReplicas: 1, maxReplicas: 4, initialReplicas: 1, startup: { meanSeconds: 10 } }';
const large = '{ name: large, profile: llama-3.1-8b-h100, minReplicas: 0, maxReplicas: 2, initialReplicas: 0, startup: { meanSeconds: 10 } }';

function write(name: string, variants: readonly string[]): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `
name: ${name}
title: A short load
description: For tests.
usedInDesign: ${name === 'ramp'}
durationSeconds: 120
models:
  - id: meta-llama/Llama-3.1-8B-Instruct
    slo: { ttftSeconds: 2, tpotSeconds: 0.1 }
    traffic:
      - { kind: stages, stages: [{ seconds: 60, ratePerSecond: 1 }, { seconds: 60, ratePerSecond: 5 }], prompt: { mean: 1000 }, output: { mean: 200 } }
    variants:
      - ${variants.join('\n      - ')}
`);
  return file;
}

const out = join(folder, 'results');
const scenarios = ['--scenario', write('ramp', [small]), '--scenario', write('choice', [small, large])];
const args = [...scenarios, '--seeds', '2', '--jobs', '1', '--out', out, '--others', 'static-1', '--others', 'slo-aware', '--others', 'clairvoyant@1.00*'];

function result(text: string): Record<string, number> {
  const last = text.trim().split('\n').at(-1) ?? '';
  expect(last).toMatch(/^RESULT /);
  return JSON.parse(last.slice(7)) as Record<string, number>;
}

function kept(file: string): readonly RunLine[] {
  return readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as RunLine).filter(({ kind }) => kind === 'run');
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('wva lab verdict', () => {
  test('plays ours and others, with one variant only too, judges what it kept, and does not play it twice', () => {
    const first = verdict(...args);
    expect(first).toMatchObject({ status: 0 });
    const found = result(first.stdout);
    const runs = kept(join(out, 'results.jsonl'));
    const scores = (scenario: string, policy: string): RunLine['scores'][] => runs.filter((run) => run.scenario === scenario && run.policy === policy).map((run) => run.scores);
    expect(new Set(runs.map(({ policy }) => policy))).toEqual(new Set(['wva', 'static-1', 'slo-aware', 'clairvoyant@1.00/30s', 'clairvoyant@1.00/60s', 'clairvoyant@1.00/30s/cheapest-first', 'clairvoyant@1.00/60s/cheapest-first']));
    expect(scores('ramp', 'wva').length).toBe(2);
    expect(found).toMatchObject({ bench: 'verdict', scenarios: 2, seeds: 2 });
    expect(found['rampAttainment']).toBeCloseTo(mean(scores('ramp', 'wva').map(({ attainment }) => attainment)), 4);
    expect(found['rampReplicas']).toBeCloseTo(mean(scores('ramp', 'wva').map(({ averageReplicas }) => averageReplicas)), 4);
    expect(found['twoAcceleratorCostOfLeast']).toBeCloseTo(mean(scores('choice', 'wva').map(({ money, leastMoney }) => money / leastMoney)), 4);
    expect(found['goodputPerMoney']).toBeGreaterThan(0);
    expect(new Set(kept(join(out, 'one-variant', 'results.jsonl')).map(({ scenario }) => scenario))).toEqual(new Set(['choice-only-small', 'choice-only-large']));
    for (const said of ['The published ramp', 'No policy of another system', 'Goodput per money', 'Several accelerators', 'Constant load with noise', 'Metrics lost']) expect(first.stdout).toContain(said);

    const again = verdict(...scenarios, '--seeds', '2', '--jobs', '1', '--out', out, '--ours-only');
    expect(again.stderr).toContain('4 runs, all of them known');
    expect(result(again.stdout)).toEqual(found);
  }, 120_000);

  test('says what it cannot understand', () => {
    expect(verdict('--seeds', 'ten', '--others', 'hpa', '--ours-only')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/--seeds is "ten"[^\n]*\n--ours-only plays no other policy/) as string });
    expect(verdict(...scenarios, '--others', 'nobody')).toMatchObject({ status: 2, stdout: '' });
  });
});
