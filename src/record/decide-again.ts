import { errorText } from '../base/index.ts';
import { decide, planEmission } from '../decide/index.ts';
import type { CycleRecord, Decision, Emission, Memory, PolicySet } from '../model/index.ts';
import { differencesBetween, type Difference } from './differences.ts';
import { formatWithBasis } from './header.ts';
import { observationUnder } from './observation-under.ts';

/** A cycle of a record, and where it stands. */
export interface RecordedCycle {
  readonly record: CycleRecord;
  /** Of the process that wrote it, and the number of the cycle in it; absent in records without headers. */
  readonly run?: string;
  readonly cycle?: number;
  /** Of the record; absent in records without headers. */
  readonly format?: number;
}

/** What deciding a cycle again came to. */
export type Again =
  | { readonly kind: 'decided'; readonly decisions: readonly Decision[]; readonly differences: readonly Difference[] }
  /** Deciding threw: a record of another version lacks what this one needs, or the engine has a mistake. */
  | { readonly kind: 'failed'; readonly why: string };

interface Before extends RecordedCycle {
  /** What deciding this cycle left to be remembered. */
  readonly next: Memory;
}

/**
 * Decides recorded cycles again, in order, each from its own observation, policy and memory, and compares decisions, emission, and
 * what was remembered with what the next cycle of the run began with.
 * @param only the key of a variant: differences of others are left out. All are decided, since they depend on each other.
 */
export function createReplay(only?: string): (cycle: RecordedCycle) => Again {
  let before: Before | undefined;
  return (cycle) => {
    const { observation, policy, memory, atMs, decisions, emission } = cycle.record;
    const remembered = before && follows(before, cycle) ? differencesBetween(about(only, memory), about(only, before.next), 'memory') : [];
    before = undefined;
    try {
      const again = decide(observation, policy, memory, atMs);
      before = { ...cycle, next: again.memory };
      const emitted = planEmission(observation, again.decisions, memory, atMs, policy);
      const compared = ofFormat(cycle.format, again.decisions);
      const differences = [
        ...remembered,
        ...differencesBetween(decisions.map((decision) => isAbout(only, decision) ? decision : undefined), compared.map((decision) => isAbout(only, decision) ? decision : undefined), 'decisions'),
        ...differencesBetween(emissionAbout(only, emission), emissionAbout(only, emitted), 'emission'),
      ];
      return { kind: 'decided', decisions: again.decisions, differences };
    } catch (error) {
      return { kind: 'failed', why: errorText(error) };
    }
  };
}

/** Decides recorded cycles by another policy, remembering what it decided itself. What it decided is compared by nobody: other numbers are the purpose. */
export function createWhatIf(policy: PolicySet): (cycle: RecordedCycle) => Again {
  let before: Before | undefined;
  return (cycle) => {
    const { record } = cycle;
    const memory = before && follows(before, cycle) ? before.next : record.memory;
    before = undefined;
    try {
      const { decisions, memory: next } = decide(observationUnder(record, policy.global.staleAfterMs), policy, memory, record.atMs);
      before = { ...cycle, next };
      return { kind: 'decided', decisions, differences: [] };
    } catch (error) {
      return { kind: 'failed', why: errorText(error) };
    }
  };
}

/** Whether a cycle began with what the one before left. A leader that begins anew remembers nothing, and that is no difference. */
function follows(before: RecordedCycle, { record, run, cycle }: RecordedCycle): boolean {
  return run !== undefined && before.run === run && before.cycle !== undefined && cycle === before.cycle + 1 && Object.keys(record.memory.variants).length > 0;
}

/** Decisions as a record of that format has them: before the second they had no basis, and that is no difference. */
function ofFormat(format: number | undefined, decisions: readonly Decision[]): readonly Decision[] {
  if (format === undefined || format >= formatWithBasis) return decisions;
  return decisions.map(({ basis: _basis, ...rest }) => rest);
}

function isAbout(only: string | undefined, { variant }: Decision): boolean {
  return only === undefined || variant.key === only;
}

function about(only: string | undefined, memory: Memory): unknown {
  return only === undefined ? memory : { variants: { [only]: memory.variants[only] } };
}

function emissionAbout(only: string | undefined, emission: Emission): unknown {
  if (only === undefined) return emission;
  const { statuses, events, scales } = emission;
  return {
    statuses: statuses.filter(({ resource }) => resource.key === only),
    events: events.filter(({ resource }) => resource.key === only),
    scales: scales.filter(({ variantKeys }) => variantKeys.includes(only)),
  };
}
