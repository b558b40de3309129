import type { LabelSelector } from '../../wire/index.ts';
import { ApiError } from './api-error.ts';
import type { ApiObject, Fields } from './api-object.ts';
import { copyJson, isFields } from './api-object.ts';
import type { ResourceDefinition } from './definition.ts';
import { selectorText } from './label-selector.ts';

const pathOf = (path: string): string[] => path.split('.').filter((part) => part !== '');

function at(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isFields(value) ? value[name] : undefined), object);
}

/** The autoscaling/v1 Scale of a workload or custom resource. */
export function scaleOf(definition: ResourceDefinition, object: ApiObject): ApiObject {
  const paths = definition.custom?.scale;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const desired = at(object, pathOf(paths?.specReplicasPath ?? '.spec.replicas'));
  if (paths && desired === undefined && at(object, pathOf(paths.specReplicasPath).slice(0, -1)) === undefined) {
    throw new ApiError(500, 'InternalError', `Internal error occurred: the spec replicas field "${paths.specReplicasPath}" does not exist`);
  }
  const selector = paths ? at(object, pathOf(paths.labelSelectorPath ?? '')) : selectorText(at(object, ['spec', 'selector']) as LabelSelector | undefined);
  const metadata = Object.fromEntries(Object.entries({ name, namespace, uid, resourceVersion, creationTimestamp }).filter(([, value]) => value !== undefined));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata,
    spec: desired === undefined || desired === 0 ? {} : { replicas: desired },
    status: { replicas: at(object, pathOf(paths?.statusReplicasPath ?? '.status.replicas')) ?? 0, ...(typeof selector === 'string' && selector !== '' ? { selector } : {}) },
  };
}

/** The object with the replicas that a Scale asks for. */
export function withScale(definition: ResourceDefinition, object: ApiObject, scale: ApiObject): ApiObject {
  const path = pathOf(definition.custom?.scale?.specReplicasPath ?? '.spec.replicas');
  const replicas = ((scale['spec'] ?? {}) as { replicas?: number }).replicas ?? 0;
  const result = copyJson(object);
  let parent: Fields = result;
  for (const name of path.slice(0, -1)) parent = (parent[name] ??= {}) as Fields;
  parent[path.at(-1) ?? 'replicas'] = replicas;
  const wanted = scale.metadata?.resourceVersion;
  if (wanted) result.metadata.resourceVersion = wanted;
  return result;
}
