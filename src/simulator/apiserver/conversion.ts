import type { ApiObject, Fields } from './api-object.ts';
import { isFields } from './api-object.ts';

/** Turns an object of one version into the same object of another, for the two kinds that are served in two. */
export function convert(object: ApiObject, to: string): ApiObject {
  if (object.apiVersion === to) return object;
  if (object.kind === 'Event') return to === 'v1' ? coreEvent(object) : newEvent(object);
  if (object.kind === 'HorizontalPodAutoscaler') return to === 'autoscaling/v1' ? autoscalerV1(object) : autoscalerV2(object);
  return { ...object, apiVersion: to };
}

function renamed(object: ApiObject, apiVersion: string, pairs: readonly (readonly [string, string])[]): ApiObject {
  const names = new Map(pairs);
  const fields = Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value] as const);
  return { ...Object.fromEntries(fields), apiVersion, kind: object.kind, metadata: object.metadata };
}

const eventFields = [
  ['note', 'message'],
  ['regarding', 'involvedObject'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
  ['reportingController', 'reportingComponent'],
] as const;

const coreEvent = (object: ApiObject): ApiObject => renamed(object, 'v1', eventFields);
const newEvent = (object: ApiObject): ApiObject => renamed(object, 'events.k8s.io/v1', eventFields.map(([modern, core]) => [core, modern]));

const metricsAnnotation = 'autoscaling.alpha.kubernetes.io/metrics';
const behaviorAnnotation = 'autoscaling.alpha.kubernetes.io/behavior';

function autoscalerV1(object: ApiObject): ApiObject {
  const spec = object['spec'] as Fields;
  const { metrics, behavior, ...rest } = spec;
  const annotations: Record<string, string> = { ...object.metadata.annotations };
  const list = (Array.isArray(metrics) ? metrics : []) as Fields[];
  const cpu = list.find((metric) => metric['type'] === 'Resource' && (metric['resource'] as Fields)['name'] === 'cpu');
  const target = isFields(cpu?.['resource']) ? (cpu['resource']['target'] as Fields) : undefined;
  const others = list.filter((metric) => metric !== cpu);
  if (others.length > 0) annotations[metricsAnnotation] = JSON.stringify(others);
  if (behavior !== undefined) annotations[behaviorAnnotation] = JSON.stringify(behavior);
  const utilization = target?.['averageUtilization'];
  const { conditions: _conditions, currentMetrics: _currentMetrics, ...status } = (object['status'] ?? {}) as Fields;
  return {
    ...object,
    apiVersion: 'autoscaling/v1',
    metadata: { ...object.metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: { ...rest, ...(utilization === undefined ? {} : { targetCPUUtilizationPercentage: utilization }) },
    status: { currentReplicas: 0, ...status },
  };
}

function autoscalerV2(object: ApiObject): ApiObject {
  const { targetCPUUtilizationPercentage, ...spec } = object['spec'] as Fields;
  const { [metricsAnnotation]: metricsText, [behaviorAnnotation]: behaviorText, ...annotations } = object.metadata.annotations ?? {};
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: targetCPUUtilizationPercentage } } };
  const metrics = [...(targetCPUUtilizationPercentage === undefined ? [] : [cpu]), ...(metricsText ? (JSON.parse(metricsText) as unknown[]) : [])];
  const { annotations: _all, ...metadata } = object.metadata;
  return {
    ...object,
    apiVersion: 'autoscaling/v2',
    metadata: { ...metadata, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    spec: {
      ...spec,
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(behaviorText ? { behavior: JSON.parse(behaviorText) as unknown } : {}),
    },
  };
}
