import type { Slo } from '../../../src/model/index.ts';
import type { Requests } from '../decide/fleet.ts';
import type { ServerPlan } from './plan.ts';

/** What is true of one replica, by the law of its server. */
export interface Capability {
  /** Milliseconds of an iteration with no sequence, and what each sequence adds with its share of prompts. */
  readonly baseMs: number;
  readonly slopeMs: number;
  /** Milliseconds that computing one prompt adds to an iteration. */
  readonly promptMs: number;
  /** Sequences that the KV cache holds, and the engine is told to run. */
  readonly most: number;
  /** Requests per second when the cache is full. */
  readonly full: number;
}

export function capabilityOf({ baseMs, perSequenceMs, perResidentKiloMs, perPromptKiloMs, kvCapacityTokens, maxSequences }: ServerPlan, { promptTokens, generationTokens }: Requests, slowness = 1): Capability {
  const resident = promptTokens + generationTokens / 2;
  const slopeMs = slowness * (perSequenceMs + (perResidentKiloMs * resident) / 1000 + (perPromptKiloMs * promptTokens) / 1000 / generationTokens);
  const most = Math.min(maxSequences, kvCapacityTokens / resident);
  const base = slowness * baseMs;
  const promptMs = (slowness * perPromptKiloMs * promptTokens) / 1000;
  return { baseMs: base, slopeMs, promptMs, most, full: (1000 * most) / (generationTokens * (base + slopeMs * most)) };
}

/** Requests per second that one replica bears: below the mean time between tokens that is asked for, and with the cache used to a share of 0.8 at most. */
export function bornBy(server: ServerPlan, requests: Requests, { itlSeconds }: Partial<Slo>): number {
  const { baseMs, slopeMs, most } = capabilityOf(server, requests);
  const inTime = itlSeconds === undefined ? Infinity : Math.max(0, (itlSeconds * 1000 - baseMs) / slopeMs);
  const sequences = Math.min(0.8 * most, inTime);
  return (1000 * sequences) / (requests.generationTokens * (baseMs + slopeMs * sequences));
}
