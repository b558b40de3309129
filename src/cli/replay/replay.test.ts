import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const golden = fileURLToPath(new URL('../../../test/golden/record.jsonl.zst', import.meta.url));
const variant = 'llm-d-inference-scheduling/qwen3-32b-a100';

describe('wva replay', () => {
  let folder: string;
  let lines: string[];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'wva-replay-'));
    lines = zstdDecompressSync(readFileSync(golden)).toString().trimEnd().split('\n');
    writeFileSync(join(folder, 'tight.yaml'), 'kvCacheThreshold: 0.5\n');
    writeFileSync(join(folder, 'empty.jsonl'), '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function replay(...args: readonly string[]): Promise<{ status: number | null; out: string; err: string }> {
    // far from where the golden record was made: another zone, another language
    const child = spawn(process.execPath, [main, 'replay', ...args], { cwd: folder, env: { PATH: process.env['PATH'], TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } });
    const said = { out: '', err: '' };
    child.stdout.on('data', (data: Buffer) => (said.out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
    const status = await new Promise<number | null>((ended) => void child.on('close', ended));
    return { status, ...said };
  }

  function record(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return name;
  }

  /** The cycle of that line with something in it replaced. */
  function changed(line: number, change: (cycle: { decisions: { desired: number; trail: { sentence: string }[] }[] }) => void): string {
    const cycle = JSON.parse(lines[line - 1] ?? '') as Parameters<typeof change>[0];
    change(cycle);
    return `${lines.with(line - 1, JSON.stringify(cycle)).join('\n')}\n`;
  }

  it('decides the golden record again, byte for byte; `npm run record:golden` renews it where the engine decides otherwise on purpose', async () => {
    const { status, out, err } = await replay(golden);
    expect(out).toMatch(/^\d+ cycles from 2026-01-31 12:00:00 to 12:01:\d\d(\.\d+)?Z, \d+ decisions, decided again\.\nEvery decision, what was remembered of it, and what was emitted are the same, byte for byte\.\n/);
    expect({ status, err }).toEqual({ status: 0, err: '' });
  });

  it('names the first places that are others, and ends with 1', async () => {
    const text = changed(10, ({ decisions }) => {
      for (const step of decisions[1]?.trail ?? []) step.sentence = 'Because.';
    });
    const { status, out } = await replay(record('other.jsonl', text), '--show', '1');
    expect(status).toBe(1);
    expect(out).toMatch(/^1 cycle came out otherwise, in [12] places?\.$/m);
    expect(out).toMatch(/^2026-01-31 .*Z, other\.jsonl, line 10 \(cycle 9\):\n {2}llm-d-inference-scheduling\/qwen3-32b-a100: decisions\[1\]\.trail\[0\]\.sentence: "[^"]+" instead of "Because\."$/m);
    expect(out).toContain('Decided again by version');
  });

  it('compares what was remembered with what the next cycle began with', async () => {
    const cycle = JSON.parse(lines[19] ?? '') as { memory: { variants: Record<string, { decidedAtMs: number }> } };
    (cycle.memory.variants[variant] as { decidedAtMs: number }).decidedAtMs -= 1000;
    const file = record('memory.jsonl', `${lines.with(19, JSON.stringify(cycle)).join('\n')}\n`);
    const { status, out } = await replay(file, '--json');
    expect(status).toBe(1);
    const found = JSON.parse(out) as { first: { line: number; differences: { path: string }[] }[]; decidedBy: { engine: string } };
    expect(found.first[0]?.line).toBe(20);
    expect(found.first[0]?.differences[0]?.path).toBe(`memory.variants["${variant}"].decidedAtMs`);
    expect(found.decidedBy.engine).toMatch(/^[0-9a-f]{16}$/);
    // a record that begins in the middle of a run has nothing before it to compare with
    const part = record('part.jsonl', `${[lines[0], ...lines.slice(12)].join('\n')}\n`);
    expect((await replay(part)).status).toBe(0);
  });

  it('can be about one variant, and about a stretch of time', async () => {
    const file = record('one.jsonl', changed(10, ({ decisions }) => void ((decisions[1] as { desired: number }).desired += 1)));
    expect((await replay(file, '--variant', variant)).status).toBe(1);
    const other = await replay(file, '--variant', 'llm-d-inference-scheduling/qwen3-32b-mi300x');
    expect(other).toMatchObject({ status: 0, out: expect.stringMatching(/^\d+ cycles .* decisions about llm-d-inference-scheduling\/qwen3-32b-mi300x, decided again/) as string });
    expect((await replay(file, '--from', '2026-01-31T12:00:50Z')).status).toBe(0);
    expect((await replay(file, '--to', '2026-01-31T11:00:00Z')).out).toMatch(/^There is no cycle to decide again\./);
  });

  it('says what another policy would have changed, which is no error', async () => {
    const file = record('nine.jsonl', changed(10, ({ decisions }) => void ((decisions[1] as { desired: number }).desired = 9)));
    const { status, out } = await replay(file, '--policy', 'tight.yaml', '--show', '99');
    expect(status).toBe(0);
    expect(out).toMatch(/decided again by another policy\.\n\d+ decisions? of \d+ would have been another number: on average \d+\.\d\d replicas more and \d+\.\d\d fewer in each cycle\.\nOpen loop/);
    expect(out).toMatch(/^2026-01-31 .*Z {2}llm-d-inference-scheduling\/qwen3-32b-a100: \d instead of 9 \(\w+\)\n {6}\S+ .*\.$/m);
    expect((await replay(golden, '--policy', 'built-in', '--json')).status).toBe(0);
  });

  it('uses what can be read of a record that is broken, and says what was not', async () => {
    const half = lines.at(-1)?.slice(0, 200) ?? '';
    expect(await replay(record('cut.jsonl', `${lines.slice(0, 20).join('\n')}\n${half}`))).toMatchObject({ status: 0, out: expect.stringContaining('cut.jsonl ends in the middle, in line 21 (its last line is not whole)') as string });
    const middle = await replay(record('middle.jsonl', `${[...lines.slice(0, 20), half, ...lines.slice(20)].join('\n')}\n`));
    expect(middle).toMatchObject({ status: 4, out: expect.stringMatching(/middle\.jsonl, line 21: a cycle as JSON was expected \(.*\)\. The line was passed over\./) as string });
    const bytes = readFileSync(golden);
    writeFileSync(join(folder, 'broken.zst'), bytes.fill(0, Math.floor(bytes.length / 2)));
    expect(await replay('broken.zst')).toMatchObject({ out: expect.stringMatching(/broken\.zst ends in the middle/) as string });
    expect((await replay('empty.jsonl')).status).toBe(1);
  });

  it('takes records from before decisions had a basis', async () => {
    const bare = lines.map((line) => {
      const { recordFormat, decisions, ...rest } = JSON.parse(line) as { recordFormat?: number; decisions?: { basis?: unknown }[] };
      return JSON.stringify(recordFormat === undefined ? { ...rest, decisions: decisions?.map(({ basis: _basis, ...decision }) => decision) } : { recordFormat: 1, ...rest });
    });
    expect((await replay(record('first.jsonl', `${bare.join('\n')}\n`))).status).toBe(0);
    // of a record that says that it has them, they are missing
    expect((await replay(record('lacking.jsonl', `${[lines[0], ...bare.slice(1)].join('\n')}\n`))).out).toMatch(/decisions\[0\]\.basis/);
  });

  it('says that a record is by another version', async () => {
    const header = JSON.parse(lines[0] ?? '') as object;
    const file = record('old.jsonl', `${lines.with(0, JSON.stringify({ ...header, version: '0.0.9', engine: '0123456789abcdef' })).join('\n')}\n`);
    const { out } = await replay(file);
    expect(out).toContain('Recorded by version 0.0.9, engine 0123456789abcdef');
    expect(out).toContain('The record is by another engine than this one, so differences may be what was changed since, and no mistake.');
    const bare = await replay(record('bare.jsonl', `${lines.slice(1).join('\n')}\n`));
    expect(bare).toMatchObject({ status: 0, out: expect.stringContaining('The record does not say who wrote it.') as string });
  });

  it('says all that is wrong with the question', async () => {
    const { status, out, err } = await replay('nowhere.jsonl', '.', '--from', 'soon', '--variant', 'chat', '--show', 'all', '--policy', 'none.yaml');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^--from is "soon"[^]*--variant is "chat"[^]*--show is "all"[^]*none\.yaml cannot be read[^]*nowhere\.jsonl cannot be read \(no such file or directory\)[^]*\. is a folder/);
  });
});
