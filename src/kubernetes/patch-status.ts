import type { KubernetesClient } from './kubernetes-client.ts';
import type { ResourceKind } from './resource-kind.ts';

/**
 * Writes `status` by a merge patch on the status subresource: fields that are left out stay, fields that are null go, lists are replaced
 * whole. With `resourceVersion` it is refused with 409 when the object has changed since.
 */
export function patchStatus<T>(
  client: KubernetesClient,
  resource: ResourceKind,
  object: { readonly namespace?: string | undefined; readonly name: string; readonly resourceVersion?: string | undefined },
  status: object,
  options: { readonly fieldManager?: string; readonly signal?: AbortSignal } = {},
): Promise<T> {
  const body = { ...(object.resourceVersion !== undefined && { metadata: { resourceVersion: object.resourceVersion } }), status };
  return client.patch<T>(resource, object.name, body, { type: 'merge', subresource: 'status', namespace: object.namespace, ...options });
}
