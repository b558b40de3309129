import { capacityAtSlo, runExperiment } from '../../stage/index.ts';
import type { ScenarioModel, ScenarioVariant } from '../../scenario/scenario.ts';
import { staticFleet } from '../static.ts';

const remembered = new Map<string, number | undefined>();

/**
 * Requests that one replica has at once under as much load as it carries within the SLOs: the load test that KEDA's and Knative's
 * users are told to size their target with. Little's law over a run at `capacityAtSlo`: rate × (median TTFT + median TPOT × (output tokens - 1)).
 *
 * @returns `undefined` for a recorded trace, whose lengths nobody announces, for one side of prefill and decode, and where a replica carries nothing.
 */
export function measuredConcurrency(model: ScenarioModel, variant: ScenarioVariant): number | undefined {
  const key = JSON.stringify([model.slo, model.traffic, variant.profile, variant.role]);
  if (!remembered.has(key)) remembered.set(key, measure(model, variant));
  return remembered.get(key);
}

function measure(model: ScenarioModel, variant: ScenarioVariant): number | undefined {
  const [traffic] = model.traffic;
  if (variant.role !== 'both' || traffic === undefined || model.traffic.some(({ kind }) => kind === 'trace') || traffic.kind === 'trace') return undefined;
  const ratePerSecond = capacityAtSlo(model, variant);
  if (ratePerSecond === 0) return undefined;
  const { prompt, output, sharedPrefix } = traffic;
  const durationSeconds = Math.max(600, 600 / ratePerSecond);
  const { scores } = runExperiment({
    scenario: {
      name: 'load-test',
      title: 'One replica at its capacity',
      description: 'Sizes the target of a concurrency autoscaler.',
      usedInDesign: false,
      durationSeconds,
      until: 'drained',
      accelerators: {},
      faults: [],
      models: [
        {
          ...model,
          traffic: [{ kind: 'constant', ratePerSecond, fromSeconds: 0, prompt, output, arrivals: 'poisson', ...(sharedPrefix !== undefined && { sharedPrefix }) }],
          variants: [{ ...variant, minReplicas: 1, maxReplicas: 1, initialReplicas: 1 }],
        },
      ],
    },
    policy: staticFleet(1).create(),
    seed: 0,
    capacities: {},
  });
  const { requests, outputTokens, ttftSeconds, tpotSeconds } = scores;
  if (requests === 0 || ttftSeconds === undefined) return undefined;
  return ratePerSecond * (ttftSeconds.p50 + (tpotSeconds?.p50 ?? 0) * (outputTokens / requests - 1));
}

/**
 * A target of concurrent requests: the published number, or a share of what a load test of the replica found.
 *
 * @param share 0 takes the published number.
 */
export function concurrencyTarget(published: number, share: number, model: ScenarioModel, variant: ScenarioVariant): number {
  const measured = share === 0 ? undefined : measuredConcurrency(model, variant);
  return measured === undefined ? published : Math.max(1, share * measured);
}
