import { compareText, sum } from '../../base/index.ts';
import type { Condition, Workload } from '../../wire/index.ts';
import { keyOf, kinds, splitKey } from './cluster.ts';
import { timeText } from './context.ts';
import type { ControllerContext } from './context.ts';
import { isOwnedBy, ownerReference, setConditions } from './pod-state.ts';
import { ownerKey } from './replica-sets.ts';
import { nextSizes, rollingLimits } from './rollout.ts';
import { templateHash } from './template-hash.ts';
import { createWorkQueue } from './work-queue.ts';
import type { Controller } from './work-queue.ts';

const revision = 'deployment.kubernetes.io/revision';

/** Keeps one ReplicaSet per pod template of each Deployment, and rolls from the old ones to the newest. */
export function startDeployments({ cluster, clock, latencyMs, record }: ControllerContext): Controller {
  const queue = createWorkQueue(clock, latencyMs, reconcile);

  function reconcile(key: string): void {
    const [namespace, name] = splitKey(key);
    const deployment = cluster.get<Workload>(kinds.deployments, namespace, name);
    if (deployment === undefined || deployment.metadata?.deletionTimestamp !== undefined) return;
    const owned = ownedSets(deployment, namespace);
    const hash = templateHash(deployment.spec?.template);
    const newest = owned.find(({ metadata }) => metadata?.labels?.['pod-template-hash'] === hash) ?? createSet(deployment, namespace, hash, owned);
    const old = owned.filter((set) => set.metadata?.name !== newest.metadata?.name);
    if (!isPaused(deployment)) resize(deployment, namespace, newest, old);
    writeStatus(deployment, namespace, newest);
  }

  function ownedSets(deployment: Workload, namespace: string): Workload[] {
    return cluster
      .list<Workload>(kinds.replicaSets, namespace)
      .filter((set) => isOwnedBy(set, deployment))
      .toSorted((a, b) => revisionOf(a) - revisionOf(b) || compareText(a.metadata?.name ?? '', b.metadata?.name ?? ''));
  }

  function createSet(deployment: Workload, namespace: string, hash: string, owned: readonly Workload[]): Workload {
    const template = structuredClone(deployment.spec?.template ?? {});
    const labels = { ...template.metadata?.labels, 'pod-template-hash': hash };
    return cluster.create<Workload>(kinds.replicaSets, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${deployment.metadata?.name}-${hash}`,
        namespace,
        labels,
        annotations: { [revision]: String(1 + Math.max(0, ...owned.map(revisionOf))) },
        ownerReferences: [ownerReference(deployment, 'apps/v1', 'Deployment')],
      },
      spec: {
        replicas: 0,
        selector: {
          ...deployment.spec?.selector,
          matchLabels: { ...deployment.spec?.selector?.matchLabels, 'pod-template-hash': hash },
        },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    });
  }

  function resize(deployment: Workload, namespace: string, newest: Workload, old: readonly Workload[]): void {
    const replicas = deployment.spec?.replicas ?? 1;
    const state = (set: Workload) => ({ size: set.spec?.replicas ?? 0, available: set.status?.availableReplicas ?? 0 });
    const recreate = (deployment.spec as { strategy?: { type?: string } } | undefined)?.strategy?.type === 'Recreate';
    const oldPods = sum(old.map((set) => set.status?.replicas ?? 0));
    const sizes = recreate
      ? { newest: oldPods === 0 ? replicas : state(newest).size, old: old.map(() => 0) }
      : nextSizes(replicas, rollingLimits(deployment), state(newest), old.map(state));
    scale(deployment, namespace, newest, sizes.newest);
    for (const [index, set] of old.entries()) scale(deployment, namespace, set, sizes.old[index] ?? 0);
  }

  function scale(deployment: Workload, namespace: string, set: Workload, to: number): void {
    const from = set.spec?.replicas ?? 0;
    if (from === to) return;
    const fresh = cluster.get<Workload>(kinds.replicaSets, namespace, set.metadata?.name ?? '');
    if (fresh === undefined) return;
    cluster.update<Workload>(kinds.replicaSets, { ...fresh, spec: { ...fresh.spec, replicas: to } });
    const direction = to > from ? 'up' : 'down';
    record(
      'deployment-controller',
      { ...deployment, apiVersion: 'apps/v1', kind: 'Deployment' },
      'Normal',
      'ScalingReplicaSet',
      `Scaled ${direction} replica set ${set.metadata?.name} from ${from} to ${to}`,
    );
  }

  /** The revision is written with the status, as the genuine controller does: it makes no new generation of the spec. */
  function writeStatus(deployment: Workload, namespace: string, { metadata: newestMeta }: Workload): void {
    const newestName = newestMeta?.name ?? '';
    const fresh = cluster.get<Workload>(kinds.deployments, namespace, deployment.metadata?.name ?? '');
    if (fresh === undefined) return;
    const sets = ownedSets(fresh, namespace);
    const newest = sets.find(({ metadata }) => metadata?.name === newestName);
    const wanted = fresh.spec?.replicas ?? 1;
    const total = sum(sets.map((set) => set.status?.replicas ?? 0));
    const ready = sum(sets.map((set) => set.status?.readyReplicas ?? 0));
    const available = sum(sets.map((set) => set.status?.availableReplicas ?? 0));
    const updated = newest?.status?.replicas ?? 0;
    const unavailable = Math.max(0, sum(sets.map((set) => set.spec?.replicas ?? 0)) - available);
    const complete = updated === wanted && total === wanted && available >= wanted;
    cluster.updateStatus<Workload>(kinds.deployments, {
      ...fresh,
      metadata: { ...fresh.metadata, annotations: { ...fresh.metadata?.annotations, [revision]: newestMeta?.annotations?.[revision] ?? '1' } },
      status: {
        ...(total > 0 && { replicas: total }),
        ...(updated > 0 && { updatedReplicas: updated }),
        ...(ready > 0 && { readyReplicas: ready }),
        ...(available > 0 && { availableReplicas: available }),
        ...(unavailable > 0 && { unavailableReplicas: unavailable }),
        observedGeneration: fresh.metadata?.generation ?? 1,
        conditions: conditionsOf(fresh, available >= wanted - rollingLimits(fresh).maxUnavailable, complete, newestName),
      },
    });
  }

  function conditionsOf(deployment: Workload, available: boolean, complete: boolean, newestName: string): Condition[] {
    const now = timeText(clock.now());
    const before = deployment.status?.conditions ?? [];
    const set = setConditions(
      before,
      [
        available
          ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
          : { type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable', message: 'Deployment does not have minimum availability.' },
        complete
          ? { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `ReplicaSet "${newestName}" has successfully progressed.` }
          : progressing(before, newestName),
      ],
      now,
    );
    return set.map((condition) => {
      const old = before.find(({ type }) => type === condition.type);
      const same = old?.reason === condition.reason && old?.status === condition.status && old?.message === condition.message;
      return { ...condition, lastUpdateTime: same ? (old?.lastUpdateTime ?? now) : now };
    });
  }

  const ends = [
    cluster.watch(kinds.deployments, (_, object) => queue.add(keyOf(object))),
    cluster.watch(kinds.replicaSets, (_, object) => {
      const owner = ownerKey(object, 'Deployment');
      if (owner !== undefined) queue.add(owner);
    }),
  ];
  return {
    stop() {
      for (const end of ends) end();
      queue.stop();
    },
  };
}

/** A Deployment that was complete stays so in this condition when it is only scaled, as in Kubernetes. */
function progressing(before: readonly Condition[], newestName: string): Pick<Condition, 'type' | 'status'> & { reason: string; message: string } {
  const old = before.find(({ type }) => type === 'Progressing');
  if (old?.reason === 'NewReplicaSetAvailable' && old.message?.includes(`"${newestName}"`)) {
    return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: old.message };
  }
  return { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `ReplicaSet "${newestName}" is progressing.` };
}

function revisionOf(set: Workload): number {
  return Number(set.metadata?.annotations?.[revision] ?? 0);
}

function isPaused(deployment: Workload): boolean {
  return (deployment.spec as { paused?: boolean } | undefined)?.paused === true;
}
