/** Prompts before a server: M/G/1. Times in seconds. */
export interface PromptQueue {
  /** That one prompt keeps it busy. */
  readonly service: number;
  /** Variance of that by the square of its mean. */
  readonly variation: number;
  /** What is to be kept: prompts are computed so long after they came, but for the share `late`; or no more than `waiting` wait in the mean. */
  readonly keeps: { readonly within: number; readonly late: number } | { readonly waiting: number };
}

/** A replica is given so much of its time at least: a target that no queue keeps is no reason to ask for a replica for each request. */
export const leastShare = 0.1;
/** Service times in seven parts of so much of all prompts each, at the normal deviation in the middle of each: finer where they are long, for few of those make all late. */
const parts: readonly (readonly [share: number, deviation: number])[] = [[0.25, -1.15], [0.25, -0.319], [0.25, 0.319], [0.15, 0.935], [0.07, 1.514], [0.02, 2.054], [0.01, 2.576]];
/** Less variation is none: to three digits the formula for it has its limit there. */
const leastVariation = 0.01;

/**
 * Share of the prompts that are not computed within `within` seconds of their arrival, 0..1, where one of several servers is given so many a second.
 *
 * Waits of M/G/1 are longer than t for the share load × e^(-t · decay) of the prompts, with the decay at which load × (M(decay) - 1) = decay × service, M being the moment generating function of the service times (Cramér and
 * Lundberg; Asmussen, Applied Probability and Queues, 2003, XIII.5); those are taken for gamma distributed, and a prompt's own, which comes to its wait, by the cube root of a normal variable (Wilson and Hilferty 1931).
 * Kingman's formula for heavy traffic (1962) is its first order, and a third too careful at half a load.
 *
 * Before c servers that share a queue the decay is c times that. Where each request is given to the shortest of c queues and stays there, that is so in the limit (Foschini and Salz 1978); at moderate loads, and with routers that look at
 * more than queues, half of the others are counted.
 */
export function lateAt(service: number, variation: number, within: number, perSecond: number, replicas: number): number {
  const load = perSecond * service;
  if (load >= 1) return 1;
  const decay = (((1 + Math.max(1, replicas)) / 2) * decayAt(load, Math.max(leastVariation, variation))) / service;
  const lengths = lengthsAt(variation);
  let late = 0;
  for (let index = 0; index < parts.length; index++) {
    const [share] = parts[index] as (typeof parts)[number];
    const left = within - service * (lengths[index] as number);
    late += left <= 0 ? share : share * load * Math.exp(-decay * left);
  }
  return late;
}

/** Of the variation that was asked for last: a search asks for one of them at dozens of rates. */
let known: { readonly variation: number; readonly lengths: readonly number[] } | undefined;

/** The service time of each part by their mean. */
function lengthsAt(variation: number): readonly number[] {
  if (known?.variation === variation) return known.lengths;
  const spread = Math.sqrt(variation) / 3;
  const lengths = parts.map(([, deviation]) => Math.max(0, 1 - spread * spread + spread * deviation) ** 3);
  known = { variation, lengths };
  return lengths;
}

/** The decay of waits, each service time long: of the third order in it, and from there by Newton's method, which comes down to it from above. */
function decayAt(load: number, variation: number): number {
  const a = ((1 + variation) * (1 + 2 * variation)) / 6;
  const b = (1 + variation) / 2;
  let decay = Math.min((Math.sqrt(b * b + (4 * a * (1 - load)) / load) - b) / (2 * a), 0.9 / variation);
  for (let round = 0; round < 3; round++) {
    const left = 1 - variation * decay;
    const moment = left ** (-1 / variation);
    decay -= (load * (moment - 1) - decay) / ((load * moment) / left - 1);
  }
  return decay;
}

/** Requests per second that one of several replicas may be given. */
export function rateWithin({ service, variation, keeps }: PromptQueue, replicas: number): number {
  if (service <= 0) return Infinity;
  if ('waiting' in keeps) {
    // share² (1 + variation) / (2 (1 - share)) wait in the mean
    const { waiting } = keeps;
    return (Math.sqrt(waiting * waiting + 2 * waiting * (1 + variation)) - waiting) / ((1 + variation) * service);
  }
  let low = 0;
  let high = 0.99;
  for (let round = 0; round < 20 && high - low > 1e-3 * high; round++) {
    const share = (low + high) / 2;
    if (lateAt(service, variation, keeps.within, share / service, replicas) <= keeps.late) low = share;
    else high = share;
  }
  return Math.max(leastShare, low) / service;
}
