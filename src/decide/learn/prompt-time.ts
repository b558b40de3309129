import { freshValue, type ReplicaObservation } from '../../model/index.ts';

/** What one prompt takes of a server that computes prompts only, as a minute of it shows. */
export interface PromptWindow {
  /** It keeps the server busy so long. */
  readonly promptMs: number;
  /** Iterations that are its own: of long prompts several, and less than one where short ones share an iteration. */
  readonly iterations: number;
  /** Thousands of tokens that are computed for it; those found in the prefix cache are not. */
  readonly promptK: number;
  /** How closely that is known, as a share. */
  readonly error: number;
}

/** Arrivals and lengths of one minute are no averages, and several prompts share an iteration: against simulated servers the formula is right to 5 % from a load of 0.3 to a full one. */
const formulaError = 0.08;
/** Blocks of prompts are held until a decode server has copied them: where they fill the cache, it is those servers that are waited for. */
export const blockedAbove = 0.9;
/** More requests left than prompts were computed: some were given up, and what was computed for them is not counted. */
const givenUp = 1.25;

/**
 * Seconds that a request keeps a server busy, from how long it takes in the mean at a rate: service S and the wait of M/G/c, which is that of M/G/1 (Pollaczek 1930, Khinchin 1932) for one server,
 *
 *     T = S + (1 + variation) / 2 × S × load^(sqrt(2 (c + 1)) - 1) / (c (1 - load)),   load = rate × S
 *
 * by Sakasegawa (1977) for c of them, solved for S. It holds from an idle server, where S is T, to a flooded one, where S comes to 1 / rate.
 *
 * @param perSecond Requests of one server.
 * @param variation Variance of the service times by the square of their mean.
 * @param servers That share the requests: a router gives each to the one with the least to do.
 */
export function serviceWithin(sojourn: number, perSecond: number, variation: number, servers: number): number {
  const power = Math.sqrt(2 * (servers + 1)) - 1;
  let low = 0;
  let high = Math.min(sojourn, 1 / perSecond);
  for (let round = 0; round < 24; round++) {
    const service = (low + high) / 2;
    const load = perSecond * service;
    const told = service * (1 + ((1 + variation) / 2) * (load ** power / (servers * (1 - load))));
    if (told <= sojourn) low = service;
    else high = service;
  }
  return low;
}

/** `undefined` where a minute does not tell it: nothing was computed, or something else than computing was waited for. */
export function promptWindow({ readings }: Pick<ReplicaObservation, 'readings'>, variation: number, budgetTokens: number, servers: number): PromptWindow | undefined {
  const tokens = freshValue(readings.promptTokensPerSecond);
  const mean = freshValue(readings.meanPromptTokens);
  const ttft = freshValue(readings.ttftSeconds);
  if (tokens === undefined || mean === undefined || ttft === undefined || !(tokens > 0) || !(mean > 0) || !(ttft > 0)) return undefined;
  const computed = mean * (1 - (freshValue(readings.prefixHitFraction) ?? 0));
  const perSecond = tokens / mean;
  if (!(computed > 0) || (freshValue(readings.completionsPerSecond) ?? 0) > givenUp * perSecond + 0.1 || (freshValue(readings.kvUsedFraction) ?? 0) > blockedAbove) return undefined;
  // as many are there together (Little's law), and share iterations up to what one computes
  const together = Math.max(1, perSecond * ttft);
  return {
    promptMs: 1000 * serviceWithin(ttft, perSecond, variation, servers),
    iterations: Math.max(computed / budgetTokens, 1 / together),
    promptK: computed / 1000,
    error: Math.sqrt(formulaError ** 2 + 1 / Math.max(1, 60 * perSecond)),
  };
}
