import { decide } from '../../../src/decide/index.ts';
import { emptyMemory, policySetOf, type Decision, type Memory, type Policy, type PolicySet } from '../../../src/model/index.ts';
import { replicaUnder, type Requests, type Server } from './fleet.ts';
import { noonMs, sceneOf, type ReplicaSketch, type VariantSketch } from './scene.ts';

/** What a replica shows that has computed the prompts of so many requests a second for a minute, one behind the other, and before which so many wait. */
export function promptsUnder(perSecond: number, { baseMs, perPromptKiloMs, kvCapacityTokens }: Server, { promptTokens }: Requests, waiting = 0, shared = 1): ReplicaSketch {
  const service = (baseMs + (perPromptKiloMs * promptTokens) / 1000) / 1000;
  const served = Math.min(perSecond, 0.999 / service);
  const load = served * service;
  // all prompts are alike: half of what it would be for those that differ by chance; and servers that share a queue
  const queue = (0.5 * service * load ** (Math.sqrt(2 * (shared + 1)) - 1)) / (shared * (1 - load)) + waiting / Math.max(served, 1e-9);
  return {
    kv: Math.min(0.5, (load * promptTokens) / kvCapacityTokens),
    queue: Math.round(waiting),
    running: load,
    capacity: kvCapacityTokens,
    readings: {
      arrivalsPerSecond: perSecond, recentArrivalsPerSecond: perSecond, completionsPerSecond: served, generationTokensPerSecond: served, promptTokensPerSecond: served * promptTokens,
      meanPromptTokens: promptTokens, meanGenerationTokens: 1, prefixHitFraction: 0, preemptionsPerSecond: 0, ...(served > 0 && { ttftSeconds: service + queue, queueSeconds: queue }),
    },
  };
}

/** What one shows whose prompts are computed elsewhere. */
export function answersUnder(perSecond: number, server: Server, requests: Requests): ReplicaSketch {
  return replicaUnder(perSecond, { ...server, perPromptKiloMs: 0 }, requests);
}

export interface Pool {
  readonly replicas: number;
  readonly sketch?: Partial<VariantSketch>;
}

/**
 * A model whose prompts and answers are computed by two pools that follow their decisions, with pods that start within a minute. What the first is short of waits before it, and the second sees what
 * comes through.
 */
export function createStages(server: Server, requests: Requests, pools: { readonly prefill: Pool; readonly decode: Pool }, policy: Policy | PolicySet) {
  const names = ['prefill', 'decode'] as const;
  const startMs = 60_000;
  const pods = { prefill: begun(pools.prefill), decode: begun(pools.decode) };
  let memory: Memory = emptyMemory;
  let cycle = 0;
  let queue = 0;

  function begun({ replicas }: Pool): number[] {
    return Array.from({ length: replicas }, () => noonMs - 3_600_000);
  }

  function step(perSecond: number): { readonly prefill: Decision; readonly decode: Decision; readonly waiting: number; readonly passedPerSecond: number } {
    const nowMs = noonMs + cycle++ * 15_000;
    const ready = (name: 'prefill' | 'decode'): number => Math.max(1, pods[name].filter((createdAtMs) => createdAtMs + startMs <= nowMs).length);
    const capacity = (ready('prefill') * 1000) / (server.baseMs + (server.perPromptKiloMs * requests.promptTokens) / 1000);
    const passed = Math.min(perSecond + queue / 15, capacity);
    queue = Math.max(0, queue + (perSecond - passed) * 15);
    const shows = { prefill: promptsUnder(perSecond / ready('prefill'), server, requests, queue / ready('prefill'), ready('prefill')), decode: answersUnder(passed / ready('decode'), server, requests) };
    const sketches = names.map((name): VariantSketch => ({
      name, role: name, min: 1, accelerator: 'H100', ...pools[name].sketch, current: pods[name].length,
      replicas: pods[name].map((createdAtMs) => ({ podAgeMs: nowMs - createdAtMs, ...(createdAtMs + startMs <= nowMs ? { ...shows[name], startedInMs: startMs } : { state: 'starting' }) })),
    }));
    const outcome = decide(sceneOf(sketches, nowMs), 'global' in policy ? policy : policySetOf(policy), memory, nowMs);
    memory = outcome.memory;
    const [prefill, decode] = names.map((name) => outcome.decisions.find(({ variant }) => variant.name === name) as Decision) as [Decision, Decision];
    for (const { variant, desired = 0 } of [prefill, decode]) {
      const name = variant.name as 'prefill' | 'decode';
      pods[name] = [...pods[name].slice(0, desired), ...Array.from({ length: Math.max(0, desired - pods[name].length) }, () => nowMs)];
    }
    return { prefill, decode, waiting: queue, passedPerSecond: passed };
  }

  return { step, memory: () => memory };
}
