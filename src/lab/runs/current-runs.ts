import { groupBy } from '../../base/index.ts';
import type { RunLine } from './lines.ts';
import type { Results } from './results-file.ts';

/** What may stand in one table, and sentences on what was left out of it. */
interface Current {
  readonly results: Results;
  readonly notes: readonly string[];
}

/**
 * Leaves out what cannot stand in one table with the rest: runs of another version of a scenario than the one that was played last, and, for one scenario
 * and policy, of other sources than these, or than its last run where these have not played it.
 *
 * @param code Fingerprint of the sources that ask.
 * @returns Sentences on what was left out, or stands together though it comes from different sources.
 */
export function currentRuns(results: Results, code?: string): Current {
  const notes: string[] = [];
  const kept: RunLine[] = [];
  for (const [scenario, runs] of groupBy(results.runs, (run) => run.scenario)) {
    const last = lastBy(runs, code);
    const current = runs.filter(({ scenarioHash }) => scenarioHash === last?.scenarioHash);
    if (current.length < runs.length) notes.push(`${scenario}: ${are(runs.length - current.length)} of another version of the scenario than the one that was played last, and left out.`);
    const superseded: string[] = [];
    let left = 0;
    for (const [policy, own] of groupBy(current, (run) => run.policy)) {
      const latest = lastBy(own, code)?.code;
      const same = new Map(own.filter((run) => run.code === latest).map((run) => [run.seed, run]));
      const without = new Set(own.map(({ seed }) => seed).filter((seed) => !same.has(seed))).size;
      if (without > 0) superseded.push(policy);
      left += without;
      kept.push(...same.values());
    }
    if (left > 0) notes.push(`${scenario}: ${are(left)} of other sources than the newest of the same policy, and left out (${named(superseded)}).`);
  }
  const codes = groupBy(kept, (run) => run.code);
  if (codes.size > 1) {
    const counted = [...codes].map(([source, runs]) => `${runs.length} of ${source.slice(0, 8)}`).join(', ');
    notes.push(`The runs come from ${codes.size} versions of the sources (${counted}). What stands side by side may differ for that reason alone; wva lab run does the older ones again.`);
  }
  const hashes = new Set(kept.map(({ scenarioHash }) => scenarioHash));
  const laws = new Set(kept.map(({ policyHash }) => policyHash));
  const played = new Set(kept.map(({ scenario, policy }) => `${scenario}\n${policy}`));
  return {
    notes,
    results: {
      ...results,
      runs: kept,
      scenarios: new Map([...results.scenarios].filter(([hash]) => hashes.has(hash))),
      policies: new Map([...results.policies].filter(([hash]) => laws.has(hash))),
      refusals: results.refusals.filter(({ scenario, policy }) => !played.has(`${scenario}\n${policy}`)),
    },
  };
}

/** The last run of these sources, or the last of all: files are read in the order of their names, which is not that of time. */
function lastBy(runs: readonly RunLine[], code: string | undefined): RunLine | undefined {
  return runs.findLast((run) => run.code === code) ?? runs.at(-1);
}

function are(runs: number): string {
  return runs === 1 ? '1 run is' : `${runs} runs are`;
}

/** Three names at most: after an update all of thirty policies are meant. */
function named(policies: readonly string[]): string {
  return policies.length > 3 ? `${policies.slice(0, 3).join(', ')} and ${policies.length - 3} more` : policies.join(', ');
}
