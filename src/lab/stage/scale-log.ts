import type { StageDecision } from './policy-stage.ts';

/** What was decided, and how often a number changed, and turned round while the load lasted. */
export interface ScaleLog {
  /** A decision; `changed` when it changed `spec.replicas`. */
  record(atMs: number, decision: StageDecision, changed: boolean): void;
  changes(variant: string): number;
  reversals(variant: string): number;
  readonly decisions: readonly ({ readonly atSeconds: number } & StageDecision)[];
}

/** Decisions that change nothing are kept up to here, those that change something all. */
const mostNotes = 20_000;

/** @param loadMs The load has ended then: what goes down after it has turned round for a reason. */
export function createScaleLog(keep: boolean, loadMs = Infinity): ScaleLog {
  const decisions: ({ readonly atSeconds: number } & StageDecision)[] = [];
  const moves = new Map<string, { changes: number; reversals: number; last: number }>();

  return {
    decisions,
    record(atMs, decision, changed) {
      if (keep && (changed || decisions.length < mostNotes)) decisions.push({ atSeconds: atMs / 1000, ...decision });
      if (!changed) return;
      const move = moves.get(decision.variant) ?? { changes: 0, reversals: 0, last: 0 };
      const direction = Math.sign(decision.to - decision.from);
      move.changes += 1;
      if (move.last !== 0 && direction !== move.last && atMs < loadMs) move.reversals += 1;
      move.last = direction;
      moves.set(decision.variant, move);
    },
    changes: (variant) => moves.get(variant)?.changes ?? 0,
    reversals: (variant) => moves.get(variant)?.reversals ?? 0,
  };
}
