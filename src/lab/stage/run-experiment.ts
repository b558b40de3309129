import type { TraceSource } from '../../simulator/index.ts';
import type { Policy } from '../policies/policy.ts';
import { fingerprint } from '../runs/fingerprint.ts';
import type { RunResult } from '../runs/result.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { assertConserved } from './conservation.ts';
import { createLoadBook } from './load-book.ts';
import { createNeedMeter } from './need-meter.ts';
import { capacitiesOf } from './needs.ts';
import type { Capacities } from './needs.ts';
import { createScaleLog } from './scale-log.ts';
import { scoreRun } from './scores.ts';
import { createStage } from './stage.ts';
import { openTheatre } from './theatre.ts';
import type { Theatre } from './theatre.ts';
import { createTimelineRecorder } from './timeline.ts';

export interface ExperimentOptions {
  readonly scenario: ExperimentScenario;
  readonly policy: Policy;
  /** All chance of the run comes from it: load, start-up times, victims. Two policies with one seed meet the same load and the same luck. */
  readonly seed: number;
  /** Keeps the time line and what was decided. */
  readonly timeline?: boolean;
  /** Where the scenario's traces are (`loadTraces`). */
  readonly traces?: TraceSource;
  /** What one replica carries, by variant, where it has been measured before; measured in this process otherwise. */
  readonly capacities?: Capacities;
  /** Goes into the result's fingerprint, so that results of other code are run again. */
  readonly codeVersion?: string;
  /** Told now and then how far the run is, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

const endStepMs = 1000;
const floorPatienceMs = 1_800_000;

/**
 * Plays one scenario under one policy with one seed on simulated time, and scores it. Synchronous, and the same bytes for the same
 * options but for `wallSeconds`.
 *
 * @throws when the policy cannot run the scenario, or does what no API server would take.
 */
export function runExperiment(options: ExperimentOptions): RunResult {
  const { scenario, policy, seed } = options;
  const startedAt = performance.now();
  const refusal = policy.refuses(scenario);
  if (refusal !== undefined) throw new Error(`The policy ${policy.name} cannot run the scenario ${scenario.name}: ${refusal}`);
  const capacities = options.capacities ?? capacitiesOf(scenario, { traces: options.traces });
  const theatre = openTheatre({ scenario, seed, traces: options.traces });
  const log = createScaleLog(options.timeline === true, scenario.durationSeconds * 1000);
  const need = createNeedMeter(theatre, capacities);
  const book = createLoadBook(theatre);
  const recorder = options.timeline === true ? createTimelineRecorder(theatre, capacities) : undefined;

  every(theatre, need.stepMs, need.look);
  policy.begin(createStage(theatre, log, capacities));
  for (const { clients } of theatre.models) clients.start();
  if (recorder !== undefined) every(theatre, recorder.stepMs, recorder.row);
  play(theatre, policy, options.onProgress);

  theatre.meters.settle();
  assertConserved(theatre);
  return {
    format: 1,
    scenario: scenario.name,
    policy: policy.name,
    seed,
    fingerprint: fingerprint({ scenario, policy: policy.name, settings: policy.settings, seed, code: options.codeVersion ?? '' }),
    ...scoreRun(theatre, log, need.seconds(), book),
    ...(recorder !== undefined && { timeline: recorder.timeline(), decisions: log.decisions }),
    wallSeconds: (performance.now() - startedAt) / 1000,
  };
}

function every({ agenda }: Theatre, periodMs: number, fire: () => void): void {
  const tick = (): void => {
    fire();
    agenda.at(agenda.now() + periodMs, tick);
  };
  agenda.at(agenda.now() + periodMs, tick);
}

/** Runs until the load has come and the episode is at its end. */
function play(theatre: Theatre, policy: Policy, onProgress: ((fraction: number) => void) | undefined): void {
  const { agenda, scenario } = theatre;
  const loadMs = scenario.durationSeconds * 1000;
  for (let percent = 1; percent <= 100; percent++) {
    agenda.runUntil((loadMs * percent) / 100);
    onProgress?.(percent / 100);
  }
  while (!ended(theatre, policy)) agenda.runUntil(agenda.now() + endStepMs);
}

function ended({ agenda, scenario, models, variants, fleet }: Theatre, { family }: Policy): boolean {
  if (models.some(({ clients }) => !clients.done() || clients.inFlight() > 0)) return false;
  // a static fleet never comes back to a floor, and would only pay for waiting
  if (scenario.until === 'drained' || family === 'static' || agenda.now() >= scenario.durationSeconds * 1000 + floorPatienceMs) return true;
  return variants.every(({ key, variant }) => fleet.spec(key) <= variant.minReplicas && fleet.pods(key).length <= variant.minReplicas);
}
