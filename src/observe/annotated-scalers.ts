import { targetKey, type ResourceIdentity } from '../model/index.ts';
import { parseVariantAutoscaling, type FieldProblem, type HorizontalPodAutoscaler, type KubernetesObject, type ParseResult, type VariantAutoscaling, type VariantAutoscalingSpec } from '../wire/index.ts';
import type { ClusterObjects, ScaledObject } from './cluster-objects.ts';

/** Every annotation by which an autoscaler stands for a variant begins so. */
export const annotationPrefix = 'llm-d.ai/';
const managed = `${annotationPrefix}managed`;
const modelID = `${annotationPrefix}model-id`;

/** Annotations beside `llm-d.ai/managed`, and the field of a VariantAutoscaling that each stands for. */
export const scalerAnnotations = {
  'llm-d.ai/model-id': 'modelID',
  'llm-d.ai/variant-cost': 'variantCost',
  'llm-d.ai/accelerator': 'accelerator',
  'llm-d.ai/accelerator-count': 'acceleratorCount',
  'llm-d.ai/role': 'role',
  'llm-d.ai/engine': 'engine',
  'llm-d.ai/priority': 'priority',
  'llm-d.ai/paused': 'paused',
  'llm-d.ai/dry-run': 'dryRun',
} as const satisfies Record<string, keyof VariantAutoscalingSpec>;

/** Where a variant is declared: a VariantAutoscaling, or what stands for one. */
export interface Declaration {
  /** As a VariantAutoscaling says it; of an annotated autoscaler, what it amounts to. */
  readonly object: VariantAutoscaling;
  readonly parsed: ParseResult;
  readonly scaler?: ResourceIdentity['scaler'];
  /** Another declaration has its name. */
  readonly isNamesake?: boolean;
}

type Scaler = HorizontalPodAutoscaler | ScaledObject;
type Declared = Pick<ClusterObjects, 'variantAutoscalings' | 'scaledObjects' | 'horizontalPodAutoscalers'>;

/**
 * All variants that are declared. A VariantAutoscaling comes before an annotated autoscaler of the same target, and a ScaledObject before an
 * HPA; an HPA that KEDA has made carries its ScaledObject's annotations and is never one of its own. Names are the variants' names, so
 * that one which is taken in its namespace declares nothing.
 */
export function declarations({ variantAutoscalings, scaledObjects, horizontalPodAutoscalers }: Declared): Declaration[] {
  const found: Declaration[] = variantAutoscalings.map((object) => ({ object, parsed: parseVariantAutoscaling(object) }));
  const names = new Map(variantAutoscalings.filter(isThere).map((object) => [nameOf(object), `VariantAutoscaling ${nameOf(object)}`]));
  const targets = new Set(variantAutoscalings.filter(isThere).map(targetOfResource));
  const add = (kind: NonNullable<Declaration['scaler']>['kind'], scalers: readonly Scaler[]): void => {
    const declaring = scalers.filter((scaler) => isManaged(scaler) && isThere(scaler) && !isMadeByKeda(scaler) && !targets.has(targetOf(scaler)));
    for (const scaler of declaring) {
      const { object, parsed } = standIn(kind, scaler);
      const taken = names.get(nameOf(scaler));
      found.push({ object, ...(taken === undefined ? { parsed } : { parsed: refused(taken), isNamesake: true }), scaler: { apiVersion: kind === 'ScaledObject' ? 'keda.sh/v1alpha1' : 'autoscaling/v2', kind } });
    }
    for (const scaler of declaring) {
      targets.add(targetOf(scaler));
      if (!names.has(nameOf(scaler))) names.set(nameOf(scaler), `${kind} ${nameOf(scaler)}`);
    }
  };
  add('ScaledObject', scaledObjects);
  add('HorizontalPodAutoscaler', horizontalPodAutoscalers);
  return found;
}

/** Whether the object asks to be looked at as a variant. */
export function isManaged({ metadata }: KubernetesObject): boolean {
  return metadata?.annotations?.[managed] === 'true';
}

function isThere({ metadata }: KubernetesObject): boolean {
  return metadata?.deletionTimestamp === undefined;
}

function nameOf({ metadata }: KubernetesObject): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}

export function isMadeByKeda({ metadata }: KubernetesObject): boolean {
  return metadata?.ownerReferences?.some(({ kind, apiVersion }) => kind === 'ScaledObject' && apiVersion.startsWith('keda.sh/')) ?? false;
}

function targetOf({ metadata, spec }: Scaler): string {
  const { kind = 'Deployment', name = '' } = spec?.scaleTargetRef ?? {};
  return targetKey({ namespace: metadata?.namespace ?? '', target: { apiVersion: '', kind, name } });
}

/** A resource whose spec cannot be used claims its target all the same: what it means is not for its autoscaler to say. */
function targetOfResource({ metadata, spec }: VariantAutoscaling): string {
  const { kind, name } = spec?.scaleTargetRef ?? { kind: 'Deployment', name: metadata?.name ?? '' };
  return targetKey({ namespace: metadata?.namespace ?? '', target: { apiVersion: '', kind, name } });
}

const known = new WeakMap<Scaler, Pick<Declaration, 'object' | 'parsed'>>();

/** The VariantAutoscaling that an annotated autoscaler amounts to. Objects are taken as immutable, and each is read once. */
function standIn(kind: NonNullable<Declaration['scaler']>['kind'], scaler: Scaler): Pick<Declaration, 'object' | 'parsed'> {
  const before = known.get(scaler);
  if (before) return before;
  const { annotations: _, ...metadata } = scaler.metadata ?? {};
  const object = { metadata: { generation: 0, ...metadata }, spec: { ...targetAndBounds(kind, scaler), ...annotated(scaler), actuation: 'metric' } } as VariantAutoscaling;
  const answer = { object, parsed: inAnnotations(parseVariantAutoscaling(object), scaler) };
  known.set(scaler, answer);
  return answer;
}

function targetAndBounds(kind: string, { spec }: Scaler): VariantAutoscalingSpec {
  const { kind: targetKind = 'Deployment', name = '', apiVersion } = spec?.scaleTargetRef ?? {};
  const scaleTargetRef = { kind: targetKind, name, ...(apiVersion === undefined ? {} : { apiVersion }) };
  if (kind === 'ScaledObject') {
    const { minReplicaCount = 0, maxReplicaCount = 100 } = (spec ?? {}) as NonNullable<ScaledObject['spec']>;
    return { scaleTargetRef, minReplicas: minReplicaCount, maxReplicas: maxReplicaCount };
  }
  const { minReplicas = 1, maxReplicas } = (spec ?? {}) as NonNullable<HorizontalPodAutoscaler['spec']>;
  return { scaleTargetRef, minReplicas, maxReplicas };
}

/** Annotations are text: what is a number or a truth is made one, and what is not is left for the check to name. */
function annotated({ metadata }: Scaler): Partial<Record<keyof VariantAutoscalingSpec, unknown>> {
  const spec: Partial<Record<keyof VariantAutoscalingSpec, unknown>> = {};
  for (const [annotation, field] of Object.entries(scalerAnnotations)) {
    const text = metadata?.annotations?.[annotation]?.trim();
    if (text === undefined || (text === '' && field !== 'modelID')) continue;
    const number = text === '' ? Number.NaN : Number(text);
    if (field === 'paused' || field === 'dryRun') spec[field] = text === 'true' ? true : text === 'false' ? false : text;
    else if (field === 'acceleratorCount' || field === 'priority') spec[field] = Number.isNaN(number) ? text : number;
    // released versions read any number that is not negative: 5, .5, 1e1
    else if (field === 'variantCost') spec[field] = Number.isFinite(number) && number >= 0 ? String(number) : text;
    else spec[field] = text;
  }
  return spec;
}

/** Problems named by the annotation in which they are. */
function inAnnotations(parsed: ParseResult, { metadata }: Scaler): ParseResult {
  const named = (annotation: string): string => `metadata.annotations[${annotation}]`;
  const problems: FieldProblem[] = [];
  if (!metadata?.annotations?.[modelID]?.trim()) problems.push({ path: named(modelID), message: 'is required and must not be empty' });
  if (!parsed.ok) {
    for (const problem of parsed.problems) {
      const annotation = Object.entries(scalerAnnotations).find(([, field]) => problem.path === `spec.${field}`)?.[0];
      if (annotation !== modelID) problems.push(annotation === undefined ? problem : { ...problem, path: named(annotation) });
    }
  }
  return problems.length > 0 ? { ok: false, problems } : parsed;
}

function refused(taken: string): ParseResult {
  return { ok: false, problems: [{ path: 'metadata.name', message: `is the name of ${taken} too, and variants of a namespace need names of their own` }] };
}
