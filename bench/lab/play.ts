// Plays one scenario in a process of its own, so that its memory is its own: `node --expose-gc bench/lab/play.ts ramp|day|quarter`.
import { findPolicy } from '../../src/lab/policies/index.ts';
import { shippedScenarios, type ExperimentScenario } from '../../src/lab/scenario/index.ts';
import { scenarioSchema } from '../../src/lab/scenario/index.ts';
import { capacitiesOf, runExperiment } from '../../src/lab/stage/index.ts';

export interface Played {
  readonly requests: number;
  readonly outputTokens: number;
  readonly attainment: number;
  /** Of the run alone; what a replica carries is measured before. */
  readonly seconds: number;
  /** The most that the process ever held, the runtime itself included. */
  readonly peakMemoryMb: number;
  /**
   * What was in use, on the heap and beside it, right after a collection: when a quarter of the load had come and when three quarters had. A day brings
   * as many requests a second at six in the morning as at six in the evening, so the two differ by what has been kept in between.
   */
  readonly usedMemoryMb: { readonly atQuarter: number; readonly atThreeQuarters: number };
}

/** A million requests in a day over twenty replicas (a quarter of it: the same load for six hours). */
function day(hours: number): ExperimentScenario {
  const fleet = { minReplicas: 20, maxReplicas: 20, initialReplicas: 20 };
  return scenarioSchema.parse({
    name: 'day',
    title: 'A million requests in a day over twenty replicas',
    description: 'For the bench alone.',
    usedInDesign: true,
    durationSeconds: hours * 3600,
    models: [
      {
        id: 'meta-llama/Llama-3.1-8B-Instruct',
        slo: { ttftSeconds: 1, tpotSeconds: 0.1 },
        traffic: [
          {
            kind: 'diurnal', lowPerSecond: 4, highPerSecond: 19.15, periodSeconds: 86_400, peakAtSeconds: 43_200,
            prompt: { mean: 500, standardDeviation: 150, lowest: 20, highest: 2000 },
            output: { mean: 150, standardDeviation: 50, lowest: 5, highest: 600 },
          },
        ],
        variants: [{ name: 'l40s', profile: 'llama-3.1-8b-l40s', ...fleet, startup: { meanSeconds: 60 } }],
      },
    ],
  });
}

function play(what: string): Played {
  const ramp = shippedScenarios().find(({ name }) => name === 'ramp');
  const scenario = what === 'ramp' ? ramp : day(what === 'day' ? 24 : 6);
  if (scenario === undefined) throw new Error('The published ramp is not shipped any more.');
  const policy = findPolicy(what === 'ramp' ? 'wva' : 'static-20');
  const capacities = capacitiesOf(scenario);
  const usedMemoryMb = { atQuarter: 0, atThreeQuarters: 0 };
  const onProgress = (fraction: number): void => {
    if (fraction === 0.25) usedMemoryMb.atQuarter = usedMb();
    else if (fraction === 0.75) usedMemoryMb.atThreeQuarters = usedMb();
  };
  const startMs = performance.now();
  const { scores } = runExperiment({ scenario, policy, seed: 1, capacities, onProgress });
  return {
    requests: scores.requests,
    outputTokens: scores.outputTokens,
    attainment: scores.attainment,
    seconds: (performance.now() - startMs) / 1000,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
    usedMemoryMb,
  };
}

function usedMb(): number {
  if (globalThis.gc === undefined) throw new Error('What is in use is measured after a collection, so node is started with --expose-gc.');
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1e6;
}

if (process.argv[1] === import.meta.filename) console.log(JSON.stringify(play(process.argv[2] ?? 'ramp')));
