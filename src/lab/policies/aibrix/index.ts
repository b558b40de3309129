import type { Policy } from '../policy.ts';

/** AIBrix: APA and KPA. */
export const aibrixPolicies: readonly Policy[] = [];
