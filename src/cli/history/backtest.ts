import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { replay } from '../../lab/history/index.ts';
import { missRules, type MissFlags } from './flags.ts';
import { BadInput } from './bad-input.ts';
import { openHistory, type HistoryFlags } from './open.ts';
import { builtIn, readPolicyFile } from './policy-file.ts';
import { createProgressLine } from './progress-line.ts';
import { backtestJson, backtestSummary } from './summary.ts';
import { exitStatus, stopped, untilStopped } from './status.ts';

export interface BacktestFlags extends HistoryFlags, MissFlags {
  readonly policy?: string;
  readonly json?: boolean;
}

/** `wva backtest`. Resolves to the exit status, see docs/guides/backtest.md. */
export async function backtest(flags: BacktestFlags & Readonly<Record<string, unknown>>): Promise<number> {
  const signal = untilStopped();
  const progress = createProgressLine(process.stderr, () => performance.now());
  try {
    const problems: string[] = [];
    const misses = missRules(flags, problems);
    const read = await readPolicyFile(flags.policy ?? builtIn);
    if (!read.ok) problems.push(...read.problems);
    const opened = await openHistory(flags, progress, signal).catch((error: unknown) => {
      if (error instanceof BadInput) problems.push(...error.problems);
      else throw error;
    });
    if (problems.length > 0 || !opened || !read.ok) throw new BadInput(problems);
    for (const warning of read.warnings) process.stderr.write(`${warning}\n`);
    const { history } = opened;
    await mkdir(flags.out, { recursive: true });
    const decisions = createWriteStream(join(flags.out, 'decisions.jsonl'));
    // told when it is finished; until then nobody would listen
    decisions.on('error', () => {});
    try {
      const onDecision = (_policy: string, { atMs, ...decision }: { readonly atMs: number }): void => void decisions.write(`${JSON.stringify({ at: new Date(atMs).toISOString(), ...decision })}\n`);
      const result = await replay(history, { policies: [{ name: read.name, policy: read.policy }], misses, onDecision }, signal);
      progress.end();
      decisions.end();
      await finished(decisions);
      // a table of noughts would read like a result
      if (result.cycles === 0) return exitStatus(result, history);
      const json = `${JSON.stringify(backtestJson(result, history), null, 2)}\n`;
      await writeFile(join(flags.out, 'backtest.json'), json);
      if (flags.json) process.stdout.write(json);
      else process.stdout.write(`${backtestSummary(result, history).join('\n')}\n\nEvery change of a decision is in ${join(flags.out, 'decisions.jsonl')}, all figures in ${join(flags.out, 'backtest.json')}.\n`);
      return exitStatus(result, history);
    } finally {
      decisions.end();
      await Promise.all([finished(decisions).catch(() => {}), opened.close()]);
    }
  } catch (error) {
    progress.end();
    return stopped(error, signal);
  }
}
