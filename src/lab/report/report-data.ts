import { groupBy } from '../../base/index.ts';
import { isBound, isOn, overviewOf, summarize, type Estimate, type Overview, type PolicyFacts, type PolicySummary, type Results, type ScenarioSummary } from '../runs/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';

/** Mean, and the ends of its interval where there is one. */
export type Interval = readonly [mean: number, low?: number, high?: number];

/** A row of the table. Keys are those of the columns on the page. */
export interface PolicyRow {
  readonly policy: string;
  readonly seeds: number;
  readonly values: Readonly<Record<string, Interval>>;
  readonly dominatedBy?: string;
  /** Place of its time line among the packed ones. */
  readonly timeline?: number;
  /** [money, replicas, GPU-hours, attainment] of each seed. */
  readonly outcomes: readonly (readonly number[])[];
}

export interface ReportScenario {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly usedInDesign: boolean;
  /** As it was played, for who wants to know all of it. */
  readonly parameters?: ExperimentScenario;
  readonly slos: readonly { readonly model: string; readonly ttftSeconds: number; readonly tpotSeconds: number }[];
  readonly feasibility?: { readonly feasible: boolean; readonly staticReplicas: number; readonly attainment: number; readonly why?: string };
  /** Lines of its traces that could not be used: sentences with file and line. */
  readonly traceProblems: readonly string[];
  readonly rows: readonly PolicyRow[];
  /** Plans that know the future and that no other such plan is better than; then rules that know the present, likewise. */
  readonly bounds: readonly PolicyRow[];
  /** Hull of the plans that know the future: [money, replicas, GPU-hours, attainment]. */
  readonly bound: readonly (readonly number[])[];
  readonly refusals: readonly { readonly policy: string; readonly why: string }[];
}

/** All that the page draws, time lines apart. */
export interface ReportData {
  readonly version: string;
  /** Fingerprints of the sources that the runs were played with. */
  readonly codes: readonly string[];
  readonly runs: number;
  readonly notes: readonly string[];
  readonly overview: Overview;
  /** Held-out ones first. */
  readonly scenarios: readonly ReportScenario[];
  readonly policies: Readonly<Record<string, PolicyFacts>>;
}

/** @param packed Gives a time line its place; called once for each run that has one. */
export function reportData(results: Results, version: string, notes: readonly string[], packed: (run: Results['runs'][number]) => number): ReportData {
  const facts = new Map([...results.policies.values()].map(({ policy }) => [policy.name, policy]));
  const families = new Map([...facts].map(([name, { family }]) => [name, family]));
  const scenarioLines = new Map([...results.scenarios.values()].map((line) => [line.scenario.name, line]));
  const summaries = summarize(results.runs, families);
  const scenarios = summaries.map((summary): ReportScenario => {
    const line = scenarioLines.get(summary.scenario);
    const scenario = line?.scenario;
    const runs = groupBy(results.runs.filter((run) => run.scenario === summary.scenario), ({ policy }) => policy);
    const row = (policy: PolicySummary): PolicyRow => {
      const own = runs.get(policy.policy) ?? [];
      const drawn = own.find(({ timeline }) => timeline !== undefined);
      return {
        policy: policy.policy,
        seeds: policy.seeds.length,
        values: valuesOf(policy),
        outcomes: own.map(({ scores }) => [scores.money, scores.averageReplicas, scores.gpuHours, scores.attainment].map(short)),
        ...(policy.dominatedBy !== undefined && { dominatedBy: policy.dominatedBy }),
        ...(drawn !== undefined && { timeline: packed(drawn) }),
      };
    };
    return {
      name: summary.scenario,
      title: scenario?.title ?? summary.scenario,
      description: scenario?.description ?? 'The results came without the scenario.',
      usedInDesign: scenario?.usedInDesign ?? false,
      ...(scenario !== undefined && { parameters: scenario }),
      slos: scenario?.models.map(({ id, slo }) => ({ model: id, ...slo })) ?? [],
      ...(line?.prepared !== undefined && { feasibility: line.prepared.feasibility }),
      traceProblems: line?.prepared?.traceProblems ?? [],
      rows: summary.policies.map(row),
      // the other plans are worse than these, and would fill the page
      bounds: [...summary.bounds.filter((plan) => isOn(summary.bound, plan)), ...summary.informed].map(row),
      bound: boundOf(summary),
      refusals: results.refusals.filter((refusal) => refusal.scenario === summary.scenario).map(({ policy, why }) => ({ policy, why })),
    };
  });
  const unknown = [...new Set(results.runs.map(({ policy }) => policy))].filter((name) => !facts.has(name));
  return {
    version,
    codes: [...new Set(results.runs.map(({ code }) => code))],
    runs: results.runs.length,
    notes,
    overview: overviewOf(summaries, (name) => scenarioLines.get(name)?.scenario.usedInDesign ?? false),
    scenarios: scenarios.toSorted((a, b) => Number(a.usedInDesign) - Number(b.usedInDesign)),
    policies: {
      ...Object.fromEntries(facts),
      ...Object.fromEntries(unknown.map((name) => [name, { name, family: isBound(name) ? 'bound' : 'peer', title: name, source: 'The results came without it.', settings: {} }])),
    },
  };
}

function valuesOf({ scores, ttftSeconds, tpotSeconds, distance, models }: PolicySummary): Record<string, Interval> {
  const named: Record<string, Estimate | undefined> = {
    ...scores,
    ttftP50: ttftSeconds.p50,
    ttftP90: ttftSeconds.p90,
    ttftP99: ttftSeconds.p99,
    tpotP50: tpotSeconds.p50,
    tpotP90: tpotSeconds.p90,
    tpotP99: tpotSeconds.p99,
    overBound: distance.cost,
    overLeast: distance.least,
    belowBound: distance.attainment,
    ...(models.length < 2 ? {} : Object.fromEntries(models.map(({ attainment }, index) => [`attainment${index}`, attainment]))),
  };
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value === undefined ? [] : [[name, interval(value)]])));
}

function interval({ mean, low, high }: Estimate): Interval {
  return low === undefined || high === undefined ? [short(mean)] : [short(mean), short(low), short(high)];
}

/** The hull in money, with what its plans cost otherwise. */
function boundOf({ bound, bounds }: ScenarioSummary): readonly (readonly number[])[] {
  return bound.flatMap(({ money, attainment }) => {
    const plan = bounds.find(({ scores }) => scores.money.mean === money && scores.attainment.mean === attainment);
    return plan === undefined ? [] : [[money, plan.scores.averageReplicas.mean, plan.scores.gpuHours.mean, attainment].map(short)];
  });
}

/** Five digits that count: more than a picture shows. */
function short(value: number): number {
  return Number(value.toPrecision(5));
}
