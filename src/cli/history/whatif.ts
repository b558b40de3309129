import { axes, judge, playPolicies, replay, type Axis, type AxisVerdict, type Figures, type Ledger, type ReplayPolicy } from '../../lab/history/index.ts';
import { loadTraces, unavailable } from '../../lab/scenario/index.ts';
import { chooseScenarios, traceFolders } from '../lab/choose.ts';
import { missRules, type MissFlags } from './flags.ts';
import { BadInput } from './bad-input.ts';
import { openHistory, type HistoryFlags } from './open.ts';
import { readPolicyFile } from './policy-file.ts';
import { createProgressLine, type ProgressLine } from './progress-line.ts';
import { exitStatus, status, stopped, untilStopped } from './status.ts';
import { historyTables, historyWhatifJson, scenarioTables, verdictLines } from './whatif-summary.ts';

export interface WhatifFlags extends HistoryFlags, MissFlags {
  readonly policy?: readonly string[];
  readonly scenario?: string;
  readonly seeds: string;
  readonly traces?: readonly string[];
  readonly tolerance: string;
  readonly judge?: string;
  readonly json?: boolean;
}

interface Question {
  readonly policies: readonly ReplayPolicy[];
  readonly tolerance: number;
  readonly judged: readonly Axis[];
}

/** `wva whatif`. Resolves to the exit status, see docs/guides/backtest.md. */
export async function whatif(flags: WhatifFlags & Readonly<Record<string, unknown>>): Promise<number> {
  const signal = untilStopped();
  const progress = createProgressLine(process.stderr, () => performance.now());
  try {
    const problems: string[] = [];
    const question = await questionOf(flags, problems);
    return flags.scenario === undefined ? await onHistory(flags, question, problems, progress, signal) : await onScenario(flags, flags.scenario, question, problems, signal);
  } catch (error) {
    progress.end();
    return stopped(error, signal);
  }
}

async function questionOf(flags: WhatifFlags, problems: string[]): Promise<Question> {
  const files = flags.policy ?? [];
  if (files.length !== 2) problems.push(`--policy is given ${files.length} times, and must be given twice: the policy that is, and the one that might be. built-in is the one of who has written none.`);
  const policies: ReplayPolicy[] = [];
  for (const file of files) {
    const read = await readPolicyFile(file);
    if (!read.ok) problems.push(...read.problems);
    else {
      for (const warning of read.warnings) process.stderr.write(`${warning}\n`);
      policies.push(read);
    }
  }
  const percent = /^\d+(\.\d+)?$/.test(flags.tolerance) ? Number(flags.tolerance) : undefined;
  if (percent === undefined) problems.push(`--tolerance is ${JSON.stringify(flags.tolerance)}, and must be a number of per cent, such as 2.`);
  const judged = (flags.judge ?? axes.join(',')).split(',').map((name) => name.trim());
  for (const name of judged) if (!axes.some((axis) => axis === name)) problems.push(`--judge names ${JSON.stringify(name)}, and may name ${axes.join(', ')}.`);
  return { policies, tolerance: (percent ?? 0) / 100, judged: axes.filter((axis) => judged.includes(axis)) };
}

async function onHistory(flags: WhatifFlags & Readonly<Record<string, unknown>>, { policies, tolerance, judged }: Question, problems: string[], progress: ProgressLine, signal: AbortSignal): Promise<number> {
  const misses = missRules(flags, problems);
  const opened = await openHistory(flags, progress, signal).catch((error: unknown) => {
    if (error instanceof BadInput) problems.push(...error.problems);
    else throw error;
  });
  if (problems.length > 0 || !opened) throw new BadInput(problems);
  const { history } = opened;
  try {
    const result = await replay(history, { policies, misses }, signal);
    progress.end();
    if (result.cycles === 0) return exitStatus(result, history);
    const [first, second] = result.ledgers;
    const verdicts = first && second ? judge(figuresOf(first.ledger), figuresOf(second.ledger), tolerance, judged) : [];
    if (flags.json) process.stdout.write(`${JSON.stringify(historyWhatifJson(result, history, verdicts), null, 2)}\n`);
    else process.stdout.write(`${[...historyTables(result, history), '', ...verdictLines(verdicts, tolerance)].join('\n')}\n`);
    return verdicts.some(({ isWorse }) => isWorse) ? status.worse : exitStatus(result, history);
  } finally {
    await opened.close();
  }
}

async function onScenario(flags: WhatifFlags, name: string, { policies, tolerance, judged }: Question, problems: string[], signal: AbortSignal): Promise<number> {
  for (const other of ['prometheus', 'record'] as const) if (flags[other] !== undefined) problems.push(`--scenario and --${other} are both set, and policies are compared on one of them.`);
  const seeds = /^\d+$/.test(flags.seeds) ? Number(flags.seeds) : 0;
  if (seeds < 1 || seeds > 1000) problems.push(`--seeds is ${JSON.stringify(flags.seeds)}, and must be a whole number from 1 to 1000.`);
  const chosen = chooseScenarios([name], traceFolders(flags.traces));
  if (!chosen.ok) problems.push(...chosen.problems);
  else if (chosen.value.length !== 1) problems.push(`--scenario ${JSON.stringify(name)} means ${chosen.value.length} scenarios (${chosen.value.map(({ scenario }) => scenario.name).join(', ')}), and must mean one.`);
  const one = chosen.ok ? chosen.value[0] : undefined;
  const lacking = one && unavailable(one.scenario, one.folders);
  if (lacking !== undefined) problems.push(lacking);
  if (problems.length > 0 || !one) throw new BadInput(problems);
  const { scenario, folders } = one;
  const { trace: traces, problems: unread } = loadTraces(scenario, folders);
  for (const problem of unread) process.stderr.write(`${problem}\n`);
  const played = await playPolicies({ scenario, policies, seeds, traces, onRun: sayRun }, signal);
  const [first, second] = played;
  const verdicts: AxisVerdict[] = first && second ? judge(first, second, tolerance, judged) : [];
  if (flags.json) process.stdout.write(`${JSON.stringify({ format: 1, scenario: scenario.name, policies: played, verdicts }, null, 2)}\n`);
  else process.stdout.write(`${[...scenarioTables(scenario, played), '', ...verdictLines(verdicts, tolerance)].join('\n')}\n`);
  return verdicts.some(({ isWorse }) => isWorse) ? status.worse : status.well;
}

function figuresOf({ decided, misses }: Ledger): Figures {
  return { money: decided.money, flaps: decided.flaps, misses: misses.decided, requests: misses.requests };
}

function sayRun(done: number, of: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of} runs${done === of ? '\n' : ''}`);
}
