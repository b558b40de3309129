import { join } from 'node:path';
import { errorText } from '../../base/index.ts';
import {
  openResultsFile, performRuns, readResults, startWorkers,
  type Grid, type PlannedRun, type Prepared, type Results, type ResultsFile, type Shard, type Workers,
} from '../../lab/runs/index.ts';
import { counted } from './figures.ts';
import { createProgressView } from './progress-view.ts';

/** A grid, and how it is played. */
export interface Playing {
  readonly grid: Grid;
  readonly seeds: readonly number[];
  /** Where results are kept, and found. */
  readonly folder: string;
  readonly shard?: Shard;
  /** Runs at the same time. */
  readonly jobs: number;
  /** Plays scenarios too whose SLOs no static fleet can meet. */
  readonly unchecked: boolean;
}

export interface PlayedGrid {
  /** 0 all was played, 1 something was not, 2 results cannot be kept there, 130 it was stopped. */
  readonly status: number;
  /** Runs of the grid that are there and worth showing: none where it was stopped. */
  readonly results: number;
}

/** Plays what is not yet in the folder, and keeps each result at once. Says on standard error how far it is and what went wrong. */
export async function playGrid(playing: Playing): Promise<PlayedGrid> {
  const { grid, shard, folder } = playing;
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
    return { status: 2, results: 0 };
  }
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Error('stopped'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  const workers = startWorkers(playing.jobs);
  stop.signal.addEventListener('abort', () => void workers.close());
  try {
    if (file.dropped > 0) say(`${path}: its last line was cut off (${file.dropped} bytes), as by a crash in the middle of a write. It is dropped; that run is done again.`);
    const before = await readResults([folder]);
    for (const problem of before.problems) say(problem);
    const todo = remaining(grid.runs, before);
    const known = grid.runs.length - todo.length;
    say(`${counted(grid.scenarios.length, 'scenario')}, ${counted(grid.policies.length, 'policy', 'policies')}, ${counted(playing.seeds.length, 'seed')}: ${counted(grid.runs.length, 'run')}`
      + `${shard === undefined ? '' : ` in part ${shard.index} of ${shard.count}`}${known === 0 ? '' : known === grid.runs.length ? ', all of them known' : `, ${known} of them known`}; ${playing.jobs} at a time, kept in ${path}.`);
    const prepared = await prepare(playing, todo, before, file, workers, stop.signal);
    const playable = todo.flatMap((planned) => {
      const facts = prepared.get(planned.scenarioHash);
      return facts === undefined ? [] : [{ ...planned, capacities: facts.capacities }];
    });
    const { failed, done } = await playAll(playable, playing.jobs, workers, file, stop.signal);
    if (unwritten !== undefined) {
      say(`${path} cannot be written: ${errorText(unwritten)}. What was in it is kept, and nothing more is played. The same command goes on from there.`);
      return { status: 1, results: 0 };
    }
    if (stop.signal.aborted) {
      say(`Stopped: ${counted(done, 'run')} ${done === 1 ? 'was' : 'were'} added to ${path}, ${todo.length - done} are left. The same command goes on from there.`);
      return { status: 130, results: 0 };
    }
    for (const { run: { scenario, policy, seed }, error } of failed.slice(0, 10)) say(`${scenario.name}, ${policy}, seed ${seed} failed: ${errorText(error)}`);
    if (failed.length > 10) say(`... and ${failed.length - 10} more.`);
    if (failed.length > 0) say('Failed runs are not kept; the same command tries them again.');
    return { status: done < todo.length ? 1 : 0, results: known + done };
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
async function prepare({ grid, unchecked }: Playing, todo: readonly PlannedRun[], before: Results, file: ResultsFile, workers: Workers, signal: AbortSignal): Promise<ReadonlyMap<string, Prepared>> {
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
      if (feasible || unchecked) prepared.set(line.hash, facts);
      else say(`${name} is refused. ${why} --unchecked plays it all the same.`);
    } catch (error) {
      if (!signal.aborted) say(`${name} is not played, because preparing it failed: ${errorText(error)}`);
    }
  }));
  return prepared;
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
