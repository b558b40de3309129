import type { CycleRecord } from './cycle.ts';
import type { Decision, TrailStep } from './decision.ts';
import type { Problem, VariantObservation } from './observation.ts';
import { policyFor } from './policy-set.ts';
import type { Policy } from './policy.ts';
import type { ReasonCode } from './reasons.ts';

/** A decision of the past, short. */
export interface PastDecision {
  readonly atMs: number;
  /** The desired count before; absent: there was none. */
  readonly from?: number;
  /** Absent: undecided. */
  readonly to?: number;
  /** Replicas that there were. */
  readonly current: number;
  readonly held: boolean;
  readonly reason: ReasonCode;
  readonly trail: readonly TrailStep[];
}

/** Everything that one decision was made from, and what was decided beside it. */
export interface DecisionAccount {
  readonly atMs: number;
  readonly decision: Decision;
  readonly seen: VariantObservation;
  readonly policy: Policy;
  /** What the other variants of the same model were decided in the same cycle. */
  readonly others: readonly Decision[];
  /** Sources that failed in this look. */
  readonly problems: readonly Problem[];
}

/** What is known of one variant: its last decision whole, and those before it that were news, newest first. */
export interface VariantAccount {
  readonly variant: string;
  readonly decisions: readonly PastDecision[];
  readonly account: DecisionAccount;
}

/** The account of one variant's decision in a cycle; `undefined`: nothing was decided about such a variant in it. */
export function accountOf({ atMs, observation, policy, decisions }: CycleRecord, key: string): DecisionAccount | undefined {
  const decision = decisions.find(({ variant }) => variant.key === key);
  const seen = observation.variants.find(({ variant }) => variant.key === key);
  if (!decision || !seen) return undefined;
  const { namespace, modelID } = decision.variant;
  const others = decisions.filter(({ variant }) => variant.key !== key && variant.namespace === namespace && variant.modelID === modelID);
  return { atMs, decision, seen, policy: policyFor(policy, decision.variant), others, problems: observation.problems };
}
