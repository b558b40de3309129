export { createEventQueue } from './agenda.ts';
export type { Agenda, EventQueue } from './agenda.ts';
export { demoScenario } from './demo-scenario.ts';
export { afterRescale, autoscale, defaultAutoscalerOptions, needsMetrics } from './hpa/autoscale.ts';
export type { AutoscalerMemory } from './hpa/normalization.ts';
export { formatMilli } from './hpa/quantity.ts';
export { accelerators, findProfile, profileFrom, servingProfiles } from './profiles/index.ts';
export type { NamedProfile } from './profiles/index.ts';
export type { Scenario } from './scenario.ts';
export { createEngine, createHistogram, createLatencySketch, createRouter, endRequest, iterationTime, writeMetricsPage } from './serving/index.ts';
export type {
  Ending,
  Engine,
  EngineMeters,
  EngineRole,
  Histogram,
  InferenceRequest,
  IterationLoad,
  IterationTime,
  LatencySketch,
  MetricNames,
  RequestPath,
  Router,
  RouterMeters,
  RouterOptions,
  ServingProfile,
} from './serving/index.ts';
export type { TargetStats, TrafficStats, WorldStats } from './statistics.ts';
export { createWorld } from './world.ts';
export type { World } from './world.ts';
export { openWorkload, readTrace, traceFormats } from './workload/index.ts';
export type { Arrival, TraceFormat, TraceProblem, TraceRecords, TraceSource, Workload } from './workload/index.ts';
