import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const environment = { PATH: process.env['PATH'] };

function wva(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [main, 'lab', ...args], { encoding: 'utf8', timeout: 60_000, env: environment });
}

let folder: string;
let scenario: string;

function write(name: string, durationSeconds: number, more = ''): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `
name: ${name}
title: A short constant load
description: For tests.
usedInDesign: false
durationSeconds: ${durationSeconds}
models:
  - id: meta-llama/Llama-3.1-8B-Instruct
    slo: { ttftSeconds: 2, tpotSeconds: 0.1 }
    traffic:
      - { kind: constant, ratePerSecond: 1, prompt: { mean: 300 }, output: { mean: 40 } }
    variants:
      - { name: a100, profile: llama-3.1-8b-a100, minReplicas: 1, maxReplicas: 2, initialReplicas: 1, startup: { meanSeconds: 10 } }
${more}`);
  return file;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wva-lab-'));
  scenario = write('short', 60);
});

describe('wva lab run', () => {
  it('plays a grid over threads, keeps each result, and does not repeat what it has', () => {
    const out = join(folder, 'first');
    const args = ['run', '--scenario', scenario, '--policy', 'static-1', '--policy', 'static-2', '--seeds', '2', '--jobs', '2', '--out', out];
    const first = wva(...args);
    expect(first).toMatchObject({ status: 0 });
    expect(first.stderr).toContain('1 scenario, 2 policies, 2 seeds: 4 runs; 2 at a time');
    expect(first.stdout).toMatch(/^static-1 +100\.0 ±0\.0 %/m);
    // ESC: no colours in a pipe
    expect(first.stdout).not.toContain('\u001B');
    const lines = readFileSync(join(out, 'results.jsonl'), 'utf8').trim().split('\n').map((line) => JSON.parse(line) as { kind: string; seed?: number; timeline?: unknown; prepared?: unknown });
    expect(lines.filter(({ kind }) => kind === 'run').map(({ seed, timeline }) => `${seed} ${timeline !== undefined}`).toSorted()).toStrictEqual(['1 true', '1 true', '2 false', '2 false']);
    expect(lines.find(({ kind }) => kind === 'scenario')?.prepared).toMatchObject({ feasibility: { feasible: true } });

    const again = wva(...args);
    expect(again.stderr).toContain('4 runs, all of them known');
    expect(again.stdout.split('\n').filter((line) => line.startsWith('static'))).toStrictEqual(first.stdout.split('\n').filter((line) => line.startsWith('static')));
    const more = wva(...args.map((arg) => (arg === '2' ? '3' : arg)));
    expect(more.stderr).toContain('6 runs, 4 of them known');

    const page = join(folder, 'report.html');
    const compared = wva('compare', out, '--against', 'static-1', '--html', page);
    expect(compared).toMatchObject({ status: 0 });
    expect(compared.stdout).toMatch(/differences from static-1/);
    expect(readFileSync(page, 'utf8').startsWith('<!doctype html>')).toBe(true);
    const json = JSON.parse(wva('compare', out, '--json').stdout) as { scenarios: { policies: { policy: string; seeds: number[] }[] }[] };
    expect(json.scenarios[0]?.policies.map(({ policy, seeds }) => [policy, seeds])).toStrictEqual([['static-1', [1, 2, 3]], ['static-2', [1, 2, 3]]]);
  }, 60_000);

  it('splits the grid, and the parts compare as one', () => {
    const out = join(folder, 'parts');
    for (const shard of ['0/2', '1/2']) expect(wva('run', '--scenario', scenario, '--policy', 'static-*', '--seeds', '2', '--shard', shard, '--out', out, '--jobs', '1').status).toBe(0);
    for (const file of ['results-0-of-2.jsonl', 'results-1-of-2.jsonl']) expect(existsSync(join(out, file)), file).toBe(true);
    const json = JSON.parse(wva('compare', out, '--json').stdout) as { scenarios: { policies: { seeds: number[] }[] }[] };
    expect(json.scenarios[0]?.policies.map(({ seeds }) => seeds)).toStrictEqual([[1, 2], [1, 2]]);
  }, 60_000);

  it('refuses a scenario whose SLOs no static fleet meets', () => {
    const impossible = write('impossible', 60);
    writeFileSync(impossible, readFileSync(impossible, 'utf8').replace('ttftSeconds: 2', 'ttftSeconds: 0.001'));
    const { status, stderr } = wva('run', '--scenario', impossible, '--policy', 'static-1', '--seeds', '1', '--out', join(folder, 'refused'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/impossible is refused\. A generous static fleet, 2 replicas of a variant, serves 0\.00 %/);
  }, 60_000);

  it('refuses a scenario in which nothing comes, as with a trace of which no line could be read', () => {
    const silent = write('silent', 60);
    writeFileSync(join(folder, 'silent.csv'), 'time,in,out\n1,2,3\n');
    writeFileSync(silent, readFileSync(silent, 'utf8').replace(/\{ kind: constant.*/, '{ kind: trace, file: silent.csv, format: azure-2023 }'));
    const { status, stdout, stderr } = wva('run', '--scenario', silent, '--policy', 'static-1', '--seeds', '1', '--out', join(folder, 'silent'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/silent\.csv:1: the header .*expected TIMESTAMP,ContextTokens,GeneratedTokens.*\n.*silent is refused.*No request comes at all/);
    expect(stdout).not.toContain('static-1');
  }, 60_000);

  it.each([
    ['a folder for a scenario', ['run', '--scenario', tmpdir()], /The scenario .* could not be read: illegal operation on a directory\./],
    ['a file for a folder of results', ['run', '--scenario', 'ramp', '--policy', 'static-8', '--out', main], /main\.ts.* cannot be written: .*--out names another folder/],
  ] as const)('says so when it is given %s', (_, args, expected) => {
    const { status, stderr } = wva(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr).not.toContain('    at ');
  }, 60_000);

  it('plays a law with another number under another name', () => {
    const out = join(folder, 'set');
    expect(wva('run', '--scenario', scenario, '--policy', 'slo-aware', '--set', 'slo-aware.upThreshold=0.3', '--seeds', '1', '--out', out).stdout).toMatch(/slo-aware\[upThreshold=0\.3/);
  }, 60_000);

  it('ends cleanly on Ctrl-C, says how to go on, and goes on', async () => {
    const long = write('long', 20_000);
    const out = join(folder, 'stopped');
    const args = ['lab', 'run', '--scenario', long, '--policy', 'static-1', '--seeds', '40', '--jobs', '1', '--out', out];
    const child = spawn(process.execPath, [main, ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    const file = join(out, 'results.jsonl');
    const runs = (): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter((line) => line.startsWith('{"kind":"run"') && line.endsWith('}')).length : 0);
    await expect.poll(runs, { timeout: 40_000, interval: 50 }).toBeGreaterThan(0);
    child.kill('SIGINT');
    const status = await new Promise<number | null>((resolve) => child.once('exit', resolve));
    expect(status).toBe(130);
    expect(said).toMatch(/Stopped: \d+ runs? w(?:as|ere) added to .*, \d+ are left\. The same command goes on from there\./);
    const kept = runs();
    expect(kept).toBeLessThan(40);
    const again = wva('run', '--scenario', long, '--policy', 'static-1', '--seeds', String(kept), '--jobs', '1', '--out', out);
    expect(again.stderr).toMatch(new RegExp(`: ${kept} runs?, all of them known`));
  }, 60_000);
});

describe('what cannot be understood', () => {
  it.each([
    [['run', '--scenario', 'rmap'], /There is no scenario "rmap"\. Did you mean ramp/],
    [['run', '--scenario', './nowhere.yaml'], /There is no file \.\/nowhere\.yaml/],
    [['run', '--scenario', 'ramp', '--policy', 'hap'], /There is no policy "hap"\. Did you mean hpa/],
    [['run', '--scenario', 'ramp', '--shard', '8/8'], /--shard is "8\/8".*7\/8 the last/],
    [['run', '--scenario', 'ramp', '--set', 'x'], /--set is "x", and must be/],
    [['run', '--scenario', 'ramp', '--policy', 'hpa', '--set', 'hpa.nonsense=1'], /no setting nonsense; it has/],
    [['run', '--scenario', 'ramp', '--policy', 'static-1', '--set', 'hpa.x=1'], /--set names hpa, which is not among/],
    [['list', 'policys'], /Did you mean policies/],
    [['compare', '/nowhere/at/all'], /there is no such file or folder; expected results of wva lab run/],
  ])('%j is said in a sentence, with status 2', (args, sentence) => {
    const { status, stderr } = wva(...args);
    expect(status).toBe(2);
    expect(stderr).toMatch(sentence);
  });

  it('says all problems at once', () => {
    const bad = write('bad', 60, '\nnonsense: 1\n');
    const { status, stderr } = wva('run', '--scenario', 'rmap', '--scenario', bad, '--seeds', 'x', '--shard', '3');
    expect(status).toBe(2);
    for (const part of [/--seeds is "x"/, /--shard is "3"/, /"rmap"/, /bad\.yaml:\d+: nonsense/]) expect(stderr).toMatch(part);
  });

  it('keeps what can be read of a broken results file, and ends with status 1', () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(file, `${readFileSync(join(folder, 'first', 'results.jsonl'), 'utf8')}{"kind":"run",\n`);
    const { status, stdout, stderr } = wva('compare', file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/broken\.jsonl, line \d+: it is not JSON/);
    expect(stdout).toMatch(/^static-1 /m);
  });
});

describe('wva lab list', () => {
  it('shows scenarios, policies and profiles, and everything that is known of them as JSON', () => {
    const { stdout, status } = wva('list');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ramp +\d+ min/m);
    expect(stdout).toMatch(/^slo-aware +peer/m);
    expect(stdout).toMatch(/^qwen3-32b-h100-tp2 .*2 × H100/m);
    const json = JSON.parse(wva('list', 'policies', '--json').stdout) as { policies: { name: string; settings: object }[] };
    expect(json.policies.find(({ name }) => name === 'slo-aware')?.settings).toHaveProperty('upThreshold', 0.55);
  });
});
