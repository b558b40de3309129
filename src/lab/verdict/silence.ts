import { sum } from '../../base/index.ts';
import type { CycleRecord } from '../../model/index.ts';
import { ourPolicy } from '../policies/ours/index.ts';
import { loadTraces, type ExperimentScenario } from '../scenario/index.ts';
import { runExperiment } from '../stage/index.ts';

/** What we did while all metrics of a scenario were lost. */
export interface Silence {
  readonly scenario: string;
  readonly seed: number;
  /** Replicas that were taken away between the first look during the fault and the first one after it. */
  readonly replicasLost: number;
  /** From the beginning of the fault to the first cycle in which every variant's status says that metrics are missing and the decision is held; absent where none did. */
  readonly heldAfterSeconds?: number;
}

/** A scrape and a cycle, each every 15 s: what was scraped last is younger than an interval until the next scrape fails, and the next cycle sees that. */
export const promptHoldSeconds = 30;

/** Whether a fault of the scenario takes all metrics away, for longer than it may take to notice. */
export function goesSilent(scenario: ExperimentScenario): boolean {
  return silences(scenario).length > 0;
}

function silences({ faults, durationSeconds }: ExperimentScenario): readonly { readonly atSeconds: number; readonly untilSeconds: number }[] {
  return faults.flatMap((fault) =>
    fault.kind === 'metrics' && fault.how === 'lost' && fault.of === 'all' ? [{ atSeconds: fault.atSeconds, untilSeconds: fault.untilSeconds ?? durationSeconds }] : [])
    .filter(({ atSeconds, untilSeconds }) => untilSeconds - atSeconds > promptHoldSeconds);
}

/**
 * Plays it, and watches every cycle: results keep no statuses.
 *
 * @param traceFolders Where its trace files are, if it plays any.
 */
export function playSilence(scenario: ExperimentScenario, seed: number, traceFolders: readonly string[] = []): readonly Silence[] {
  const records: CycleRecord[] = [];
  const traces = scenario.models.some(({ traffic }) => traffic.some(({ kind }) => kind === 'trace')) ? { traces: loadTraces(scenario, traceFolders).trace } : {};
  runExperiment({ scenario, policy: ourPolicy({ onCycle: (record) => records.push(record) }), seed, capacities: {}, ...traces });
  return silences(scenario).map((silence) => ({ scenario: scenario.name, seed, ...watched(records, silence) }));
}

/** @param records Every cycle, in their order. */
export function watched(records: readonly Pick<CycleRecord, 'atMs' | 'observation' | 'decisions' | 'emission'>[], { atSeconds, untilSeconds }: { readonly atSeconds: number; readonly untilSeconds: number }): Pick<Silence, 'replicasLost' | 'heldAfterSeconds'> {
  const first = records.findIndex(({ atMs }) => atMs >= atSeconds * 1000);
  const after = records.findIndex(({ atMs }) => atMs >= untilSeconds * 1000);
  const during = first === -1 ? [] : records.slice(first, after === -1 ? undefined : after);
  // up to what the HPA did after the last cycle of the fault
  const looks = first === -1 ? [] : records.slice(first, after === -1 ? undefined : after + 1);
  const held = during.find(isHeld);
  return {
    replicasLost: sum(looks.slice(1).map((look, index) => lostSince(looks[index] ?? look, look))),
    ...(held !== undefined && { heldAfterSeconds: held.atMs / 1000 - atSeconds }),
  };
}

function lostSince(before: Pick<CycleRecord, 'observation'>, { observation }: Pick<CycleRecord, 'observation'>): number {
  const had = new Map(before.observation.variants.map(({ variant, currentReplicas }) => [variant.key, currentReplicas]));
  return sum(observation.variants.map(({ variant, currentReplicas }) => Math.max(0, (had.get(variant.key) ?? 0) - currentReplicas)));
}

function isHeld({ decisions, emission }: Pick<CycleRecord, 'decisions' | 'emission'>): boolean {
  return decisions.length > 0 && decisions.every(({ held }) => held)
    && emission.statuses.every(({ conditions }) => conditions.some(({ type, status }) => type === 'MetricsAvailable' && status === 'False'));
}
