import { badRequest } from './api-error.ts';
import type { ApiObject, Fields } from './api-object.ts';
import { isFields, plainText } from './api-object.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';

/** Fields by which lists of a kind may be selected, besides name and namespace. */
const selectable: Record<string, readonly string[]> = {
  'v1 Pod': ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'spec.hostNetwork', 'status.phase', 'status.podIP', 'status.nominatedNodeName'],
  'v1 Node': ['spec.unschedulable'],
  'v1 Namespace': ['status.phase'],
  'v1 Secret': ['type'],
  'v1 Service': ['spec.clusterIP', 'spec.type'],
  'v1 Event': ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'involvedObject.apiVersion', 'involvedObject.resourceVersion', 'involvedObject.fieldPath', 'reason', 'reportingComponent', 'source', 'type'],
  'events.k8s.io/v1 Event': ['regarding.kind', 'regarding.namespace', 'regarding.name', 'regarding.uid', 'reason', 'reportingController', 'type'],
  'apps/v1 ReplicaSet': ['status.replicas'],
};

function fieldText(object: ApiObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = isFields(value) ? value[name] : undefined;
  if (path === 'source') value = (object['source'] as Fields | undefined)?.['component'];
  if (path === 'spec.unschedulable' || path === 'spec.hostNetwork') return plainText(value ?? false);
  return value === undefined || value === null ? '' : plainText(value);
}

/**
 * Reads `a.b=c,d!=e` into a test of objects.
 * @throws {ApiError} 400 for a field that the kind cannot be selected by.
 */
export function parseFieldSelector(text: string, definition: ResourceDefinition): (object: ApiObject) => boolean {
  const allowed = new Set(['metadata.name', ...(definition.namespaced || definition.custom ? ['metadata.namespace'] : []), ...(selectable[`${apiVersionOf(definition)} ${definition.kind}`] ?? [])]);
  const terms = text
    .split(',')
    .filter((term) => term.trim() !== '')
    .map((term) => {
      const match = /^\s*([^=!]+?)\s*(==|=|!=)\s*(.*?)\s*$/.exec(term);
      if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      return { field: match[1] ?? '', negated: match[2] === '!=', value: match[3] ?? '' };
    });
  for (const { field } of terms) if (!allowed.has(field)) throw badRequest(`field label not supported: ${field}`);
  return (object) => terms.every(({ field, negated, value }) => (fieldText(object, field) === value) !== negated);
}

