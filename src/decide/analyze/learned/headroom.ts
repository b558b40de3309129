import { highest } from './highest.ts';
import { promptsAreInTime, sequencesAt, type Limits } from './limits.ts';
import { rateWithin, type PromptQueue } from './prompt-queue.ts';

/** What has to be survived with the replicas that there are. */
export interface Outlook {
  /** By how much the rate may grow at once, as a share of today's. */
  readonly riseShare: number;
  /** Until more replicas serve, seconds. */
  readonly horizonSeconds: number;
  /** Replicas that share the requests: the more there are, the less does each notice of chance. */
  readonly replicas: number;
  /** Standard deviations of chance that are to be borne. */
  readonly deviations: number;
}

const found = new WeakMap<Limits, Map<number, number>>();
/** Outlooks are told apart so closely: shares of a fiftieth, five seconds, replicas up to a thousand, a twentieth of a standard deviation. */
const shareSteps = 50;
const secondsStep = 5;
const mostReplicas = 999;
const deviationsStep = 0.05;

/**
 * Requests per second that one replica may be given today, so that today's chance and a sudden rise are borne. What is in flight
 * grows slowly where answers are long: a replica that is asked for too much is full only after a while, and where that is longer than new replicas take,
 * nothing has to be kept free for it. Outlooks are rounded to the careful side, so that what was found for one holds for the next.
 */
export function carriedBy(limits: Limits, { riseShare, horizonSeconds, replicas, deviations }: Outlook): number {
  const share = Math.min(1000 * shareSteps, Math.ceil(riseShare * shareSteps - 1e-9));
  const steps = Math.min(2000, Math.ceil(horizonSeconds / secondsStep - 1e-9));
  const many = Math.min(mostReplicas, replicas);
  const careful = Math.ceil(deviations / deviationsStep - 1e-9);
  const key = ((share * 2001 + steps) * 1000 + many) * 100 + Math.min(99, careful);
  let known = found.get(limits);
  if (known === undefined) found.set(limits, (known = new Map<number, number>()));
  let carried = known.get(key);
  if (carried === undefined) {
    carried = search(limits, { riseShare: share / shareSteps, horizonSeconds: steps * secondsStep, replicas: many, deviations: careful * deviationsStep });
    known.set(key, carried);
  }
  return carried;
}

function search(limits: Limits, outlook: Outlook): number {
  if (limits.prompts !== undefined) return promptsCarried(limits, limits.prompts, outlook);
  const carried = highest(limits.perSecond * 1.2, (perSecond) => bears(limits, outlook, perSecond));
  // prompts bind less often, and what they ask for is dearer to find
  return highest(carried, (perSecond) => promptsAreInTime(limits, perSecond * (1 + outlook.riseShare), outlook.replicas));
}

/**
 * Of a server that computes prompts only: what waits there grows evenly from when more come than it may be given, and nothing slows that down. So a rise is borne by what is left of the rate, and
 * by the requests that may wait when it lasts no longer than new replicas take.
 */
function promptsCarried({ queue }: Limits, prompts: PromptQueue, { riseShare, horizonSeconds, replicas }: Outlook): number {
  const most = rateWithin(prompts, replicas);
  return Math.min(most, (most + queue / Math.max(1, horizonSeconds)) / (1 + riseShare));
}

function bears(limits: Limits, { riseShare, horizonSeconds, replicas, deviations }: Outlook, perSecond: number): boolean {
  const steady = sequencesAt(limits, perSecond);
  const room = limits.sequences + limits.queue;
  if (steady + deviations * Math.sqrt(varianceAt(limits, steady) / replicas) > room) return false;
  if (riseShare <= 0) return true;
  const chance = deviations * Math.sqrt(varianceAt(limits, Math.min(steady, limits.sequences)) / replicas);
  return secondsUntilFull(limits, steady, perSecond * (1 + riseShare), Math.max(steady, room - chance)) >= horizonSeconds;
}

/**
 * Variance of the sequences that run where `steady` do in the mean. Requests come by chance (Poisson) and n of them leave at n / (tokens × time between tokens at n): the linear noise of this
 * birth and death is the mean times the time between tokens in parts of that of one alone, for the more there are, the slower does what is too much leave.
 */
function varianceAt({ itlBase, itlSlope }: Limits, steady: number): number {
  return steady * (1 + (itlSlope * steady) / itlBase);
}

/** More generations of sequences than any horizon has. */
const mostGenerations = 100;

/**
 * Seconds until a replica with `from` sequences, given `perSecond` requests a second from now on, has `until` of them running or waiting.
 *
 * By generations, each as long as an answer takes. Answers are thought of as equally long: then those that run now are gone at its end, evenly, and those that came meanwhile run. The time between tokens
 * grows with what runs, and by what the prompts of the new rate take of the replica from the first second on; its mean over a generation is that in the middle between both ends. Beyond the
 * sequences that fit, requests leave no faster and the queue grows evenly.
 */
export function secondsUntilFull(limits: Limits, from: number, perSecond: number, until: number): number {
  const { generationTokens: tokens, itlBase, decodeSlope, promptSeconds, sequences } = limits;
  const end = Math.min(until, sequences);
  const left = 1 - perSecond * promptSeconds;
  const born = left > 0 ? (tokens * perSecond * itlBase) / left : Infinity;
  const kept = left > 0 ? (tokens * perSecond * decodeSlope) / left / 2 : Infinity;
  let seconds = 0;
  let runs = from;
  for (let generation = 0; runs < end; generation++) {
    const next = kept < 1 ? (born + kept * runs) / (1 - kept) : Infinity;
    if (next <= runs * (1 + 1e-6) || generation >= mostGenerations) return Infinity;
    const share = Math.min(1, (end - runs) / (next - runs));
    const reached = Math.min(end, next);
    // as many have come as run now and were not there when the generation began
    seconds += (reached - runs * (1 - share)) / perSecond;
    runs = reached;
  }
  if (until <= sequences) return seconds;
  const surplus = perSecond - limits.perSecond;
  return surplus <= 0 ? Infinity : seconds + (until - Math.max(end, from)) / surplus;
}
