import { decide, type Outcome } from '../../../src/decide/index.ts';
import {
  defaultPolicy,
  emptyMemory,
  fresh,
  missing,
  type Decision,
  type EngineArguments,
  type Memory,
  type Observation,
  type OfflineProfile,
  policySetOf,
  type Policy,
  type PolicyLayer,
  type PolicySet,
  type Reading,
  type ReplicaObservation,
  type ReplicaReadings,
  type Variant,
  type VariantObservation,
} from '../../../src/model/index.ts';

/** A replica written short: `{ kv: 0.75, queue: 2 }`; what is not said is not reported. */
export interface ReplicaSketch {
  kv?: number;
  queue?: number;
  running?: number;
  capacity?: number;
  /** Anything else that it reports. */
  readings?: Partial<Record<Exclude<keyof ReplicaReadings, 'asleep'>, number>>;
  /** Age of its readings; over the policy's limit they are stale. */
  ageMs?: number;
  state?: 'ready' | 'starting' | 'unscheduled' | 'terminating';
  /** Of one without a node: how long the scheduler has refused it. */
  refusedForMs?: number;
  /** Age of the pod; an hour if not said. */
  podAgeMs?: number;
  /** How long after its creation it became ready; not known if not said. */
  startedInMs?: number;
  /** Made from something else than the newest that serves. */
  outdated?: true;
  /** What its annotation says. */
  cost?: number;
}

/** A variant written short. */
export interface VariantSketch {
  name: string;
  namespace?: string;
  model?: string;
  accelerator?: string;
  /** Accelerators of one replica, all on one pod; one that nobody sees in its pods if not said. */
  accelerators?: number;
  /** What its resource says. */
  policy?: PolicyLayer;
  target?: string;
  cost?: number;
  min?: number;
  max?: number;
  role?: Variant['role'];
  mode?: Variant['mode'];
  actuation?: Variant['actuation'];
  createdAtMs?: number;
  /** `spec.replicas` of its share; the number of replicas if not said. */
  current?: number;
  replicas: readonly ReplicaSketch[];
  engineArguments?: EngineArguments;
  offlineProfile?: OfflineProfile;
  /** What the newest one that serves is made from. */
  revision?: string;
  targetState?: VariantObservation['targetState'];
  lastDesired?: VariantObservation['lastDesired'];
  lastConditions?: VariantObservation['lastConditions'];
  suppressedBy?: string;
}

export const noonMs = Date.UTC(2026, 0, 5, 12);

export function variantFrom(sketch: VariantSketch): Variant {
  const namespace = sketch.namespace ?? 'prod';
  return {
    key: `${namespace}/${sketch.name}`,
    uid: `uid-${namespace}-${sketch.name}`,
    namespace,
    name: sketch.name,
    generation: 1,
    createdAtMs: sketch.createdAtMs ?? 0,
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: sketch.target ?? `${sketch.name}-decode` },
    modelID: sketch.model ?? 'llama',
    accelerator: sketch.accelerator ?? 'A100',
    acceleratorSource: 'Spec',
    acceleratorCount: sketch.accelerators ?? 1,
    costPerHour: sketch.cost ?? 10,
    minReplicas: sketch.min ?? 0,
    ...(sketch.max === undefined ? {} : { maxReplicas: sketch.max }),
    role: sketch.role ?? 'both',
    engine: 'vllm',
    ...((sketch.mode ?? sketch.policy) && { policy: { ...sketch.policy, ...(sketch.mode && { mode: sketch.mode }) } }),
    mode: sketch.mode ?? 'act',
    actuation: sketch.actuation ?? 'metric',
  };
}

export function sceneOf(sketches: readonly VariantSketch[], nowMs = noonMs, policy: Policy = defaultPolicy): Observation {
  return {
    atMs: nowMs,
    variants: sketches.map((sketch) => {
      const variant = variantFrom(sketch);
      const replicas = sketch.replicas.map((replica, index) => replicaFrom(replica, `${sketch.name}-${index}`, nowMs, policy));
      const current = sketch.current ?? sketch.replicas.length;
      return {
        variant,
        targetState: sketch.targetState ?? { kind: 'found', replicas: current, readyReplicas: replicas.filter(({ ready }) => ready).length, scalable: true },
        currentReplicas: current,
        replicas,
        ...(sketch.accelerators !== undefined && { request: { resource: 'nvidia.com/gpu', onPods: [sketch.accelerators] } }),
        ...(sketch.engineArguments && { engineArguments: sketch.engineArguments }),
        ...(sketch.offlineProfile && { offlineProfile: sketch.offlineProfile }),
        ...(sketch.revision !== undefined && { revision: sketch.revision }),
        ...(sketch.lastDesired === undefined ? {} : { lastDesired: sketch.lastDesired }),
        lastConditions: sketch.lastConditions ?? {},
        ...(sketch.suppressedBy === undefined ? {} : { suppressedBy: sketch.suppressedBy }),
        unmatchedPods: [],
      };
    }),
    conflicts: sketches.flatMap(({ suppressedBy, name, namespace = 'prod' }) => (suppressedBy ? [{ winner: suppressedBy, losers: [`${namespace}/${name}`] }] : [])),
    invalid: [],
    problems: [],
  };
}

function replicaFrom(sketch: ReplicaSketch, pod: string, nowMs: number, policy: Policy): ReplicaObservation {
  const state = sketch.state ?? 'ready';
  const ageMs = sketch.ageMs ?? 0;
  const read = (value: number | undefined): Reading => {
    if (value === undefined) return missing('NotReported');
    const atMs = nowMs - ageMs;
    return ageMs > policy.staleAfterMs ? { kind: 'stale', value, atMs, ageMs } : fresh(value, atMs);
  };
  return {
    pod,
    uid: `uid-${pod}`,
    createdAtMs: nowMs - (sketch.podAgeMs ?? 3_600_000),
    phase: state === 'unscheduled' ? 'Pending' : 'Running',
    scheduled: state !== 'unscheduled',
    ...(sketch.refusedForMs !== undefined && { unschedulable: { sinceMs: nowMs - sketch.refusedForMs, message: refusal } }),
    ready: state === 'ready' || state === 'terminating',
    ...(state === 'ready' && sketch.startedInMs !== undefined && { readySinceMs: nowMs - (sketch.podAgeMs ?? 3_600_000) + sketch.startedInMs }),
    terminating: state === 'terminating',
    ...(sketch.outdated && { outdated: true as const }),
    ...(sketch.cost !== undefined && { deletionCost: sketch.cost }),
    readings: { ...nothingRead(), kvUsedFraction: read(sketch.kv), waiting: read(sketch.queue), running: read(sketch.running), kvCapacityTokens: read(sketch.capacity), ...Object.fromEntries(Object.entries(sketch.readings ?? {}).map(([name, value]) => [name, read(value)])) },
  };
}

/** Readings of these values, taken at noon; nothing else is reported. */
export function readingsOf(values: Partial<Record<Exclude<keyof ReplicaReadings, 'asleep'>, number>>): ReplicaReadings {
  return { ...nothingRead(), ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fresh(value, noonMs)])) };
}

export function nothingRead(): ReplicaReadings {
  const none = missing('NotReported');
  return {
    running: none,
    waiting: none,
    kvUsedFraction: none,
    kvCapacityTokens: none,
    arrivalsPerSecond: none,
    recentArrivalsPerSecond: none,
    completionsPerSecond: none,
    promptTokensPerSecond: none,
    generationTokensPerSecond: none,
    meanPromptTokens: none,
    meanGenerationTokens: none,
    ttftSeconds: none,
    itlSeconds: none,
    e2eSeconds: none,
    queueSeconds: none,
    prefixHitFraction: none,
    preemptionsPerSecond: none,
    asleep: missing('NotReported'),
  };
}

/** What the scheduler says of a replica that it refuses. */
export const refusal = '0/2 nodes are available: 2 Insufficient nvidia.com/gpu.';

/** Replicas that all show the same. */
export function times(count: number, sketch: ReplicaSketch): ReplicaSketch[] {
  return Array.from({ length: count }, () => sketch);
}

/** Saturation by KV cache use and queue, as scenes are written for it: what one look shows is what is decided by. */
export const byPercent: Policy = { ...defaultPolicy, analyzer: 'percent' };
/** Without the window, so that one decision shows what the load calls for. */
export const immediate: Policy = { ...byPercent, scaleDownStabilizationMs: 0 };

export function decideOnce(sketches: readonly VariantSketch[], policy: Policy | PolicySet = immediate, memory: Memory = emptyMemory, nowMs = noonMs): Outcome {
  const set = 'global' in policy ? policy : policySetOf(policy);
  return decide(sceneOf(sketches, nowMs, set.global), set, memory, nowMs);
}

/** What is decided at one look after the other, each with what the one before remembered. */
export function decideInTurn(looks: readonly (readonly VariantSketch[])[], policy: Policy, everyMs = 15_000): Outcome[] {
  let memory = emptyMemory;
  return looks.map((sketches, cycle) => {
    const outcome = decideOnce(sketches, policy, memory, noonMs + cycle * everyMs);
    memory = outcome.memory;
    return outcome;
  });
}

export function decisionAbout(outcome: Outcome, name: string): Decision {
  const found = outcome.decisions.find(({ variant }) => variant.name === name);
  if (!found) throw new Error(`Nothing was decided about ${name}.`);
  return found;
}

/** `{ cheap: 3, dear: 2 }` */
export function desiredOf(outcome: Outcome): Record<string, number | undefined> {
  return Object.fromEntries(outcome.decisions.map(({ variant, desired }) => [variant.name, desired]));
}
