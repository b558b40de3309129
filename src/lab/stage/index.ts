export { capacityAtSlo } from './capacity.ts';
export { checkFeasible } from './feasible.ts';
export type { Feasibility } from './feasible.ts';
export { capacitiesOf } from './needs.ts';
export type { Capacities } from './needs.ts';
export type { HpaOptions, PolicyStage } from './policy-stage.ts';
export { runExperiment } from './run-experiment.ts';
export type { HistogramName, Telemetry } from './telemetry.ts';
