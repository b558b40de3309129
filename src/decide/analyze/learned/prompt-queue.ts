/** Prompts before a server that computes nothing else: M/G/1. Times in seconds. */
export interface PromptQueue {
  /** That one prompt takes. */
  readonly service: number;
  /** Variance of that by the square of its mean. */
  readonly variation: number;
  /** What is to be kept: all but `tail` of the prompts wait no longer than `wait`, or no more than `waiting` wait in the mean. */
  readonly keeps: { readonly wait: number; readonly tail: number } | { readonly waiting: number };
}

/** A replica is given so much of its time at least. */
const leastShare = 0.1;

/**
 * Requests per second that one of several replicas may be given.
 *
 * Waits of M/G/1 have in heavy traffic the tail share × e^(-2 (1 - share) · t / (service · (1 + variation))) (Kingman 1962), and before c servers that share a queue the exponent is c times
 * that. Where each request is given to the shortest of c queues and stays there, that is so in the limit (Foschini and Salz 1978); at moderate loads, and with routers that look at more than queues, half of the others are
 * counted.
 */
export function rateWithin({ service, variation, keeps }: PromptQueue, replicas: number): number {
  if (service <= 0) return Infinity;
  if ('waiting' in keeps) {
    // share² (1 + variation) / (2 (1 - share)) wait in the mean
    const { waiting } = keeps;
    return (Math.sqrt(waiting * waiting + 2 * waiting * (1 + variation)) - waiting) / ((1 + variation) * service);
  }
  const pooled = (1 + Math.max(1, replicas)) / 2;
  const steepness = (2 * pooled * keeps.wait) / (service * (1 + variation));
  let low = 0;
  let high = 0.99;
  for (let round = 0; round < 20; round++) {
    const share = (low + high) / 2;
    if (share * Math.exp(-(1 - share) * steepness) <= keeps.tail) low = share;
    else high = share;
  }
  // a target that no queue keeps is no reason to ask for a replica for each request
  return Math.max(leastShare, low) / service;
}
