import { createHash } from 'node:crypto';
import { loadTraces, type ExperimentScenario } from '../scenario/index.ts';

/**
 * Of the requests that a scenario plays from trace files: another file under the same name gives other results.
 *
 * @returns `undefined` where it plays none.
 */
export function traceFingerprint(scenario: ExperimentScenario, folders: readonly string[]): string | undefined {
  if (!scenario.models.some(({ traffic }) => traffic.some(({ kind }) => kind === 'trace'))) return undefined;
  const hash = createHash('sha256');
  for (const { count, atMs, promptTokens, generationTokens } of loadTraces(scenario, folders).records) {
    hash.update(`${count}\n`);
    for (const column of [atMs, promptTokens, generationTokens]) hash.update(column);
  }
  return hash.digest('hex').slice(0, 16);
}
