import type { PastConditions } from './decision.ts';
import type { EngineArguments } from './engine-arguments.ts';
import type { ModelObservation } from './model-observation.ts';
import type { OfflineProfile } from './offline-profile.ts';
import type { Reading } from './reading.ts';
import type { ResourceIdentity, Variant } from './variant.ts';

/** What one serving replica said about itself. Rates and means are over `windowMs` up to the sample. */
export interface ReplicaReadings {
  /** Requests in the running batch. */
  readonly running: Reading;
  /** Requests accepted by the engine and not yet running. */
  readonly waiting: Reading;
  /** KV cache in use, 0..1. */
  readonly kvUsedFraction: Reading;
  /** Tokens that the KV cache can hold. */
  readonly kvCapacityTokens: Reading;
  /** Requests per second that reached this replica (completions plus the change of those in flight). */
  readonly arrivalsPerSecond: Reading;
  /** The same over the shortest time that tells it, ten seconds or one scrape interval: jumps show early, and so does noise. */
  readonly recentArrivalsPerSecond: Reading;
  readonly completionsPerSecond: Reading;
  readonly promptTokensPerSecond: Reading;
  readonly generationTokensPerSecond: Reading;
  /** Mean tokens of the requests that finished in the window. */
  readonly meanPromptTokens: Reading;
  readonly meanGenerationTokens: Reading;
  /** Mean latencies, in seconds, of what happened in the window. */
  readonly ttftSeconds: Reading;
  readonly itlSeconds: Reading;
  readonly e2eSeconds: Reading;
  readonly queueSeconds: Reading;
  readonly prefixHitFraction: Reading;
  readonly preemptionsPerSecond: Reading;
  readonly asleep: Reading<boolean>;
}

/** One pod (or leader of a group) that makes up a replica of a variant. */
export interface ReplicaObservation {
  readonly pod: string;
  readonly uid: string;
  readonly createdAtMs: number;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** It has a node; without one it is only asked for. */
  readonly scheduled: boolean;
  /** When it got its node, if it has one: its start-up counts from here. Absent where nobody wrote it down. */
  readonly scheduledAtMs?: number;
  /** The scheduler has looked for a node, for it or for another pod of its group, and found none: since when, and what it said. */
  readonly unschedulable?: { readonly sinceMs: number; readonly message: string };
  readonly ready: boolean;
  /** When it became ready, if it is. */
  readonly readySinceMs?: number;
  readonly terminating: boolean;
  /** What its annotation says that it costs when replicas are removed; absent where it says nothing, which is 0. */
  readonly deletionCost?: number;
  /** Its engine is made from something else than that of the newest one that serves: a rollout is under way. */
  readonly outdated?: true;
  readonly readings: ReplicaReadings;
}

/** A HorizontalPodAutoscaler that follows decisions: what tells which of them it lets be. */
export interface FollowingAutoscaler {
  readonly name: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** What one replica stands for in the sum of the series; 1 where it is set up as it should be. */
  readonly averageValue: number;
  /** Differences that it ignores, as fractions of the replicas that there are. */
  readonly tolerance: { readonly up: number; readonly down: number };
}

/** Accelerators as the pods of one replica ask for them. */
export interface ReplicaRequest {
  /** `nvidia.com/gpu`. */
  readonly resource: string;
  /** How many on each of its pods, each of which needs them on one node: `[8, 8]` is a group of two. */
  readonly onPods: readonly number[];
}

/** State of a scale target as the API server told it. */
export type TargetState =
  | {
      readonly kind: 'found';
      /** `spec.replicas` of the whole target. */
      readonly replicas: number;
      readonly readyReplicas: number;
      /** False when something in the cluster keeps us from reading or writing its scale. */
      readonly scalable: boolean;
      /** `Kind/name` of the HorizontalPodAutoscaler (or ScaledObject) that targets the same object, if any. */
      readonly scaledBy?: string;
      /** The HorizontalPodAutoscaler of the target that asks for our metric, if there is one; of a ScaledObject, the one that KEDA made. */
      readonly follower?: FollowingAutoscaler;
    }
  | { readonly kind: 'missing'; readonly why: 'NotFound' | 'KindUnknown' | 'Forbidden' | 'NotYetKnown'; readonly detail: string };

export interface VariantObservation {
  readonly variant: Variant;
  readonly targetState: TargetState;
  /**
   * Replicas asked for today that belong to this variant. The variants of one shared target split its
   * `spec.replicas` between them, so that their sum is exactly that number (suppressed ones do not count).
   */
  readonly currentReplicas: number;
  readonly replicas: readonly ReplicaObservation[];
  /** The name under which its pods' engine is told to serve, where that is another one than the resource's. */
  readonly servedAs?: string;
  /** What its pods' engine is told at its start; absent where nobody knows what they are made from. */
  readonly engineArguments?: EngineArguments;
  /** What the engine of the newest replica that serves is made from, as a hash of image, arguments and accelerators; absent while none serves. */
  readonly revision?: string;
  /** The accelerators that one replica asks for; absent where its pods ask for none, or nobody knows what they are made from. */
  readonly request?: ReplicaRequest;
  /** What its resource says was measured of one replica. */
  readonly offlineProfile?: OfflineProfile;
  /** What the resource's status said when we looked; survives restarts of the controller. */
  readonly lastDesired?: { readonly replicas: number; readonly atMs: number; readonly accelerator: string };
  /** The conditions that the resource's status had when we looked. */
  readonly lastConditions: PastConditions;
  /** Key of the variant that wins the conflict over this target and accelerator: this one gets no series. */
  readonly suppressedBy?: string;
  /** Ready pods of the target about which no source said anything. */
  readonly unmatchedPods: readonly string[];
}

/** Two resources claim the same target with the same accelerator. */
export interface TargetConflict {
  readonly winner: string;
  /** Variant keys that lost, each `namespace/name`. */
  readonly losers: readonly string[];
}

/** A resource whose spec cannot be used, with everything that is wrong with it. */
export interface InvalidVariant {
  readonly resource: ResourceIdentity;
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  readonly lastConditions: PastConditions;
}

/** Accelerators of one name on the nodes that are ready and take new pods, and who holds them. */
export interface AcceleratorPool {
  /** As variants name it, so that it can be compared with theirs; a short name where none of them does. */
  readonly accelerator: string;
  /** What the nodes' labels call it. */
  readonly products: readonly string[];
  readonly nodes: number;
  /** Allocatable accelerators. */
  readonly capacity: number;
  /** Held by replicas of known variants, the ones that are ending included. */
  readonly usedByVariants: number;
  /** Held by all other pods that have a node. */
  readonly usedByOthers: number;
  /** What is free on each node that has any, largest first: eight on one node are not one on each of eight. */
  readonly freeOnNodes: readonly number[];
  /** False where only some namespaces are watched: what pods elsewhere hold is not in `usedByOthers`, nor taken off what is free. */
  readonly complete: boolean;
}

/** A ResourceQuota's limit on accelerators. */
export interface AcceleratorQuota {
  readonly namespace: string;
  /** Of the ResourceQuota. */
  readonly name: string;
  /** As pods ask for it: `nvidia.com/gpu`. */
  readonly resource: string;
  readonly hard: number;
  /** Asked for by all pods of the namespace, those without a node included. */
  readonly used: number;
}

/** One frozen look at the world. JSON-safe. */
export interface Observation {
  readonly atMs: number;
  readonly variants: readonly VariantObservation[];
  /** One for every model of a namespace that a variant serves, in the order of the variants; absent in records from before it was looked at. */
  readonly models?: readonly ModelObservation[];
  readonly conflicts: readonly TargetConflict[];
  readonly invalid: readonly InvalidVariant[];
  /** What the nodes have; absent where they cannot be read, or nobody limits them. An accelerator without a pool is on no node now. */
  readonly inventory?: readonly AcceleratorPool[];
  /** What namespaces are limited to; absent where nobody may read it. */
  readonly quotas?: readonly AcceleratorQuota[];
  /** Sources that failed in this look, in words for the person on call. */
  readonly problems: readonly Problem[];
}

export interface Problem {
  readonly source: 'kubernetes' | 'prometheus' | 'scrape' | 'config';
  /** What it was about: a variant key, a pod, a URL, a ConfigMap. */
  readonly about: string;
  readonly message: string;
}
