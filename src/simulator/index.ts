export { demoScenario } from './demo-scenario.ts';
export { defaultAutoscalerOptions } from './hpa/autoscale.ts';
export type { AutoscalerOptions } from './hpa/autoscale.ts';
export type { Loopback } from './loopback.ts';
export type { Fault, Scenario, ServingProfile, StartupTime, TokenDistribution, Traffic, TrafficStage } from './scenario.ts';
export type { Percentiles, TargetStats, TrafficStats, WorldStats } from './statistics.ts';
export { createWorld } from './world.ts';
export type { World, WorldOptions } from './world.ts';
