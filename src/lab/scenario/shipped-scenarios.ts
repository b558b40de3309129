import { readdirSync, readFileSync } from 'node:fs';
import { readScenario } from './read-scenario.ts';
import type { ExperimentScenario } from './scenario.ts';

const folder = new URL('shipped/', import.meta.url);
let read: readonly ExperimentScenario[] | undefined;

/** The scenarios that come with the laboratory, by name. */
export function shippedScenarios(): readonly ExperimentScenario[] {
  read ??= readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => readScenario(readFileSync(new URL(file, folder), 'utf8'), `shipped/${file}`));
  return read;
}
