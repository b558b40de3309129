import { availableParallelism } from 'node:os';
import { codeFingerprint, currentRuns, parseShard, planGrid, readResults, summarize, type Grid, type Shard } from '../../lab/runs/index.ts';
import { asTyped } from './as-typed.ts';
import { choosePolicies, chooseScenarios, readSettings, scenariosOfGrid, traceFolders, withTraces, type ChosenScenario, type Settings } from './choose.ts';
import { defaultFolder } from './folder.ts';
import { playGrid } from './play-grid.ts';
import { legend, summaryTable } from './summary-table.ts';

interface RunFlags {
  readonly scenario?: readonly string[];
  readonly policy?: readonly string[];
  readonly seeds?: string;
  readonly out?: string;
  readonly shard?: string;
  readonly jobs?: string;
  readonly traces?: readonly string[];
  readonly set?: readonly string[];
  readonly timelines?: boolean;
  readonly unchecked?: boolean;
}

/** What the flags say, once all of them could be understood. */
interface Plan {
  readonly scenarios: readonly ChosenScenario[];
  readonly policies: readonly string[];
  readonly settings: Settings;
  readonly seeds: readonly number[];
  readonly folder: string;
  readonly shard?: Shard;
  readonly jobs: number;
  readonly timelines: boolean;
  readonly unchecked: boolean;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** `wva lab run`. Resolves to the exit status: 0 all was played, 1 something was not, 2 it was not understood, 130 it was stopped. */
export async function run(flags: RunFlags): Promise<number> {
  const plan = planFrom(flags);
  if (Array.isArray(plan)) {
    for (const problem of plan) say(problem);
    return 2;
  }
  const { scenarios, missing } = withTraces(plan.scenarios);
  for (const { sentence } of missing) say(sentence);
  if (missing.some(({ named }) => named)) return 2;
  if (scenarios.length === 0) {
    say('That leaves no scenario: nothing was played.');
    return 2;
  }
  const problems: string[] = [];
  const grid = planGrid({
    scenarios: scenariosOfGrid(scenarios),
    policies: (scenario) => {
      const chosen = choosePolicies(plan.policies, plan.settings, scenario);
      if (chosen.ok) return chosen.value;
      problems.push(...chosen.problems);
      return [];
    },
    seeds: plan.seeds,
    code: codeFingerprint(),
    timelines: plan.timelines,
    ...(plan.shard !== undefined && { shard: plan.shard }),
  });
  if (problems.length > 0) {
    for (const problem of new Set(problems)) say(problem);
    return 2;
  }
  const { status, results } = await playGrid({ ...plan, grid });
  if (results > 0) await showSummary(plan.folder, grid);
  return status;
}

function planFrom(flags: RunFlags): Plan | string[] {
  const problems: string[] = [];
  const count = (name: string, text: string, highest: number): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > highest) problems.push(`--${name} is ${JSON.stringify(text)}, and must be a whole number from 1 to ${highest}.`);
    return number;
  };
  const seeds = count('seeds', flags.seeds ?? '10', 10_000);
  const jobs = flags.jobs === undefined ? availableParallelism() : count('jobs', flags.jobs, 1024);
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard);
  if (flags.shard !== undefined && shard === undefined) {
    problems.push(`--shard is ${JSON.stringify(flags.shard)}, and must be a part and how many parts there are, counted from 0: 0/8 is the first of eight, 7/8 the last.`);
  }
  const scenarios = chooseScenarios(flags.scenario ?? [], traceFolders(flags.traces));
  if (!scenarios.ok) problems.push(...scenarios.problems);
  const settings = readSettings(flags.set ?? []);
  if (!settings.ok) problems.push(...settings.problems);
  if (problems.length > 0 || !scenarios.ok || !settings.ok) return problems;
  return {
    scenarios: scenarios.value,
    policies: flags.policy ?? [],
    settings: settings.value,
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    folder: flags.out ?? defaultFolder,
    jobs,
    timelines: flags.timelines === true,
    unchecked: flags.unchecked === true,
    ...(shard !== undefined && { shard }),
  };
}

async function showSummary(folder: string, grid: Grid): Promise<void> {
  const { results: { runs, policies, refusals }, notes } = currentRuns(await readResults([folder]), codeFingerprint());
  for (const note of notes) say(note);
  const wanted = new Map(grid.scenarios.map(({ hash, scenario }) => [hash, scenario]));
  const families = new Map([...policies.values()].map(({ policy }) => [policy.name, policy.family]));
  for (const summary of summarize(runs.filter(({ scenarioHash }) => wanted.has(scenarioHash)), families)) {
    const scenario = [...wanted.values()].find(({ name }) => name === summary.scenario);
    const own = refusals.filter((refusal) => refusal.scenario === summary.scenario);
    process.stdout.write(`\n${summaryTable(summary, { refusals: own, ...(scenario !== undefined && { scenario }) })}`);
  }
  process.stdout.write(`\n${legend.join('\n')}\n\nThe report: ${asTyped('lab compare')} ${folder} --html report.html\n`);
}
