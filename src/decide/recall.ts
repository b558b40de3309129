import type { LawMemory, Memory, PastConditions, SequencesMemory, StartupMemory, VariantMemory, VariantObservation } from '../model/index.ts';

/** What is remembered about a variant, from this process or from the status that an earlier one wrote. */
export interface Recall {
  readonly desired?: number;
  readonly decidedAtMs: number;
  readonly recommendations: VariantMemory['recommendations'];
  readonly podsShortSinceMs?: number;
  readonly holds?: number;
  readonly claimedSinceMs?: number;
  readonly targetGoneSinceMs?: number;
  readonly kvCapacityTokens?: number;
  readonly revision?: string;
  readonly revisedAtMs?: number;
  readonly law?: LawMemory;
  readonly startup?: StartupMemory;
  readonly sequences?: SequencesMemory;
  readonly tokens?: VariantMemory['tokens'];
  readonly throughput?: VariantMemory['throughput'];
  readonly queueing?: VariantMemory['queueing'];
  readonly takenBack?: VariantMemory['takenBack'];
  readonly avoided?: VariantMemory['avoided'];
  readonly conditions: PastConditions;
}

/**
 * Memory counts only for the same resource, target and accelerator: what was decided for another target is no
 * news about this one. Where this process remembers nothing, status does, if it is about the same accelerator.
 */
export function recall(seen: VariantObservation, target: string, memory: Memory): Recall {
  const remembered = memory.variants[seen.variant.key];
  if (remembered === undefined || remembered.uid !== seen.variant.uid) {
    const { lastDesired, lastConditions } = seen;
    const known = lastDesired?.accelerator === seen.variant.accelerator ? lastDesired : undefined;
    return {
      ...(known === undefined ? {} : { desired: known.replicas }),
      decidedAtMs: known?.atMs ?? 0,
      recommendations: [],
      conditions: lastConditions,
    };
  }
  if (remembered.target !== target || remembered.accelerator !== seen.variant.accelerator) {
    return { decidedAtMs: 0, recommendations: [], conditions: remembered.conditions };
  }
  return remembered;
}
