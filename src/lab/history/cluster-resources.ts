import { isKubernetesError, resources, type KubernetesClient, type ResourceKind } from '../../kubernetes/index.ts';
import { noObjects, type ClusterObjects } from '../../observe/index.ts';

/** Kinds that explain variants, and which a cluster may not have or not show. */
const kinds = ['variantAutoscalings', 'deployments', 'statefulSets', 'leaderWorkerSets', 'nodes', 'horizontalPodAutoscalers', 'scaledObjects'] as const;

/**
 * Resources of a cluster as they are now. Only VariantAutoscalings must be readable; what else the cluster does not have or does not let be read is
 * missing, and named in `unread`.
 * @throws {KubernetesError} when VariantAutoscalings cannot be listed.
 */
export async function clusterResources(client: KubernetesClient, signal: AbortSignal): Promise<{ readonly objects: ClusterObjects; readonly unread: readonly string[] }> {
  const unread: string[] = [];
  const lists = await Promise.all(
    kinds.map(async (kind): Promise<[string, readonly object[]]> => {
      const resource: ResourceKind = resources[kind];
      try {
        return [kind, (await client.list<object>(resource, { signal })).items];
      } catch (error) {
        if (kind === 'variantAutoscalings' || !isKubernetesError(error)) throw error;
        // a kind that nobody installed is no loss
        if (error.status !== 404) unread.push(`${resource.plural} (${error.message})`);
        return [kind, []];
      }
    }),
  );
  return { objects: { ...noObjects, ...Object.fromEntries(lists) }, unread };
}
