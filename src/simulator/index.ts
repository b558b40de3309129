export { demoScenario } from './demo-scenario.ts';
export { findProfile, servingProfiles } from './profiles/index.ts';
export type { NamedProfile, Provenance } from './profiles/index.ts';
export type { Scenario } from './scenario.ts';
export type { TargetStats, TrafficStats, WorldStats } from './statistics.ts';
export { createWorld } from './world.ts';
export type { World } from './world.ts';
export { openWorkload, readTrace, traceFormats } from './workload/index.ts';
export type { Arrival, TraceFormat, TraceProblem, TraceReading, TraceRecords, TraceSource, Workload, WorkloadSpec } from './workload/index.ts';
