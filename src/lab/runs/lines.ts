import { z } from 'zod';
import type { PolicyFamily } from '../policies/index.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import type { Capacities, Feasibility } from '../stage/index.ts';
import type { RunResult } from './result.ts';

// A results file is JSON lines of four kinds, each complete in itself, so that files are merged by `cat` and read in any order.

/** What was played: the scenario as it was read. */
export interface ScenarioLine {
  readonly kind: 'scenario';
  readonly hash: string;
  readonly scenario: ExperimentScenario;
  /** What was found out before it was played; absent where nobody asked. */
  readonly prepared?: Prepared;
}

/** What is the same for every run of a scenario. */
export interface Prepared {
  /** Fingerprint of the sources that found it out. */
  readonly code: string;
  /** What a generous static fleet reaches. */
  readonly feasibility: Feasibility;
  readonly capacities: Capacities;
  /** Lines of its traces that could not be used: sentences with file and line. */
  readonly traceProblems: readonly string[];
}

/** Who played: the law with its numbers. */
export interface PolicyLine {
  readonly kind: 'policy';
  readonly hash: string;
  readonly policy: PolicyFacts;
}

export interface PolicyFacts {
  readonly name: string;
  readonly family: PolicyFamily;
  readonly title: string;
  readonly source: string;
  readonly settings: Readonly<Record<string, number>>;
}

/** A pair that was not played, and why. */
export interface RefusalLine {
  readonly kind: 'refusal';
  readonly scenario: string;
  readonly policy: string;
  readonly why: string;
}

/** How a run ended. */
export interface RunLine extends RunResult {
  readonly kind: 'run';
  readonly scenarioHash: string;
  readonly policyHash: string;
  /** Fingerprint of the sources that it ran with. */
  readonly code: string;
}

export type Line = ScenarioLine | PolicyLine | RefusalLine | RunLine;

const number = z.number();
const scores = z.looseObject({
  requests: number,
  completed: number,
  failed: number,
  attainment: number,
  goodputPerSecond: number,
  replicaHours: number,
  gpuHours: number,
  money: number,
  averageReplicas: number,
  peakReplicas: number,
  changes: number,
  reversals: number,
  overNeedSeconds: number,
  underNeedSeconds: number,
  outputTokens: number,
  preemptions: number,
  episodeSeconds: number,
});

/** As strict as what is read of it afterwards: a line that passes can be drawn. */
const line = z.discriminatedUnion('kind', [
  z.looseObject({ kind: z.literal('scenario'), hash: z.string(), scenario: z.looseObject({ name: z.string(), models: z.array(z.looseObject({})) }) }),
  z.looseObject({
    kind: z.literal('policy'),
    hash: z.string(),
    policy: z.looseObject({ name: z.string(), family: z.enum(['static', 'peer', 'ours', 'bound', 'informed']), title: z.string(), settings: z.record(z.string(), number) }),
  }),
  z.looseObject({ kind: z.literal('refusal'), scenario: z.string(), policy: z.string(), why: z.string() }),
  z.looseObject({
    kind: z.literal('run'),
    format: z.literal(1),
    scenario: z.string(),
    policy: z.string(),
    seed: number,
    fingerprint: z.string(),
    scenarioHash: z.string(),
    policyHash: z.string(),
    code: z.string(),
    scores,
    models: z.array(z.looseObject({ model: z.string(), scores })),
  }),
]);

const kinds: ReadonlySet<unknown> = new Set<Line['kind']>(['scenario', 'policy', 'refusal', 'run']);

/** @param value Out of JSON. */
function told(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 40);
}

/** @returns The line, or what is wrong with it as a clause. */
export function readLine(text: string): Line | { readonly problem: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const checked = line.safeParse(parsed);
  if (checked.success) return parsed as Line;
  const { kind, format } = (typeof parsed === 'object' && parsed !== null ? parsed : {}) as { readonly kind?: unknown; readonly format?: unknown };
  if (!kinds.has(kind)) return { problem: `its kind is ${told(kind)}, and not scenario, policy, refusal or run` };
  if (kind === 'run' && format !== 1) return { problem: `its format is ${told(format)}, and this version reads format 1` };
  const [issue] = checked.error.issues;
  return { problem: `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is not a line of results'}` };
}
