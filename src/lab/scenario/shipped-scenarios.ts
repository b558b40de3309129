import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compareText } from '../../base/index.ts';
import { readScenario } from './read-scenario.ts';
import type { ExperimentScenario } from './scenario.ts';

const folder = new URL('shipped/', import.meta.url);
let read: readonly ExperimentScenario[] | undefined;

/** The scenarios that come with the laboratory, by name. */
export function shippedScenarios(): readonly ExperimentScenario[] {
  read ??= readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted(compareText)
    .map((file) => readScenario(readFileSync(new URL(file, folder), 'utf8'), `shipped/${file}`));
  return read;
}

/**
 * Reads a scenario from a file; profiles that it names by their file are read from beside it.
 * @throws ScenarioError for what stands in it, and the platform's error when it cannot be read at all.
 */
export function readScenarioFile(file: string): ExperimentScenario {
  return readScenario(readFileSync(file, 'utf8'), file, (name) => readFileSync(path.resolve(path.dirname(file), name), 'utf8'));
}
