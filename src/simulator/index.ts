export { demoScenario } from './demo-scenario.ts';
export type { Arrival } from './workload/index.ts';
export type { Scenario } from './scenario.ts';
export type { TargetStats, TrafficStats, WorldStats } from './statistics.ts';
export { createWorld } from './world.ts';
export type { World } from './world.ts';
