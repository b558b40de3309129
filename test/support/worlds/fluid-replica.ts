import type { EngineSample } from '../../../src/prometheus/index.ts';
import type { Requests } from '../decide/fleet.ts';
import type { Capability } from './capability.ts';

/** A serving replica as a fluid: sequences flow in as far as the cache allows, and out as fast as iterations are. */
export interface FluidReplica {
  readonly running: number;
  readonly waiting: number;
  /** Mean time between tokens of the last step, milliseconds. */
  readonly itlMs: number;
  /** Requests that could be given over the next `seconds` without their waiting. */
  room(seconds: number, capability: Capability): number;
  /** Gives it so many requests over the next `seconds`. */
  serve(arrivals: number, seconds: number, capability: Capability): void;
  /** Requests and counters are gone: the process was started anew. */
  restart(): void;
  sample(atMs: number): EngineSample;
}

/** Clients give up after so long in a queue. */
const patienceSeconds = 120;

export function createFluidReplica({ promptTokens, generationTokens }: Requests, kvCapacityTokens: number): FluidReplica {
  let running = 0;
  let waiting = 0;
  let itlMs = 0;
  let counters = { left: 0, admitted: 0, generated: 0, ttft: 0, itl: 0, e2e: 0, queued: 0 };

  /** What share of those that run is still there after so long, and of those that come evenly meanwhile. */
  function flow(seconds: number, baseMs: number, slopeMs: number, most: number): { readonly iterationMs: number; readonly stay: number; readonly stayOfNew: number } {
    const iterationMs = baseMs + slopeMs * Math.min(most, Math.max(1, running));
    const x = (1000 * seconds) / (generationTokens * iterationMs);
    const stay = Math.exp(-x);
    return { iterationMs, stay, stayOfNew: (1 - stay) / x };
  }

  return {
    get running() {
      return running;
    },
    get waiting() {
      return waiting;
    },
    get itlMs() {
      return itlMs;
    },
    room(seconds, { baseMs, slopeMs, most }) {
      const { stay, stayOfNew } = flow(seconds, baseMs, slopeMs, most);
      return Math.max(0, (most - running * stay) / stayOfNew - waiting);
    },
    serve(arrivals, seconds, { baseMs, slopeMs, promptMs, most, full }) {
      const { iterationMs, stay, stayOfNew } = flow(seconds, baseMs, slopeMs, most);
      const served = Math.min(waiting + arrivals, Math.max(0, most - running * stay) / stayOfNew);
      const left = running * (1 - stay) + served * (1 - stayOfNew);
      const queueSeconds = waiting / Math.max(full, 1e-6);
      const before = running;
      waiting = Math.min(waiting + arrivals - served, full * patienceSeconds);
      running = running + served - left;
      itlMs = iterationMs;
      // an iteration with the prompt in it, beside those that decode
      const firstSeconds = (iterationMs - (promptMs / generationTokens) * before + promptMs) / 1000 + queueSeconds;
      const tokens = (1000 * seconds * (before + running)) / 2 / iterationMs;
      counters = {
        left: counters.left + left,
        admitted: counters.admitted + served,
        generated: counters.generated + tokens,
        ttft: counters.ttft + served * firstSeconds,
        itl: counters.itl + (tokens * iterationMs) / 1000,
        e2e: counters.e2e + left * (firstSeconds + (generationTokens * iterationMs) / 1000),
        queued: counters.queued + served * queueSeconds,
      };
    },
    restart() {
      running = waiting = 0;
      counters = { left: 0, admitted: 0, generated: 0, ttft: 0, itl: 0, e2e: 0, queued: 0 };
    },
    sample(atMs) {
      const left = Math.floor(counters.left);
      const resident = promptTokens + generationTokens / 2;
      return {
        atMs,
        engine: 'vllm',
        ranks: '0',
        gauges: { running: Math.round(running), waiting: Math.round(waiting), kvUsed: Math.min(1, (running * resident) / kvCapacityTokens), kvCapacity: kvCapacityTokens },
        counters: {
          departures: left,
          completions: left,
          promptTokens: left * promptTokens,
          generationTokens: Math.floor(counters.generated),
          preemptions: 0,
          prefixQueries: left * promptTokens,
          prefixHits: 0,
          promptLengthSum: left * promptTokens,
          promptLengthCount: left,
          generationLengthSum: left * generationTokens,
          generationLengthCount: left,
          ttftSum: counters.ttft,
          ttftCount: Math.floor(counters.admitted),
          itlSum: counters.itl,
          itlCount: Math.floor(counters.generated),
          e2eSum: counters.e2e,
          e2eCount: left,
          queueTimeSum: counters.queued,
          queueTimeCount: Math.floor(counters.admitted),
        },
        asleep: false,
      };
    },
  };
}
