import { clamp } from '../../base/index.ts';
import type { Random } from '../../runtime/index.ts';
import type { Agenda } from '../agenda.ts';
import type { TokenDistribution, Traffic, TrafficStage } from './traffic-plan.ts';

/** Requests per second that the stages ask for at a time after the start; 0 after the last stage. */
export function offeredRate(traffic: Pick<Traffic, 'stages' | 'repeat'>, sinceStartMs: number): number {
  let left = sinceStartMs;
  const totalMs = traffic.stages.reduce((total, stage) => total + stage.durationMs, 0);
  if (totalMs <= 0) return 0;
  if (traffic.repeat === true) left %= totalMs;
  for (const stage of traffic.stages) {
    if (left < stage.durationMs) return rateWithin(stage, left);
    left -= stage.durationMs;
  }
  return 0;
}

function rateWithin(stage: TrafficStage, offsetMs: number): number {
  return stage.from + ((stage.to - stage.from) * offsetMs) / stage.durationMs;
}

/**
 * Poisson arrivals whose rate follows the stages: drawn at the highest rate, each kept with the probability that the rate of
 * its moment has to it (thinning; Lewis and Shedler, 1979).
 * @returns a function that ends the traffic.
 */
export function startTraffic(
  traffic: Traffic,
  agenda: Agenda,
  random: Random,
  onArrival: (arrival: { readonly promptTokens: number; readonly generationTokens: number }) => void,
): () => void {
  const startMs = agenda.now();
  const highest = Math.max(0, ...traffic.stages.flatMap(({ from, to }) => [from, to]));
  if (highest === 0) return () => {};
  const arrivals = random.fork('arrivals');
  const tokens = random.fork('tokens');
  let cancel: () => void;

  function next(fromMs: number): void {
    const atMs = fromMs + arrivals.exponential(1000 / highest);
    cancel = agenda.at(atMs, () => {
      if (arrivals.next() * highest < offeredRate(traffic, atMs - startMs)) {
        onArrival({
          promptTokens: drawTokens(traffic.promptTokens, tokens),
          generationTokens: drawTokens(traffic.generationTokens, tokens),
        });
      }
      next(atMs);
    });
  }

  next(startMs);
  return () => cancel();
}

export function drawTokens(distribution: TokenDistribution, random: Random): number {
  const { mean, standardDeviation, lowest, highest } = distribution;
  return Math.round(clamp(random.normal(mean, standardDeviation), lowest, highest));
}
