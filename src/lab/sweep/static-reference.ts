import { mean } from '../../base/index.ts';
import type { ExperimentScenario } from '../scenario/index.ts';
import type { Play } from './sweep.ts';

/** Share of the requests that a static fleet has to serve to be what others are measured with. */
const enough = 0.99;

export interface StaticReference {
  readonly replicas: number;
  readonly attainment: number;
  /** Of the fleet while the load comes; what it costs to stand there afterwards is no policy's business. */
  readonly money: number;
}

/** The least static fleet that serves 99 % of the requests within their SLOs; the one that serves most where none does. */
export async function staticReference(scenario: ExperimentScenario, seeds: readonly number[], play: Play): Promise<StaticReference> {
  const variants = scenario.models.flatMap((model) => model.variants);
  const largest = Math.max(...variants.map(({ maxReplicas }) => maxReplicas));
  const fleets = await Promise.all(
    Array.from({ length: largest }, async (_, index) => {
      const runs = await Promise.all(seeds.map(async (seed) => await play(scenario, `static-${index + 1}`, {}, seed)));
      return {
        replicas: index + 1,
        attainment: mean(runs.map(({ scores }) => scores.attainment)) ?? 0,
        money: mean(runs.map(({ scores }) => (scores.money * scenario.durationSeconds) / scores.episodeSeconds)) ?? 0,
      };
    }),
  );
  return leastFleet(fleets);
}

export function leastFleet(fleets: readonly StaticReference[]): StaticReference {
  const [first, ...others] = fleets;
  if (first === undefined) throw new Error('A scenario without replicas has no static fleet.');
  const serving = fleets.find(({ attainment }) => attainment >= enough);
  return serving ?? others.reduce((best, fleet) => (fleet.attainment > best.attainment ? fleet : best), first);
}
