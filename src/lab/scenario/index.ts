export { profileOf } from './profiles.ts';
export { jsonSchema, readScenario } from './read-scenario.ts';
export { scenarioSchema } from './scenario.ts';
export type { ExperimentScenario, ScenarioFault, ScenarioModel, ScenarioVariant } from './scenario.ts';
export { ScenarioError } from './scenario-error.ts';
export { readScenarioFile, shippedScenarios } from './shipped-scenarios.ts';
export { loadTraces, unavailable } from './traces.ts';
export type { LoadedTraces } from './traces.ts';
