import type { Scale } from '../wire/index.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { Discovery } from './discovery.ts';
import { isKubernetesError, KubernetesError } from './kubernetes-error.ts';
import type { ResourceKind } from './resource-kind.ts';

/** Anything with a scale subresource. */
export interface ScaleTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Scales {
  /** @throws {KubernetesError} reason `ResourceUnknown`, `NotScalable`, `NotFound`, `Forbidden`... */
  read(target: ScaleTarget, signal?: AbortSignal): Promise<Scale>;
  /**
   * Sets `spec.replicas` by a merge patch, which needs the verb "patch" on the subresource and nothing else.
   * With `resourceVersion` it is refused with 409 when somebody has changed the target since that was read.
   */
  write(target: ScaleTarget, replicas: number, options?: { readonly resourceVersion?: string; readonly fieldManager?: string; readonly signal?: AbortSignal }): Promise<Scale>;
}

export function createScales(options: { readonly client: KubernetesClient; readonly discovery: Discovery }): Scales {
  const { client, discovery } = options;

  async function at<T>(target: ScaleTarget, request: (resource: ResourceKind) => Promise<T>): Promise<T> {
    const served = await discovery.resourceFor(target.apiVersion, target.kind);
    if (!served) throw refusal(target, 'ResourceUnknown', 'the API server does not serve this kind in this version (is its CustomResourceDefinition installed?)');
    if (!served.scalable) throw refusal(target, 'NotScalable', 'this kind has no scale subresource');
    try {
      return await request(served.resource);
    } catch (error) {
      if (isKubernetesError(error, 404, 'ResourceUnknown')) discovery.forget(target.apiVersion);
      throw error;
    }
  }

  return {
    read: (target, signal) =>
      at(target, (resource) => client.get<Scale>(resource, target.name, { namespace: target.namespace, subresource: 'scale', ...(signal && { signal }) })),
    write: (target, replicas, { resourceVersion, fieldManager, signal } = {}) =>
      at(target, (resource) =>
        client.patch<Scale>(
          resource,
          target.name,
          { ...(resourceVersion !== undefined && { metadata: { resourceVersion } }), spec: { replicas } },
          { type: 'merge', subresource: 'scale', namespace: target.namespace, ...(fieldManager !== undefined && { fieldManager }), ...(signal && { signal }) },
        ),
      ),
  };
}

function refusal(target: ScaleTarget, reason: string, why: string): KubernetesError {
  return new KubernetesError(`Cannot scale ${target.apiVersion} ${target.kind} "${target.namespace}/${target.name}": ${why}.`, {
    status: 404,
    reason,
    retryable: false,
  });
}
