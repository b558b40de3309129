import type { Policy } from '../policy.ts';

/** NVIDIA Dynamo's planner: load mode and throughput mode. */
export const dynamoPolicies: readonly Policy[] = [];
