import type { TraceSource } from '../../simulator/index.ts';
import type { Policy } from '../policies/policy.ts';
import type { ExperimentScenario, ScenarioVariant } from '../scenario/scenario.ts';
import { runExperiment } from './run-experiment.ts';
import type { RunResult } from '../runs/result.ts';

export interface Feasibility {
  readonly feasible: boolean;
  /** Replicas of every variant that the static fleet had. */
  readonly staticReplicas: number;
  readonly attainment: number;
  /** What is missed, and whether more replicas would help; absent where it is feasible. */
  readonly why?: string;
}

/** Share of the requests that a generous static fleet has to serve within the SLOs. */
const enough = 0.995;
/** A static fleet is tried at `staticReplicas`, or `maxReplicas`, of each variant, and at so many times as much to see whether that would help. */
const beyond = 4;

/**
 * Whether a generous static fleet meets the scenario's SLOs: one that does not would only show which policy misses least. Faults are
 * left out, and pods are there from the beginning.
 */
export function checkFeasible(scenario: ExperimentScenario, options: { readonly traces?: TraceSource | undefined; readonly seed?: number } = {}): Feasibility {
  const largest = Math.max(...scenario.models.flatMap(({ variants }) => variants.map(generous)));
  const atMax = play(scenario, 1, options);
  if (atMax.scores.requests === 0) return { feasible: false, staticReplicas: largest, attainment: 0, why: 'No request comes at all: its rates are 0, or its traces hold nothing that could be read.' };
  if (atMax.scores.attainment >= enough) return { feasible: true, staticReplicas: largest, attainment: atMax.scores.attainment };
  const further = play(scenario, beyond, options).scores.attainment;
  const advice =
    further >= enough
      ? 'raise maxReplicas (or staticReplicas), or lower the load.'
      : 'so it is not their number: a lone request, or a burst within seconds, breaks the SLO. Raise the SLO, shorten the prompts, or play the trace more slowly (timeFactor).';
  return {
    feasible: false,
    staticReplicas: largest,
    attainment: atMax.scores.attainment,
    why: `${missed(scenario, atMax, largest)} ${beyond} times as many replicas reach ${percent(further)}${further >= enough ? ': ' : ', '}${advice} A comparison there would be about the SLOs, and not about deciding.`,
  };
}

function generous({ staticReplicas, maxReplicas }: ScenarioVariant): number {
  return staticReplicas ?? maxReplicas;
}

function play(scenario: ExperimentScenario, times: number, options: { readonly traces?: TraceSource | undefined; readonly seed?: number }): RunResult {
  const fleet: ExperimentScenario = {
    ...scenario,
    faults: [],
    accelerators: {},
    until: 'drained',
    models: scenario.models.map((model) => ({
      ...model,
      variants: model.variants.map((variant) => ({ ...variant, maxReplicas: variant.maxReplicas * times, initialReplicas: generous(variant) * times })),
    })),
  };
  return runExperiment({ scenario: fleet, policy: stays, seed: options.seed ?? 0, capacities: {}, ...(options.traces !== undefined && { traces: options.traces }) });
}

const stays: Policy = {
  name: 'static-generous',
  family: 'static',
  title: 'As many as there may be, from the beginning',
  source: 'No autoscaler.',
  settings: {},
  refuses: () => undefined,
  begin: () => {},
};

function missed(scenario: ExperimentScenario, { models }: RunResult, replicas: number): string {
  const worst = models.map(({ model, scores }, index) => ({ model, scores, slo: scenario.models[index]?.slo })).toSorted((a, b) => a.scores.attainment - b.scores.attainment)[0];
  if (worst?.slo === undefined) return '';
  const { model, scores, slo } = worst;
  const lines = [`A generous static fleet, ${replicas} replicas of a variant, serves ${percent(scores.attainment)} of the requests of ${model} within its SLOs, and ${percent(enough)} are asked for.`];
  if (scores.failed > 0) lines.push(`${scores.failed} of ${scores.requests} requests failed.`);
  if (scores.ttftSeconds !== undefined) lines.push(`P99 TTFT is ${scores.ttftSeconds.p99.toPrecision(3)} s against ${slo.ttftSeconds} s.`);
  if (scores.tpotSeconds !== undefined) lines.push(`P99 TPOT is ${scores.tpotSeconds.p99.toPrecision(3)} s against ${slo.tpotSeconds} s.`);
  return lines.join(' ');
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
