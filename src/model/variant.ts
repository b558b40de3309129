import type { Mode } from './mode.ts';
import type { PolicyLayer } from './policy.ts';

/** The object whose replicas are scaled: `spec.scaleTargetRef`, with `apiVersion` always known. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

export type Role = 'prefill' | 'decode' | 'both';
export type Engine = 'vllm' | 'sglang';

/** Which way a decision reaches the scale target. `metric` covers /metrics and the external metrics API. */
export type Actuation = 'metric' | 'direct';

/** Where a variant's accelerator name came from, in the order in which we look. */
export type AcceleratorSource = 'Spec' | 'Label' | 'NodeSelector' | 'NodeAffinity' | 'Nodes' | 'Status' | 'Unknown';

/** Which VariantAutoscaling is meant, or which autoscaler that stands for one: enough to write its status and its events. */
export interface ResourceIdentity {
  /** `namespace/name` of the resource; unique, whatever its kind. */
  readonly key: string;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  /** The annotated autoscaler that declares the variant; it has no status to write. Absent: a VariantAutoscaling does. */
  readonly scaler?: { readonly apiVersion: string; readonly kind: 'HorizontalPodAutoscaler' | 'ScaledObject' };
}

/** One way to run one model: a scale target on one accelerator at one price, from one resource. */
export interface Variant extends ResourceIdentity {
  readonly createdAtMs: number;
  readonly target: ScaleTarget;
  readonly modelID: string;
  readonly accelerator: string;
  readonly acceleratorSource: AcceleratorSource;
  /** Accelerators per replica. */
  readonly acceleratorCount: number;
  /** Cost of one replica per hour, in whatever unit the users agree on (`spec.variantCost`). */
  readonly costPerHour: number;
  /** Inclusive bounds on replicas; `undefined` maximum is unbounded. */
  readonly minReplicas: number;
  readonly maxReplicas?: number;
  /** Nobody wrote the minimum down for this variant: with scaling to zero it is none. */
  readonly minReplicasAssumed?: true;
  readonly role: Role;
  readonly engine: Engine;
  /** What its resource says, over every other layer. */
  readonly policy?: PolicyLayer;
  /** Until it is decided about: what its resource says, else `act`. A decision has the mode and the bounds that were in force. */
  readonly mode: Mode;
  readonly actuation: Actuation;
}

/** `namespace/modelID`: variants with the same key serve the same requests. */
export function modelKey(variant: Pick<Variant, 'namespace' | 'modelID'>): string {
  return `${variant.namespace}/${variant.modelID}`;
}

/** `namespace/kind/name`: variants with the same key share one scale target. */
export function targetKey(variant: Pick<Variant, 'namespace' | 'target'>): string {
  return `${variant.namespace}/${variant.target.kind}/${variant.target.name}`;
}

/** Why a variant has another mode than act, at the beginning of a sentence: its resource says so, or the policy does. */
export function modeInWords({ mode, policy }: Pick<Variant, 'mode' | 'policy'>): string {
  if (policy?.mode !== mode) return `The policy's mode is ${mode}`;
  const older = mode === 'paused' ? 'spec.paused or ' : mode === 'recommend' ? 'spec.dryRun or ' : '';
  return `The resource's mode is ${mode} (${older}spec.mode)`;
}
