import { findPolicy } from '../policies/index.ts';
import { runExperiment } from '../stage/index.ts';
import type { PlannedRun } from './grid.ts';
import type { RunResult } from './result.ts';

// What a worker thread does. A policy is code and cannot be sent to it, so it finds its own by name and settings.

export default function perform({ scenario, policy, settings, seed, timeline, code }: PlannedRun): RunResult {
  return runExperiment({ scenario, policy: findPolicy(policy, settings), seed, timeline, codeVersion: code });
}
