import { writeFileSync } from 'node:fs';
import { errorText, groupBy } from '../../base/index.ts';
import { renderReport } from '../../lab/report/index.ts';
import { codeFingerprint, currentRuns, overviewOf, pairedDifference, readResults, ResultsError, summarize, type PairedDifference, type Results, type ScenarioSummary } from '../../lab/runs/index.ts';
import type { ExperimentScenario } from '../../lab/scenario/index.ts';
import { version } from '../version.ts';
import { thereIsNo } from './near.ts';
import { legend, overviewTables, summaryTable } from './summary-table.ts';

interface CompareFlags {
  readonly html?: string;
  readonly json?: boolean;
  readonly against?: string;
}

/** `wva lab compare`. Resolves to the exit status: 1 where lines of results could not be read, 2 where nothing could. */
export async function compare(places: readonly string[], flags: CompareFlags): Promise<number> {
  let read: Results;
  try {
    read = await readResults(places);
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const { results, notes } = currentRuns(read, codeFingerprint());
  for (const note of [...results.problems, ...notes]) process.stderr.write(`${note}\n`);
  if (results.runs.length === 0) {
    process.stderr.write(`${places.join(', ')}: there is no result of a run in it.\n`);
    return 2;
  }
  const names = [...new Set(results.runs.map(({ policy }) => policy))];
  if (flags.against !== undefined && !names.includes(flags.against)) {
    process.stderr.write(`${thereIsNo('policy', flags.against, names, 'wva lab compare without --against')} It must be in the results.\n`);
    return 2;
  }
  if (flags.json === true) process.stdout.write(`${JSON.stringify(asJson(results, flags.against), null, 2)}\n`);
  else show(results, flags.against);
  if (flags.html !== undefined) {
    const page = renderReport(results, { version, notes: [...results.problems, ...notes] });
    try {
      writeFileSync(flags.html, page);
    } catch (error) {
      process.stderr.write(`The report was not written, ${flags.html} cannot be: ${errorText(error)}.\n`);
      return 2;
    }
    process.stderr.write(`${flags.html}: ${(Buffer.byteLength(page) / 1e6).toFixed(1)} MB, opens in a browser without a network.\n`);
  }
  return results.problems.length > 0 ? 1 : 0;
}

function show(results: Results, against?: string): void {
  for (const summary of summaries(results)) {
    const scenario = scenarioOf(results, summary.scenario);
    const refusals = results.refusals.filter((refusal) => refusal.scenario === summary.scenario);
    const differences = against === undefined ? undefined : differencesFrom(results, summary.scenario, against);
    process.stdout.write(`${summaryTable(summary, {
      refusals,
      ...(scenario !== undefined && { scenario }),
      ...(against !== undefined && differences !== undefined && { against: { policy: against, differences } }),
    })}\n`);
  }
  const all = summaries(results);
  if (all.length > 1) process.stdout.write(`${overviewTables(overviewOf(all, (name) => scenarioOf(results, name)?.usedInDesign ?? false))}\n`);
  process.stdout.write(`${legend.join('\n')}\n`);
}

/** Held-out scenarios first: they are what is believed. */
function summaries(results: Results): readonly ScenarioSummary[] {
  const families = new Map([...results.policies.values()].map(({ policy }) => [policy.name, policy.family]));
  return summarize(results.runs, families).toSorted((a, b) => Number(scenarioOf(results, a.scenario)?.usedInDesign ?? false) - Number(scenarioOf(results, b.scenario)?.usedInDesign ?? false));
}

function scenarioOf({ scenarios }: Results, name: string): ExperimentScenario | undefined {
  return [...scenarios.values()].find(({ scenario }) => scenario.name === name)?.scenario;
}

function differencesFrom({ runs }: Results, scenario: string, against: string): ReadonlyMap<string, PairedDifference> {
  const own = groupBy(runs.filter((run) => run.scenario === scenario), ({ policy }) => policy);
  const others = own.get(against) ?? [];
  return new Map([...own].flatMap(([policy, theirs]) => {
    const difference = policy === against ? undefined : pairedDifference(theirs, others);
    return difference === undefined ? [] : [[policy, difference] as const];
  }));
}

function asJson(results: Results, against?: string): unknown {
  const all = summaries(results);
  return {
    overview: overviewOf(all, (name) => scenarioOf(results, name)?.usedInDesign ?? false),
    scenarios: all.map((summary) => ({
      ...summary,
      usedInDesign: scenarioOf(results, summary.scenario)?.usedInDesign,
      refusals: results.refusals.filter(({ scenario }) => scenario === summary.scenario).map(({ policy, why }) => ({ policy, why })),
      ...(against !== undefined && { against, differences: Object.fromEntries(differencesFrom(results, summary.scenario, against)) }),
    })),
    problems: results.problems,
  };
}
