import { sum } from '../../base/index.ts';
import { sanitizeLabelValue, targetKey } from '../../model/index.ts';
import type { ClusterObjects } from '../../observe/index.ts';
import { followingHpa, parseVariantAutoscaling, type HorizontalPodAutoscaler, type ParsedVariantAutoscaling } from '../../wire/index.ts';

/** The HPA for a resource, or why there is none. */
export type HpaPlan =
  | { readonly ok: true; readonly hpa: HorizontalPodAutoscaler; /** What to know before it is applied, a sentence each. */ readonly notes: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/** A resource may be without a maximum, an HPA may not; KEDA has the same default. */
const unboundedMaximum = 100;

/**
 * The HPA that follows what is decided for the target of one resource: of all resources that share the target, since an HPA adds up
 * what its selector finds. `minorVersion`: of the API server, 1.x, where it is known.
 */
export function planHpa(resource: string, objects: Pick<ClusterObjects, 'variantAutoscalings' | 'horizontalPodAutoscalers' | 'scaledObjects'>, minorVersion: number | undefined): HpaPlan {
  const object = objects.variantAutoscalings.find(({ metadata }) => `${metadata?.namespace}/${metadata?.name}` === resource);
  if (object === undefined) {
    const there = objects.variantAutoscalings.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`).toSorted();
    return { ok: false, problem: `There is no VariantAutoscaling ${resource}${there.length === 0 ? ', nor any other' : `; there ${there.length === 1 ? 'is' : 'are'} ${there.slice(0, 10).join(', ')}${there.length > 10 ? ` and ${there.length - 10} more` : ''}`}. A name is written NAMESPACE/NAME.` };
  }
  const parsed = parseVariantAutoscaling(object);
  if (!parsed.ok) return { ok: false, problem: `The spec of VariantAutoscaling ${resource} cannot be used: ${parsed.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.` };
  const key = keyOf(parsed.value);
  const sharers = objects.variantAutoscalings.flatMap((other) => {
    const read = parseVariantAutoscaling(other);
    return read.ok && keyOf(read.value) === key ? [read.value] : [];
  });
  const { metadata: { namespace }, spec: { scaleTargetRef: target } } = parsed.value;
  const notes: string[] = [];
  const name = `${target.kind} ${namespace}/${target.name}`;
  if (sharers.length > 1) notes.push(`${sharers.map(({ metadata }) => metadata.name).toSorted().join(', ')} share ${name}: the bounds are the sums of theirs.`);
  const lowest = sum(sharers.map(({ spec }) => spec.minReplicas ?? (sharers.length === 1 && !spec.scaleToZero?.enabled ? 1 : 0)));
  if (lowest === 0) notes.push('minReplicas is 1, because an HPA takes 0 only with the feature gate HPAScaleToZero.');
  const maxima = sharers.map(({ spec }) => spec.maxReplicas);
  const isBounded = maxima.every((max) => max !== undefined);
  if (!isBounded) notes.push(`maxReplicas is ${unboundedMaximum}, because an HPA must have one, and not every resource sets spec.maxReplicas.`);
  const minReplicas = Math.max(1, lowest);
  const maxReplicas = Math.max(minReplicas, isBounded ? sum(maxima.map((max) => max ?? 0)) : unboundedMaximum);
  if (parsed.value.spec.actuation === 'direct') notes.push('spec.actuation is direct: with an autoscaler on the same target nothing is written any more. Set it to metric.');
  if (parsed.value.spec.dryRun) notes.push('spec.dryRun is set: no series is served for an autoscaler to follow.');
  if ([target.name, target.kind].some((text) => sanitizeLabelValue(text) !== text)) notes.push('The name of the target is longer than a label may be, and the selector finds nothing.');
  for (const other of otherScalers(objects, namespace, target)) {
    if (other !== `HorizontalPodAutoscaler ${target.name}`) notes.push(`${other} targets ${name} already, and two autoscalers would fight: delete it first.`);
  }
  const knowsTolerance = minorVersion === undefined || minorVersion >= 33;
  if (!knowsTolerance) {
    notes.push(`Kubernetes 1.${minorVersion} knows no tolerance of an HPA (1.33 is the first), and no other form of the metric is without one: from 10 replicas on, changes of up to 10 % are not followed. Without an autoscaler, spec.actuation direct follows them.`);
  } else if (minorVersion === 33 || minorVersion === 34) {
    notes.push(`Kubernetes 1.${minorVersion} keeps tolerance with the feature gate HPAConfigurableTolerance only, and drops it otherwise: from 10 replicas on, changes of up to 10 % are not followed then.`);
  }
  return { ok: true, hpa: followingHpa({ namespace, target, minReplicas, maxReplicas, knowsTolerance }), notes };
}

function keyOf({ metadata: { namespace }, spec: { scaleTargetRef: target } }: ParsedVariantAutoscaling): string {
  return targetKey({ namespace, target });
}

function otherScalers({ horizontalPodAutoscalers, scaledObjects }: Parameters<typeof planHpa>[1], namespace: string, target: { readonly kind: string; readonly name: string }): string[] {
  const found = (kind: string, objects: readonly (ClusterObjects['scaledObjects'][number] | HorizontalPodAutoscaler)[]): string[] =>
    objects
      .filter(({ metadata, spec }) => metadata?.namespace === namespace && spec?.scaleTargetRef?.name === target.name && (spec.scaleTargetRef.kind ?? 'Deployment') === target.kind)
      .map(({ metadata }) => `${kind} ${metadata?.name}`);
  return [...found('ScaledObject', scaledObjects), ...found('HorizontalPodAutoscaler', horizontalPodAutoscalers)];
}
