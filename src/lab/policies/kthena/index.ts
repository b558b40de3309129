import type { PolicyKind } from '../law.ts';

/** Kthena: one workload, roles, and several filled by cost. */
export const kthenaLaws: readonly PolicyKind[] = [];
