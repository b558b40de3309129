import { decide } from '../../../src/decide/index.ts';
import { emptyMemory, policySetOf, type Decision, type Memory, type Observation, type Policy, type PolicySet } from '../../../src/model/index.ts';
import { noonMs, sceneOf, type ReplicaSketch, type VariantSketch } from './scene.ts';

/** What one replica of a test's fleet can do, by the law of an iteration. Times in milliseconds. */
export interface Server {
  readonly baseMs: number;
  readonly perSequenceMs: number;
  readonly perResidentKiloMs: number;
  readonly perPromptKiloMs: number;
  readonly kvCapacityTokens: number;
  /** What it runs at once at the most; as many as the cache holds if not said. */
  readonly maxSequences?: number;
}

/** Requests that are all alike. */
export interface Requests {
  readonly promptTokens: number;
  readonly generationTokens: number;
}

/** About a model of 8 billion parameters on an A100. */
export const server: Server = { baseMs: 12, perSequenceMs: 0.05, perResidentKiloMs: 0.08, perPromptKiloMs: 93, kvCapacityTokens: 400_000 };
export const chat: Requests = { promptTokens: 1000, generationTokens: 300 };

/** What a replica shows that has carried so many requests a second for a minute; beyond what it carries its cache or its batch is full and they wait. */
export function replicaUnder(perSecond: number, { baseMs, perSequenceMs, perResidentKiloMs, perPromptKiloMs, kvCapacityTokens, maxSequences = Infinity }: Server, { promptTokens, generationTokens }: Requests, secondsOver = 60): ReplicaSketch {
  const resident = promptTokens + generationTokens / 2;
  const slopeMs = perSequenceMs + (perResidentKiloMs * resident) / 1000 + (perPromptKiloMs * promptTokens) / 1000 / generationTokens;
  const inCache = kvCapacityTokens / resident;
  const most = Math.min(inCache, maxSequences);
  const left = 1 - (generationTokens * slopeMs * perSecond) / 1000;
  const sequences = Math.min(most, left <= 0 ? Infinity : (generationTokens * baseMs * perSecond) / 1000 / left);
  const itl = (baseMs + slopeMs * sequences) / 1000;
  const served = sequences / (generationTokens * itl);
  const waiting = Math.max(0, perSecond - served) * secondsOver;
  const prefill = (baseMs + perSequenceMs * sequences + (perResidentKiloMs * resident * sequences) / 1000 + (perPromptKiloMs * promptTokens) / 1000) / 1000;
  return {
    kv: Math.min(1, sequences / inCache),
    queue: Math.round(waiting),
    running: sequences,
    capacity: kvCapacityTokens,
    readings: {
      arrivalsPerSecond: perSecond,
      recentArrivalsPerSecond: perSecond,
      completionsPerSecond: served,
      generationTokensPerSecond: served * generationTokens,
      promptTokensPerSecond: served * promptTokens,
      meanPromptTokens: promptTokens,
      meanGenerationTokens: generationTokens,
      prefixHitFraction: 0,
      preemptionsPerSecond: 0,
      ...(served > 0 && { itlSeconds: itl, ttftSeconds: prefill + waiting / Math.max(served, 1e-9), queueSeconds: waiting / Math.max(served, 1e-9) }),
    },
  };
}

export interface FleetVariant {
  readonly name: string;
  readonly server: Server;
  readonly startMs?: number;
  readonly replicas: number;
  readonly sketch?: Partial<VariantSketch>;
  /** Pods that find a node; without limit if not said. */
  readonly places?: () => number;
}

interface Pod {
  readonly createdAtMs: number;
  /** Infinite while it has no node. */
  readonly readyAtMs: number;
}

/** A fleet that follows its decisions: pods that start late, requests shared out by what each may carry. */
export function createFleet(variants: readonly FleetVariant[], policy: Policy | PolicySet, requests: Requests = chat, look: (scene: Observation) => Observation = (scene) => scene) {
  const pods = new Map(variants.map(({ name, replicas, startMs = 60_000 }): [string, Pod[]] => [name, Array.from({ length: replicas }, () => ({ createdAtMs: noonMs - 3_600_000, readyAtMs: noonMs - 3_600_000 + startMs }))]));
  let memory: Memory = emptyMemory;
  let cycle = 0;
  const counts: number[][] = [];

  /** One cycle at a rate, with what is missing, stale or not there changed by `spoil`. */
  function step(perSecond: number, spoil: (sketches: VariantSketch[]) => VariantSketch[] = (same) => same): readonly Decision[] {
    const nowMs = noonMs + cycle++ * 15_000;
    for (const { name, places = () => Infinity, startMs = 60_000 } of variants) {
      let left = places() - (pods.get(name) ?? []).filter(({ readyAtMs }) => readyAtMs < Infinity).length;
      pods.set(name, (pods.get(name) ?? []).map((pod) => (pod.readyAtMs < Infinity || left-- <= 0 ? pod : { ...pod, readyAtMs: nowMs + startMs })));
    }
    const ready = variants.map(({ name }) => (pods.get(name) ?? []).filter(({ readyAtMs }) => readyAtMs <= nowMs).length);
    const all = ready.reduce((total, count) => total + count, 0);
    const sketches = variants.map(({ name, server: its, sketch }): VariantSketch => ({
      name, min: 1, current: pods.get(name)?.length ?? 0, ...sketch,
      replicas: (pods.get(name) ?? []).map(({ createdAtMs, readyAtMs }) => {
        const podAgeMs = nowMs - createdAtMs;
        return readyAtMs <= nowMs ? { ...replicaUnder(perSecond / Math.max(1, all), its, requests), podAgeMs, startedInMs: readyAtMs - createdAtMs } : readyAtMs === Infinity ? { state: 'unscheduled', podAgeMs, refusedForMs: podAgeMs } : { state: 'starting', podAgeMs };
      }),
    }));
    const scene = look(sceneOf(spoil(sketches), nowMs));
    const outcome = decide(scene, 'global' in policy ? policy : policySetOf(policy), memory, nowMs);
    memory = outcome.memory;
    for (const { name, startMs = 60_000, places } of variants) {
      const desired = outcome.decisions.find(({ variant }) => variant.name === name)?.desired ?? 0;
      const has = pods.get(name) ?? [];
      const young = Array.from({ length: Math.max(0, desired - has.length) }, (): Pod => ({ createdAtMs: nowMs, readyAtMs: places === undefined ? nowMs + startMs : Infinity }));
      // those that are not ready go first
      pods.set(name, [...has.toSorted((a, b) => a.readyAtMs - b.readyAtMs).slice(0, desired), ...young]);
    }
    counts.push(variants.map(({ name }) => pods.get(name)?.length ?? 0));
    return outcome.decisions;
  }

  return { step, counts, memory: () => memory };
}
