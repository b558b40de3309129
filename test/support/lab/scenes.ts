import type { z } from 'zod';
import type { Policy } from '../../../src/lab/policies/policy.ts';
import { scenarioSchema } from '../../../src/lab/scenario/scenario.ts';
import type { ExperimentScenario } from '../../../src/lab/scenario/scenario.ts';
import type { PolicyStage } from '../../../src/lab/stage/index.ts';

type ScenarioInput = z.input<typeof scenarioSchema>;
type VariantInput = ScenarioInput['models'][number]['variants'][number];

/** A small scenario: one model at a constant rate on one variant whose pods take 60 s, unless told otherwise. */
export function scene(
  options: {
    readonly scenario?: Partial<ScenarioInput>;
    readonly model?: Partial<ScenarioInput['models'][number]>;
    readonly variant?: Partial<VariantInput>;
    readonly ratePerSecond?: number;
  } = {},
): ExperimentScenario {
  return scenarioSchema.parse({
    name: 'scene', title: 'A scene', description: 'For a test.', usedInDesign: false, durationSeconds: 600,
    models: [modelOf(options)],
    ...options.scenario,
  });
}

export function modelOf({ model = {}, variant = {}, ratePerSecond = 2 }: Parameters<typeof scene>[0] & object): ScenarioInput['models'][number] {
  return {
    id: 'some/model',
    slo: { ttftSeconds: 2, tpotSeconds: 0.1 },
    traffic: [{ kind: 'constant', ratePerSecond, prompt: { mean: 500, standardDeviation: 50 }, output: { mean: 100, standardDeviation: 20 } }],
    variants: [{ name: 'v', profile: 'llama-3.1-8b-a100', minReplicas: 1, maxReplicas: 10, initialReplicas: 2, startup: { meanSeconds: 60 }, ...variant }],
    ...model,
  };
}

/** A policy that does what it is told at the times it is told. */
export function script(begin: (stage: PolicyStage) => void): Policy {
  return { name: 'script', family: 'peer', title: 'A script', source: 'A test.', settings: {}, refuses: () => undefined, begin };
}

/** Scales the first variant at so many seconds. */
export function scaledAt(steps: readonly (readonly [atSeconds: number, replicas: number])[], variant = '0/v'): Policy {
  return script((stage) => {
    for (const [atSeconds, to] of steps) stage.after(atSeconds * 1000, () => stage.scale({ variant, from: stage.replicas(variant).spec, to, why: 'told to' }));
  });
}
