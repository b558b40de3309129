export * from './cycle.ts';
export * from './decision.ts';
export * from './emission.ts';
export * from './observation.ts';
export * from './policy.ts';
export * from './reading.ts';
export * from './reasons.ts';
export * from './variant.ts';
