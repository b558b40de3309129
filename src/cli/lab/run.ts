import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { errorText } from '../../base/index.ts';
import {
  codeFingerprint, currentRuns, openResultsFile, parseShard, performRuns, planGrid, readResults, startWorkers, summarize, traceFingerprint,
  type Grid, type PlannedRun, type Prepared, type Results, type ResultsFile, type Shard, type Workers,
} from '../../lab/runs/index.ts';
import { unavailable } from '../../lab/scenario/index.ts';
import { asTyped } from './as-typed.ts';
import { choosePolicies, chooseScenarios, readSettings, traceFolders, type ChosenScenario, type Settings } from './choose.ts';
import { counted } from './figures.ts';
import { createProgressView } from './progress-view.ts';
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
    scenarios: scenarios.map(({ scenario, folders }) => {
      const traces = traceFingerprint(scenario, folders);
      return { scenario, traceFolders: folders, ...(traces !== undefined && { traces }) };
    }),
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
  return await play(plan, grid);
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
    folder: flags.out ?? 'lab-results',
    jobs,
    timelines: flags.timelines === true,
    unchecked: flags.unchecked === true,
    ...(shard !== undefined && { shard }),
  };
}

/** Scenarios whose traces are there, and a sentence for each of the others. */
function withTraces(chosen: readonly ChosenScenario[]): { scenarios: readonly ChosenScenario[]; missing: readonly { sentence: string; named: boolean }[] } {
  const missing = chosen.flatMap(({ scenario, folders, named }) => {
    const why = unavailable(scenario, folders);
    return why === undefined ? [] : [{ name: scenario.name, sentence: `${scenario.name} is not played: ${why}`, named }];
  });
  const names = new Set(missing.map(({ name }) => name));
  return { scenarios: chosen.filter(({ scenario }) => !names.has(scenario.name)), missing };
}

/** Plays what is not yet in the folder, and shows what is then. */
async function play(plan: Plan, grid: Grid): Promise<number> {
  const { shard, folder } = plan;
  const path = join(folder, shard === undefined ? 'results.jsonl' : `results-${shard.index}-of-${shard.count}.jsonl`);
  const stop = new AbortController();
  let unwritten: unknown;
  let file: ResultsFile;
  try {
    file = stoppingAtFailure(openResultsFile(path), (error) => {
      unwritten = error;
      stop.abort(error);
    });
  } catch (error) {
    say(`${path} cannot be written: ${errorText(error)}. Results are kept there; --out names another folder.`);
    return 2;
  }
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Error('stopped'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const workers = startWorkers(plan.jobs);
  stop.signal.addEventListener('abort', () => void workers.close());
  try {
    if (file.dropped > 0) say(`${path}: its last line was cut off (${file.dropped} bytes), as by a crash in the middle of a write. It is dropped; that run is done again.`);
    const before = await readResults([folder]);
    for (const problem of before.problems) say(problem);
    const todo = remaining(grid.runs, before);
    const known = grid.runs.length - todo.length;
    say(`${counted(grid.scenarios.length, 'scenario')}, ${counted(grid.policies.length, 'policy', 'policies')}, ${counted(plan.seeds.length, 'seed')}: ${counted(grid.runs.length, 'run')}`
      + `${shard === undefined ? '' : ` in part ${shard.index} of ${shard.count}`}${known === 0 ? '' : known === grid.runs.length ? ', all of them known' : `, ${known} of them known`}; ${plan.jobs} at a time, kept in ${path}.`);
    const prepared = await prepare(plan, grid, todo, before, file, workers, stop.signal);
    const playable = todo.flatMap((planned) => {
      const facts = prepared.get(planned.scenarioHash);
      return facts === undefined ? [] : [{ ...planned, capacities: facts.capacities }];
    });
    const { failed, done } = await playAll(playable, plan.jobs, workers, file, stop.signal);
    if (unwritten !== undefined) {
      say(`${path} cannot be written: ${errorText(unwritten)}. What was in it is kept, and nothing more is played. The same command goes on from there.`);
      return 1;
    }
    if (stop.signal.aborted) {
      say(`Stopped: ${counted(done, 'run')} ${done === 1 ? 'was' : 'were'} added to ${path}, ${todo.length - done} are left. The same command goes on from there.`);
      return 130;
    }
    for (const { run: { scenario, policy, seed }, error } of failed.slice(0, 10)) say(`${scenario.name}, ${policy}, seed ${seed} failed: ${errorText(error)}`);
    if (failed.length > 10) say(`... and ${failed.length - 10} more.`);
    if (failed.length > 0) say('Failed runs are not kept; the same command tries them again.');
    if (known + done > 0) await showSummary(folder, grid);
    return done < todo.length ? 1 : 0;
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    file.close();
    await workers.close();
  }
}

/** A result that cannot be kept need not be played: the first failure is told, and later lines are let go. */
function stoppingAtFailure(file: ResultsFile, onFailure: (error: unknown) => void): ResultsFile {
  let failed = false;
  return {
    ...file,
    append(line) {
      if (failed) return;
      try {
        file.append(line);
      } catch (error) {
        failed = true;
        onFailure(error);
      }
    },
  };
}

async function playAll(todo: readonly PlannedRun[], jobs: number, workers: Workers, file: ResultsFile, signal: AbortSignal): ReturnType<typeof performRuns> {
  const view = createProgressView(process.stderr, () => performance.now());
  try {
    return await performRuns({
      runs: todo,
      jobs,
      signal,
      perform: async (run) => await workers.perform(run),
      keep: (line) => {
        file.append(line);
      },
      onProgress: (progress) => {
        view.show(progress);
      },
    });
  } finally {
    view.end();
  }
}

/** Those whose result is not there, or is there without the time line that is wanted. */
function remaining(runs: readonly PlannedRun[], { runs: known }: Results): readonly PlannedRun[] {
  const there = new Map(known.map((line) => [line.fingerprint, line]));
  return runs.filter(({ fingerprint, timeline }) => {
    const result = there.get(fingerprint);
    return result === undefined || (timeline && result.timeline === undefined);
  });
}

/**
 * Writes what is played and by whom, and finds out what is the same for all runs of a scenario.
 *
 * @returns By scenario hash; those that cannot be played are not in it.
 */
async function prepare(plan: Plan, grid: Grid, todo: readonly PlannedRun[], before: Results, file: ResultsFile, workers: Workers, signal: AbortSignal): Promise<ReadonlyMap<string, Prepared>> {
  for (const line of grid.policies) if (!before.policies.has(line.hash)) file.append(line);
  const refused = new Set(before.refusals.map(({ scenario, policy, why }) => `${scenario}\n${policy}\n${why}`));
  for (const line of grid.refusals) if (!refused.has(`${line.scenario}\n${line.policy}\n${line.why}`)) file.append(line);
  const prepared = new Map<string, Prepared>();
  const first = new Map(todo.map((planned) => [planned.scenarioHash, planned]));
  const unknown = grid.scenarios.filter(({ hash }) => first.has(hash) && before.scenarios.get(hash)?.prepared?.code !== first.get(hash)?.code).length;
  if (unknown > 0) say(`First: whether ${unknown === 1 ? 'its SLOs' : `the SLOs of ${unknown} scenarios`} can be met, and what one replica carries.`);
  await Promise.all(grid.scenarios.map(async (line) => {
    const planned = first.get(line.hash);
    if (planned === undefined) return;
    const { name } = line.scenario;
    const known = before.scenarios.get(line.hash)?.prepared;
    try {
      const facts = known?.code === planned.code ? known : await workers.prepare(line.scenario, planned.traceFolders ?? [], planned.code);
      if (facts !== known) file.append({ ...line, prepared: facts });
      for (const problem of facts.traceProblems) say(problem);
      const { feasible, why = '' } = facts.feasibility;
      if (feasible || plan.unchecked) prepared.set(line.hash, facts);
      else say(`${name} is refused. ${why} --unchecked plays it all the same.`);
    } catch (error) {
      if (!signal.aborted) say(`${name} is not played, because preparing it failed: ${errorText(error)}`);
    }
  }));
  return prepared;
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
