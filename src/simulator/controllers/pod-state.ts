import type { Condition, KubernetesObject, Pod } from '../../wire/index.ts';

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

export function isTerminating(object: KubernetesObject): boolean {
  return object.metadata?.deletionTimestamp !== undefined;
}

/** Still counts as one of its owner's pods. */
export function isActive(pod: Pod): boolean {
  return !isTerminating(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

/** Ready for at least `minReadySeconds`. */
export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  if (ready === undefined) return false;
  return minReadySeconds === 0 || nowMs - Date.parse(ready.lastTransitionTime ?? '') >= minReadySeconds * 1000;
}

export function isOwnedBy(object: KubernetesObject, owner: KubernetesObject): boolean {
  const uid = owner.metadata?.uid;
  return object.metadata?.ownerReferences?.some((reference) => reference.controller === true && reference.uid === uid) ?? false;
}

export function ownerReference(owner: KubernetesObject, apiVersion: string, kind: string) {
  return {
    apiVersion,
    kind,
    name: owner.metadata?.name ?? '',
    uid: owner.metadata?.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Pod conditions with some set anew; a condition's time changes with its status alone. */
export function setConditions(
  old: readonly Condition[] | undefined,
  set: readonly (Pick<Condition, 'type' | 'status'> & { readonly reason?: string; readonly message?: string })[],
  now: string,
): Condition[] {
  const merged = new Map((old ?? []).map((condition) => [condition.type, condition]));
  for (const condition of set) {
    const before = merged.get(condition.type);
    const lastTransitionTime = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
    merged.set(condition.type, { ...condition, lastTransitionTime });
  }
  return [...merged.values()];
}
