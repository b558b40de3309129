import type { PolicyKind } from '../law.ts';

/** The Workload Variant Autoscaler as llm-d released it: V1 (spare capacity) and V2 (tokens). */
export const wvaReleasedLaws: readonly PolicyKind[] = [];
