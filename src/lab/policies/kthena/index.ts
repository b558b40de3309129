import type { Policy } from '../policy.ts';

/** Kthena: one workload, and several filled by cost. */
export const kthenaPolicies: readonly Policy[] = [];
