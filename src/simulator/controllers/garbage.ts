import type { KubernetesObject } from '../../wire/index.ts';
import { kinds } from './cluster.ts';
import type { Resource } from './cluster.ts';
import type { ControllerContext } from './context.ts';
import { createWorkQueue } from './work-queue.ts';
import type { Controller } from './work-queue.ts';

const owners: readonly Resource[] = [kinds.deployments, kinds.replicaSets, kinds.statefulSets];
const dependents: readonly Resource[] = [kinds.replicaSets, kinds.pods];

/** Removes what is left of owners that are gone: background deletion, and dependents that were made too late. */
export function startGarbageCollection({ cluster, clock, latencyMs }: ControllerContext): Controller {
  const queue = createWorkQueue(clock, latencyMs, collect);

  function alive(uid: string): boolean {
    return owners.some((resource) => cluster.list(resource).some(({ metadata }) => metadata?.uid === uid));
  }

  function collect(): void {
    for (const resource of dependents) {
      for (const object of cluster.list(resource)) {
        if (object.metadata?.deletionTimestamp !== undefined || !isOrphan(object)) continue;
        cluster.remove(resource, object.metadata?.namespace, object.metadata?.name ?? '');
      }
    }
  }

  function isOrphan(object: KubernetesObject): boolean {
    const known = (object.metadata?.ownerReferences ?? []).filter(({ kind }) => owners.some((owner) => owner.kind === kind));
    return known.length > 0 && known.every(({ uid }) => !alive(uid));
  }

  const ends = owners.map((resource) =>
    cluster.watch(resource, (type) => {
      if (type === 'DELETED') queue.add('orphans');
    }),
  );
  return {
    stop() {
      for (const end of ends) end();
      queue.stop();
    },
  };
}
