import { createRandom, type Random } from '../../runtime/index.ts';
import { createEngine, createEventQueue, type InferenceRequest, type ServingProfile } from '../../simulator/index.ts';
import { estimate } from '../runs/index.ts';
import type { Claim } from './claim.ts';
import { waitOfMD1, waitOfMM1, waitOfMMc } from './queueing-theory.ts';

/** An engine made so plain that a classical queue describes it. */
interface Degenerate {
  readonly name: string;
  readonly load: number;
  readonly servers: number;
  /** Mean wait in units of the mean service time. */
  readonly theory: number;
  /** Service in steps of one iteration of a millisecond. */
  readonly draw: (random: Random) => number;
}

/** Steps of a mean service: rounding to whole tokens moves the mean by less than 0.05 %. */
const meanSteps = 2_000;

function exponential(random: Random): number {
  return Math.max(1, Math.round(random.exponential(meanSteps)));
}

const queues: readonly Degenerate[] = [
  ...[0.5, 0.8].map((load) => ({ name: 'M/M/1', load, servers: 1, theory: waitOfMM1(load), draw: exponential })),
  ...[0.5, 0.8].map((load) => ({ name: 'M/D/1', load, servers: 1, theory: waitOfMD1(load), draw: () => meanSteps })),
  ...[[4, 0.8], [16, 0.9]].map(([servers = 1, load = 0]) => ({ name: `M/M/${servers}`, load, servers, theory: waitOfMMc(servers, load), draw: exponential })),
];

/**
 * An iteration that takes a millisecond whatever is in it makes every sequence a server of its own, and tokens its service: the engine is
 * then M/G/c with c its most sequences. The theory's mean wait must lie within the 95 % confidence interval of twenty independent runs.
 */
export function theoryClaims(runs = 20, requestsEach = 20_000): Claim[] {
  return queues.map((queue) => {
    const waits = Array.from({ length: runs }, (_, run) => meanWait(queue, createRandom(`theory/${queue.name}/${queue.load}/${run}`), requestsEach));
    const { mean, low = mean, high = mean } = estimate(waits) ?? { mean: 0 };
    return {
      claim: `${queue.name} at load ${queue.load}: mean wait in services`,
      reference: queue.theory.toFixed(4),
      ours: `${mean.toFixed(4)} (95 %: ${low.toFixed(4)} to ${high.toFixed(4)})`,
      difference: `${(100 * (mean / queue.theory - 1)).toFixed(1)} %`,
      verdict: low <= queue.theory && queue.theory <= high ? 'holds' : 'misses',
    };
  });
}

function meanWait({ load, servers, draw }: Degenerate, random: Random, requests: number): number {
  const profile: ServingProfile = {
    modelID: 'degenerate', accelerator: 'none',
    baseMs: 1, perPrefillTokenMs: 0, perSequenceMs: 0, perResidentTokenMs: 0, networkMs: 0,
    maxSequences: servers, tokenBudget: 1_000_000, kvBlocks: 1e9, blockTokens: 16, maxModelTokens: 1e9, costPerHour: 0,
  };
  const queue = createEventQueue(0);
  const engine = createEngine(profile, queue);
  const [gaps, services] = [random.fork('gaps'), random.fork('services')];
  // the first tenth is left out: the queue begins empty
  const warm = requests / 10;
  let waited = 0;
  let measured = 0;
  let sent = 0;
  let atMs = 0;

  function arrive(): void {
    const id = sent++;
    const steps = draw(services);
    const request: InferenceRequest = {
      id, modelID: profile.modelID, arrivedAtMs: atMs, promptTokens: 1, generationTokens: steps,
      onEnd({ endedAtMs = 0, arrivedAtMs }) {
        if (id < warm) return;
        waited += endedAtMs - arrivedAtMs - steps;
        measured += 1;
      },
    };
    engine.submit(request);
    if (sent < requests) next();
  }

  function next(): void {
    atMs += gaps.exponential(meanSteps / (servers * load));
    queue.at(atMs, arrive);
  }

  next();
  queue.runUntil(Infinity);
  return waited / measured / meanSteps;
}
