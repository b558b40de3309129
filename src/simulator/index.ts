export type { Fault, Scenario, ServingProfile, StartupTime, TokenDistribution, Traffic, TrafficStage } from './scenario.ts';
export type { Percentiles, TargetStats, TrafficStats, WorldStats } from './statistics.ts';
export type { World, WorldOptions } from './world.ts';
