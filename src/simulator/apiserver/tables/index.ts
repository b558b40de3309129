import { plainText } from '../api-object.ts';
import type { KubernetesList } from '../../../wire/index.ts';
import type { ApiObject } from '../api-object.ts';
import { convert } from '../conversion.ts';
import type { ResourceDefinition } from '../definition.ts';
import { ageText, column, createdColumn, nameColumn } from './column.ts';
import type { Column } from './column.ts';
import { jsonPathValues } from './json-path.ts';
import {
  apiServiceColumns,
  bindingColumns,
  configMapColumns,
  endpointsColumns,
  eventColumns,
  leaseColumns,
  namespaceColumns,
  nodeColumns,
  roleColumns,
  secretColumns,
  serviceAccountColumns,
  serviceColumns,
} from './objects.ts';
import { podColumns } from './pod.ts';
import { autoscalerColumns, deploymentColumns, replicaSetColumns, statefulSetColumns } from './workloads.ts';

const byKind: Record<string, readonly Column[]> = {
  Pod: podColumns,
  Deployment: deploymentColumns,
  ReplicaSet: replicaSetColumns,
  StatefulSet: statefulSetColumns,
  HorizontalPodAutoscaler: autoscalerColumns,
  Service: serviceColumns,
  Node: nodeColumns,
  Namespace: namespaceColumns,
  ConfigMap: configMapColumns,
  Secret: secretColumns,
  ServiceAccount: serviceAccountColumns,
  Endpoints: endpointsColumns,
  Event: eventColumns,
  Lease: leaseColumns,
  Role: roleColumns,
  ClusterRole: roleColumns,
  RoleBinding: bindingColumns,
  ClusterRoleBinding: bindingColumns,
  APIService: apiServiceColumns,
};

function columnsOf(definition: ResourceDefinition): readonly Column[] {
  if (!definition.custom) return byKind[definition.kind] ?? [nameColumn, createdColumn];
  return [
    nameColumn,
    ...definition.custom.columns.map((each) =>
      column(each.name, (object, nowMs) => customCell(each, object, nowMs), {
        type: each.type,
        ...(each.format === undefined ? {} : { format: each.format }),
        ...(each.priority === undefined ? {} : { priority: each.priority }),
        ...(each.description === undefined ? {} : { description: each.description }),
      }),
    ),
  ];
}

function customCell(spec: { type: string; jsonPath: string }, object: ApiObject, nowMs: number): unknown {
  const values = jsonPathValues(object, spec.jsonPath);
  const value = values[0];
  if (value === undefined || value === null) return null;
  if (spec.type === 'date') return ageText(value, nowMs);
  if (spec.type === 'string') return plainText(value);
  if (spec.type === 'integer' || spec.type === 'number') return typeof value === 'number' ? value : null;
  if (spec.type === 'boolean') return typeof value === 'boolean' ? value : null;
  return value;
}

export function partialMetadata(object: ApiObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

/** A list or one object as the table that kubectl prints. `includeObject` is `None`, `Metadata` or `Object`. */
export function tableOf(definition: ResourceDefinition, given: ApiObject | KubernetesList<ApiObject>, includeObject: string, nowMs: number, withColumns = true): object {
  const columns = columnsOf(definition);
  const isList = Array.isArray((given as KubernetesList<ApiObject>).items);
  const items = isList ? (given as KubernetesList<ApiObject>).items : [given as ApiObject];
  const metadata = isList ? given.metadata : { resourceVersion: given.metadata?.resourceVersion };
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: withColumns
      ? columns.map(({ name, type = 'string', format = '', priority = 0, description = '' }) => ({ name, type, format, description, priority }))
      : null,
    rows: items.map((object) => {
      const printed = definition.kind === 'Event' || definition.kind === 'HorizontalPodAutoscaler' ? convert(object, definition.storedAs) : object;
      const cells = columns.map((each) => each.cell(printed, nowMs));
      const shown = includeObject === 'None' ? undefined : includeObject === 'Object' ? object : partialMetadata(object);
      return shown === undefined ? { cells, object: null } : { cells, object: shown };
    }),
  };
}
