import type { KubernetesObject, ObjectMeta } from './kubernetes.ts';
import { adviceOn, problemOf, type FieldProblem } from './variant-autoscaling-problems.ts';
import { knownTargetKinds, specRules } from './variant-autoscaling-rules.ts';
import { defaultVariantCost, specShape, type SpecShape } from './variant-autoscaling-spec.ts';
import { statusShape, type StatusShape } from './variant-autoscaling-status.ts';

/** Label of a resource (and, in the first releases, the only place) that names its accelerator. */
export const acceleratorLabel = 'inference.optimization/acceleratorName';
/** Label that says which of several controllers owns a resource. */
export const controllerInstanceLabel = 'wva.llmd.ai/controller-instance';

/** `spec` as it stands in the cluster. */
export type VariantAutoscalingSpec = SpecShape;
/** `status` as it stands in the cluster. */
export type VariantAutoscalingStatus = StatusShape;

/** The resource as it stands in the cluster. What is absent there is absent here. */
export interface VariantAutoscaling extends KubernetesObject {
  spec?: VariantAutoscalingSpec;
  status?: VariantAutoscalingStatus;
}

/** The resource as the product reads it: checked, with what has a default filled in. */
export interface ParsedVariantAutoscaling extends VariantAutoscaling {
  metadata: ObjectMeta & { name: string; namespace: string };
  spec: VariantAutoscalingSpec & {
    scaleTargetRef: { apiVersion: string; kind: string; name: string };
    /** A decimal, such as `10.0`. */
    variantCost: string;
    engine: 'vllm' | 'sglang' | 'auto';
  };
}

export { hoursOf } from './variant-autoscaling-spec.ts';
export type { FieldProblem } from './variant-autoscaling-problems.ts';

export type ParseResult =
  | { readonly ok: true; readonly value: ParsedVariantAutoscaling; /** Accepted, and worth a word. */ readonly warnings: readonly FieldProblem[] }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

const known = new WeakMap<object, ParseResult>();

/**
 * Checks a resource whole and fills in defaults; all problems at once. Objects are taken as immutable:
 * the answer for one object is remembered as long as the object lives.
 */
export function parseVariantAutoscaling(object: unknown): ParseResult {
  if (typeof object !== 'object' || object === null) return { ok: false, problems: [{ path: '', message: 'must be an object' }] };
  const before = known.get(object);
  if (before !== undefined) return before;
  const result = parse(object);
  known.set(object, result);
  return result;
}

function parse(object: VariantAutoscaling): ParseResult {
  const { name, namespace } = object.metadata ?? {};
  const problems: FieldProblem[] = [];
  if (!name) problems.push({ path: 'metadata.name', message: 'is required' });
  if (!namespace) problems.push({ path: 'metadata.namespace', message: 'is required' });
  const checked = specShape.safeParse(object.spec ?? {}, { reportInput: true });
  if (!checked.success) problems.push(...checked.error.issues.map(problemOf));
  else problems.push(...brokenRules(checked.data));
  if (problems.length > 0 || !checked.success || !name || !namespace) return { ok: false, problems };
  const status = statusShape.safeParse(object.status);
  const { status: _raw, ...rest } = object;
  const value: ParsedVariantAutoscaling = {
    ...rest,
    metadata: { ...object.metadata, name, namespace },
    spec: withDefaults(checked.data, name, object.metadata?.labels?.[acceleratorLabel]),
    // a status that someone else wrote badly is as good as none
    ...(status.success ? { status: status.data } : {}),
  };
  return { ok: true, value, warnings: adviceOn(value.spec) };
}

function brokenRules(spec: SpecShape): FieldProblem[] {
  return specRules.filter((rule) => !rule.holds(spec)).map((rule) => ({ path: `spec.${rule.field}`, message: rule.message }));
}

function withDefaults(spec: SpecShape, name: string, acceleratorOfLabel: string | undefined): ParsedVariantAutoscaling['spec'] {
  // the first releases: the resource carries the Deployment's name, and a label picks one of the profiles
  const target = spec.scaleTargetRef ?? { kind: 'Deployment', name };
  const wanted = spec.accelerator ?? acceleratorOfLabel;
  const profiles = spec.modelProfile?.accelerators ?? [];
  const profile = profiles.find((candidate) => candidate.acc === wanted) ?? (profiles.length === 1 ? profiles[0] : undefined);
  const accelerator = spec.accelerator ?? (acceleratorOfLabel === undefined ? profile?.acc : undefined);
  const acceleratorCount = spec.acceleratorCount ?? profile?.accCount;
  const variantProfile = spec.variantProfile ?? (profile && { perfParms: profile.perfParms, maxBatchSize: profile.maxBatchSize });
  return {
    ...spec,
    scaleTargetRef: { ...target, apiVersion: target.apiVersion || (knownTargetKinds[target.kind] ?? '') },
    variantCost: String(spec.variantCost ?? defaultVariantCost),
    engine: spec.engine ?? 'auto',
    ...(accelerator === undefined ? {} : { accelerator }),
    ...(acceleratorCount === undefined ? {} : { acceleratorCount }),
    ...(variantProfile === undefined ? {} : { variantProfile }),
  };
}

export { crdYaml, variantAutoscalingCrd, variantAutoscalingSchema, type StructuralSchema } from './variant-autoscaling-crd.ts';
