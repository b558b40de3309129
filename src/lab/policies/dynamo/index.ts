import type { PolicyKind } from '../law.ts';

/** NVIDIA Dynamo's planner: load mode, throughput mode, and both. */
export const dynamoLaws: readonly PolicyKind[] = [];
