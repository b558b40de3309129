import { groupBy } from '../../base/index.ts';
import type { RunLine } from './lines.ts';
import type { Results } from './results-file.ts';

/**
 * Leaves out what cannot stand in one table with the rest: runs of another version of a scenario, and, for one scenario and policy, of other sources than
 * its latest run.
 *
 * @returns Sentences on what was left out, or stands together though it comes from different sources.
 */
export function currentRuns(results: Results): { readonly results: Results; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const kept: RunLine[] = [];
  for (const [scenario, runs] of groupBy(results.runs, (run) => run.scenario)) {
    const versions = [...groupBy(runs, ({ scenarioHash }) => scenarioHash).values()].toSorted((a, b) => b.length - a.length);
    const [current = [], ...others] = versions;
    const left = others.flat().length;
    if (left > 0) notes.push(`${scenario}: ${left} runs are of another version of the scenario than the other ${current.length}, and are left out.`);
    for (const [policy, own] of groupBy(current, (run) => run.policy)) {
      const code = own.at(-1)?.code;
      const same = own.filter((run) => run.code === code);
      if (same.length < own.length) notes.push(`${scenario}, ${policy}: ${own.length - same.length} runs are of older sources than the latest one, and are left out.`);
      kept.push(...same);
    }
  }
  const codes = groupBy(kept, ({ code }) => code);
  if (codes.size > 1) {
    const counted = [...codes].map(([code, runs]) => `${runs.length} of ${code.slice(0, 8)}`).join(', ');
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
