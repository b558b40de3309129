import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { codeFingerprint, currentRuns, namedPolicy, planGrid, readResults, type ChosenPolicy, type Grid, type Results } from '../../lab/runs/index.ts';
import type { ExperimentScenario } from '../../lab/scenario/index.ts';
import { goesSilent, judge, judgedPolicy, oneVariantScenarios, playedScenarios, playSilence, type PlayedScenario, type Silence } from '../../lab/verdict/index.ts';
import { choosePolicies, chooseScenarios, scenariosOfGrid, traceFolders, withTraces, type Chosen, type ChosenScenario } from './choose.ts';
import { defaultFolder } from './folder.ts';
import { playGrid } from './play-grid.ts';
import { resultLine, verdictText } from './verdict-text.ts';

interface VerdictFlags {
  readonly scenario?: readonly string[];
  readonly seeds?: string;
  readonly out?: string;
  readonly jobs?: string;
  readonly traces?: readonly string[];
  readonly others?: readonly string[];
  readonly oursOnly?: boolean;
}

interface Plan {
  readonly scenarios: readonly ChosenScenario[];
  readonly seeds: readonly number[];
  readonly folder: string;
  readonly jobs: number;
  /** Names and patterns of the policies that are played beside ours; none: every one. */
  readonly others: readonly string[];
  readonly oursOnly: boolean;
}

/** What was made of a scenario by allowing one of its variants only. */
interface Alone {
  readonly of: string;
  readonly variant: string;
  readonly chosen: ChosenScenario;
}

/** `wva lab verdict`. Resolves to the exit status: 0 all was played and judged, whatever the verdict, 1 something was not, 2 it was not understood, 130 it was stopped. */
export async function verdict(flags: VerdictFlags): Promise<number> {
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

  const unknown = plan.oursOnly ? [] : [...new Set(scenarios.flatMap(({ scenario }) => problemsOf(choosePolicies(plan.others, new Map(), scenario))))];
  if (unknown.length > 0) {
    for (const problem of unknown) say(problem);
    return 2;
  }
  const grid = gridOf(plan, scenarios);
  const whole = await playGrid({ ...plan, grid, unchecked: false });
  if (whole.status > 1) return whole.status;
  const results = await readResults([plan.folder]);

  const alone = aloneOf(scenarios, grid, results);
  // apart from the others, so that no table takes them for scenarios of their own
  const folder = join(plan.folder, 'one-variant');
  const aloneGrid = gridOf(plan, alone.map(({ chosen }) => chosen));
  if (alone.length > 0) {
    say('Once more with one variant only, where a model has several of one role:');
    // all of one variant may be too few: that too is an answer
    const { status } = await playGrid({ ...plan, folder, grid: aloneGrid, unchecked: true });
    if (status > 1) return status;
  }

  const played = playedOf(plan, results, grid);
  const playedAlone = alone.length === 0 ? [] : playedOf(plan, await readResults([folder]), aloneGrid);
  const found = judge({
    scenarios: played,
    alone: alone.flatMap(({ of, variant, chosen }) => playedAlone.filter(({ scenario }) => scenario.name === chosen.scenario.name).map((its) => ({ of, variant, played: its }))),
    silences: silencesOf(plan, scenarios),
  });
  process.stdout.write(`${verdictText(found)}\n${resultLine(found)}\n`);
  return whole.status;
}

function planFrom(flags: VerdictFlags): Plan | string[] {
  const problems: string[] = [];
  const count = (name: string, text: string, highest: number): number => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > highest) problems.push(`--${name} is ${JSON.stringify(text)}, and must be a whole number from 1 to ${highest}.`);
    return number;
  };
  const seeds = count('seeds', flags.seeds ?? '10', 10_000);
  const jobs = flags.jobs === undefined ? availableParallelism() : count('jobs', flags.jobs, 1024);
  const scenarios = chooseScenarios(flags.scenario ?? [], traceFolders(flags.traces));
  if (!scenarios.ok) problems.push(...scenarios.problems);
  if (flags.oursOnly === true && flags.others !== undefined) problems.push('--ours-only plays no other policy, so --others has nothing to name.');
  if (problems.length > 0 || !scenarios.ok) return problems;
  return {
    scenarios: scenarios.value,
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    folder: flags.out ?? defaultFolder,
    jobs,
    others: flags.others ?? [],
    oursOnly: flags.oursOnly === true,
  };
}

function gridOf({ seeds, others, oursOnly }: Plan, scenarios: readonly ChosenScenario[]): Grid {
  return planGrid({ scenarios: scenariosOfGrid(scenarios), policies: (scenario) => [ours(), ...(oursOnly ? [] : notOurs(others, scenario))], seeds, code: codeFingerprint() });
}

function ours(): ChosenPolicy {
  return { law: judgedPolicy, settings: {}, policy: namedPolicy(judgedPolicy, {}) };
}

/** Other variants of ours are not what is judged, and no other system. */
function notOurs(names: readonly string[], scenario: ExperimentScenario): readonly ChosenPolicy[] {
  const chosen = choosePolicies(names, new Map(), scenario);
  return chosen.ok ? chosen.value.filter(({ policy: { family } }) => family !== 'ours') : [];
}

function problemsOf(chosen: Chosen<unknown>): readonly string[] {
  return chosen.ok ? [] : chosen.problems;
}

function aloneOf(scenarios: readonly ChosenScenario[], grid: Grid, { scenarios: known }: Results): readonly Alone[] {
  return scenarios.flatMap(({ scenario, folders }) => {
    const hash = grid.scenarios.find((line) => line.scenario === scenario)?.hash ?? '';
    return oneVariantScenarios(scenario, known.get(hash)?.prepared?.capacities ?? {}).map((one) => ({ of: scenario.name, variant: one.variant, chosen: { scenario: one.scenario, folders, named: false } }));
  });
}

/** Others may have been played with other sources than these: what they do has not changed with ours. Ours may not. */
function playedOf({ seeds }: Plan, results: Results, grid: Grid): readonly PlayedScenario[] {
  const code = codeFingerprint();
  const hashes = new Set(grid.scenarios.map(({ hash }) => hash));
  const asked = { ...results, runs: results.runs.filter((run) => hashes.has(run.scenarioHash) && (run.policy !== judgedPolicy || run.code === code)) };
  const { results: current, notes } = currentRuns(asked, code);
  for (const problem of results.problems) say(problem);
  for (const note of notes) say(note);
  return playedScenarios(current, grid.scenarios, seeds);
}

function silencesOf({ seeds }: Plan, scenarios: readonly ChosenScenario[]): readonly Silence[] {
  return scenarios.filter(({ scenario }) => goesSilent(scenario)).flatMap(({ scenario, folders }) => seeds.flatMap((seed) => playSilence(scenario, seed, folders)));
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
