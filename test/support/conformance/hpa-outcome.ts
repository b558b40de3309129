import { isDeepStrictEqual } from 'node:util';
import type { Condition, HorizontalPodAutoscaler } from '../../../src/wire/index.ts';
import type { HpaSequence } from './hpa-sequences.ts';

/** What one sequence led to, without times and names. */
export interface HpaOutcome {
  readonly sequence: string;
  /** Each count that the target was given, and after how many answers of the first metric: "0:2 1:5". */
  readonly counts: string;
  /** Conditions at the end: type, status and reason, then the message. */
  readonly conditions: readonly string[];
  readonly currentMetrics: unknown;
}

/** Takes note of the target's count as time goes by. */
export interface CountRecorder {
  see(served: number, replicas: number): void;
  counts(): string;
}

/** The script has ended when its last answer is given; what later repetitions of that answer lead to is not compared. */
export function createCountRecorder(sequence: HpaSequence): CountRecorder {
  const changes: { served: number; replicas: number }[] = [{ served: 0, replicas: sequence.replicas }];
  return {
    see(served, replicas) {
      if (served <= sequence.load.length && changes.at(-1)?.replicas !== replicas) changes.push({ served, replicas });
    },
    counts: () => changes.map(({ served, replicas }) => `${served}:${replicas}`).join(' '),
  };
}

export function outcomeOf(sequence: HpaSequence, counts: string, hpa: HorizontalPodAutoscaler | undefined): HpaOutcome {
  return {
    sequence: sequence.name,
    counts,
    conditions: (hpa?.status?.conditions ?? []).map(written),
    currentMetrics: hpa?.status?.currentMetrics ?? null,
  };
}

function written({ type, status, reason, message }: Condition): string {
  return `${type}=${status} ${reason}: ${message}`;
}

/**
 * In what ours differs from the genuine outcome; empty where it does not.
 * @param ours what a look at the end of the script saw, and one a sync later: which of the two a client meets is chance.
 */
export function differences(genuine: HpaOutcome, ours: readonly HpaOutcome[]): readonly string[] {
  const differs = (part: 'counts' | 'conditions' | 'currentMetrics'): boolean =>
    !ours.some((outcome) => isDeepStrictEqual(outcome[part], genuine[part]));
  return (['counts', 'conditions', 'currentMetrics'] as const).filter(differs).map(
    (part) =>
      `${genuine.sequence}: ${part}: genuine ${JSON.stringify(genuine[part])}, ours ${ours.map((outcome) => JSON.stringify(outcome[part])).join(' or ')}`,
  );
}

/** One line a sequence: ours beside the genuine one's. */
export function tableOf(genuine: readonly HpaOutcome[], ours: readonly HpaOutcome[]): string {
  const rows = genuine.map((outcome) => {
    const own = ours.find(({ sequence }) => sequence === outcome.sequence);
    return [outcome.sequence, outcome.counts, own?.counts ?? '(none)', own?.counts === outcome.counts ? 'same' : 'DIFFERENT'];
  });
  const all = [['sequence', 'genuine (answers:replicas)', 'ours', ''], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}
