import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { madeRun, madeScenario } from '../../../test/support/lab/made-results.ts';
import { openResultsFile, readResults, ResultsError } from './results-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wva-results-'));
});

function write(name: string, ...runs: readonly ReturnType<typeof madeRun>[]): string {
  const file = openResultsFile(join(folder, name));
  for (const run of runs) file.append(run);
  file.close();
  return join(folder, name);
}

describe('a results file', () => {
  it('gives back what was written, and makes its folder', async () => {
    const scenario = { kind: 'scenario', hash: 'h', scenario: madeScenario('ramp') } as const;
    const policy = { kind: 'policy', hash: 'p', policy: { name: 'hpa', family: 'peer', title: 't', source: 's', settings: { target: 0.7 } } } as const;
    const refusal = { kind: 'refusal', scenario: 'ramp', policy: 'kpa', why: 'because' } as const;
    const run = madeRun('ramp', 'hpa', 1);
    const file = openResultsFile(join(folder, 'deep', 'results.jsonl'));
    for (const line of [scenario, policy, refusal, run]) file.append(line);
    file.close();
    const results = await readResults([join(folder, 'deep')]);
    expect(results).toMatchObject({ runs: [run], refusals: [refusal], problems: [] });
    expect(results.scenarios.get('h')).toStrictEqual(scenario);
    expect(results.policies.get('p')).toStrictEqual(policy);
  });

  it('loses one run and no other when a crash cuts a line off', async () => {
    const path = write('results.jsonl', madeRun('ramp', 'hpa', 1), madeRun('ramp', 'hpa', 2));
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, whole.slice(0, -20));
    const file = openResultsFile(path);
    expect(file.dropped).toBeGreaterThan(100);
    file.append(madeRun('ramp', 'hpa', 3));
    file.close();
    const { runs, problems } = await readResults([path]);
    expect(runs.map(({ seed }) => seed)).toStrictEqual([1, 3]);
    expect(problems).toStrictEqual([]);
  });

  it('finds the end of the last whole line behind a cut line longer than a block', () => {
    const path = write('results.jsonl', madeRun('ramp', 'hpa', 1));
    const before = readFileSync(path, 'utf8');
    appendFileSync(path, 'x'.repeat(200_000));
    const file = openResultsFile(path);
    file.close();
    expect(file.dropped).toBe(200_000);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('says file, line and what was expected of a line that is broken, and keeps the others', async () => {
    const path = write('results.jsonl', madeRun('ramp', 'hpa', 1));
    appendFileSync(path, `{"kind":"run","half":\n${JSON.stringify({ ...madeRun('ramp', 'hpa', 2), scores: { requests: 'many' } })}\n\n`);
    appendFileSync(path, `${JSON.stringify(madeRun('ramp', 'hpa', 3))}\n`);
    const { runs, problems } = await readResults([path]);
    expect(runs.map(({ seed }) => seed)).toStrictEqual([1, 3]);
    expect(problems).toStrictEqual([
      `${path}, line 2: it is not JSON; expected one result as JSON. The line is left out, the others are kept.`,
      expect.stringMatching(/line 3: scores\.requests: .*expected number/),
    ]);
  });

  it('says of a file of something else only that, and of kinds and formats of another version what they are', async () => {
    const other = join(folder, 'notes.jsonl');
    appendFileSync(other, `name: a\n${'- b\n'.repeat(40)}`);
    expect((await readResults([other])).problems).toStrictEqual([`${other}: none of its 41 lines is a result; expected a file that wva lab run wrote. It is left out.`]);
    const path = write('results.jsonl', madeRun('ramp', 'hpa', 1));
    appendFileSync(path, `{"kind":"verdict"}\n${'{"kind":"run","format":2}\n'.repeat(12)}`);
    const { runs, problems } = await readResults([path]);
    expect(runs).toHaveLength(1);
    expect(problems).toHaveLength(11);
    expect(problems[0]).toContain('line 2: its kind is "verdict", and not scenario, policy, refusal or run');
    expect(problems[1]).toContain('line 3: its format is 2, and this version reads format 1');
    expect(problems[10]).toBe(`${path}: 3 more lines could not be read, and are left out.`);
  });

  it('merges the files of a folder, the later run with one fingerprint wins and is the newest', async () => {
    write('results-0-of-2.jsonl', madeRun('ramp', 'hpa', 1, { money: 1 }), madeRun('ramp', 'hpa', 2));
    write('results-1-of-2.jsonl', madeRun('ramp', 'hpa', 1, { money: 5 }));
    const { runs } = await readResults([folder]);
    expect(runs.map(({ seed, scores }) => [seed, scores.money])).toStrictEqual([[2, 20], [1, 5]]);
  });

  it('keeps what is known of a scenario when a later line knows less', async () => {
    const file = openResultsFile(join(folder, 'results.jsonl'));
    const line = { kind: 'scenario', hash: 'h', scenario: madeScenario('ramp') } as const;
    file.append({ ...line, prepared: { code: 'c', feasibility: { feasible: true, staticReplicas: 8, attainment: 1 }, capacities: {}, traceProblems: [] } });
    file.append(line);
    file.close();
    expect((await readResults([folder])).scenarios.get('h')?.prepared?.feasibility.feasible).toBe(true);
  });

  it('cannot be read where there is none', async () => {
    await expect(readResults([join(folder, 'nowhere')])).rejects.toThrow(ResultsError);
    await expect(readResults([folder])).rejects.toThrow(/no \*\.jsonl/);
  });
});
