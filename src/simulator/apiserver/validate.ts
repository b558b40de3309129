import type { LabelSelector } from '../../wire/index.ts';
import type { Cause } from './api-error.ts';
import type { ApiObject, Fields } from './api-object.ts';
import { isFields, sameJson, plainText } from './api-object.ts';
import { listOf } from './pod-defaults.ts';
import { matchesSelector } from './label-selector.ts';
import { forbiddenField, invalidValue, keyCauses, labelCauses, nameCauses, notSupported, required } from './validate-names.ts';

/** What is wrong with the metadata of an object of any kind. */
export function metaCauses(object: ApiObject, namespaced: boolean): Cause[] {
  const { metadata } = object;
  const causes: Cause[] = [];
  if (!metadata.name) causes.push(required('metadata.name', 'name or generateName is required'));
  else causes.push(...nameCauses(object.kind, metadata.name));
  if (namespaced && !metadata.namespace) causes.push(required('metadata.namespace'));
  causes.push(...labelCauses(metadata.labels, 'metadata.labels'));
  for (const key of Object.keys(metadata.annotations ?? {})) causes.push(...keyCauses(key.toLowerCase(), 'metadata.annotations'));
  for (const owner of metadata.ownerReferences ?? []) {
    if (!owner.uid) causes.push(invalidValue('metadata.ownerReferences.uid', '', 'must not be empty'));
    if (!owner.name) causes.push(invalidValue('metadata.ownerReferences.name', '', 'must not be empty'));
  }
  return causes;
}

/** What is wrong with a built-in object, as far as common mistakes go; `old` is what it replaces. */
export function objectCauses(object: ApiObject, old?: ApiObject): Cause[] {
  const spec = (object['spec'] ?? {}) as Fields;
  switch (`${object.apiVersion} ${object.kind}`) {
    case 'v1 Pod':
      return [...podSpecCauses(spec, 'spec'), ...(old ? podChangeCauses(spec, (old['spec'] ?? {}) as Fields) : [])];
    case 'apps/v1 Deployment':
    case 'apps/v1 ReplicaSet':
    case 'apps/v1 StatefulSet':
      return workloadCauses(object, spec, old);
    case 'v1 Service':
      return serviceCauses(spec);
    case 'autoscaling/v1 HorizontalPodAutoscaler':
    case 'autoscaling/v2 HorizontalPodAutoscaler':
      return autoscalerCauses(spec);
    case 'v1 ConfigMap':
      return configMapCauses(object, old);
    case 'coordination.k8s.io/v1 Lease':
      return leaseCauses(spec);
    case 'rbac.authorization.k8s.io/v1 RoleBinding':
    case 'rbac.authorization.k8s.io/v1 ClusterRoleBinding':
      return old && !sameJson(old['roleRef'], object['roleRef']) ? [invalidValue('roleRef', object['roleRef'], 'cannot change roleRef')] : [];
    default:
      return [];
  }
}

function negative(value: unknown, field: string): Cause[] {
  return typeof value === 'number' && value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
}

function podSpecCauses(spec: Fields, at: string): Cause[] {
  const containers = listOf(spec['containers']);
  const causes: Cause[] = containers.length === 0 ? [required(`${at}.containers`)] : [];
  const names = new Set<unknown>();
  for (const [index, container] of containers.entries()) {
    const field = `${at}.containers[${index}]`;
    const name = container['name'];
    if (!name) causes.push(required(`${field}.name`));
    else if (names.has(name)) causes.push({ reason: 'FieldValueDuplicate', message: `Duplicate value: ${JSON.stringify(name)}`, field: `${field}.name` });
    else causes.push(...nameCauses('Namespace', plainText(name), `${field}.name`));
    names.add(name);
    if (!container['image']) causes.push(required(`${field}.image`));
    for (const [i, port] of listOf(container['ports']).entries()) {
      const number = port['containerPort'];
      if (number === undefined || number === 0) causes.push(required(`${field}.ports[${i}].containerPort`));
      else if (typeof number === 'number' && (number < 1 || number > 65535)) {
        causes.push(invalidValue(`${field}.ports[${i}].containerPort`, number, 'must be between 1 and 65535, inclusive'));
      }
    }
  }
  const policy = spec['restartPolicy'];
  if (typeof policy === 'string' && !['Always', 'OnFailure', 'Never'].includes(policy)) causes.push(notSupported(`${at}.restartPolicy`, policy, ['Always', 'OnFailure', 'Never']));
  return causes;
}

const changeable = ['tolerations', 'activeDeadlineSeconds', 'terminationGracePeriodSeconds', 'schedulingGates', 'nodeName'];

function podChangeCauses(spec: Fields, old: Fields): Cause[] {
  const rest = (value: Fields): Fields => ({
    ...Object.fromEntries(Object.entries(value).filter(([name]) => !changeable.includes(name) && name !== 'containers' && name !== 'initContainers')),
    containers: listOf(value['containers']).map(({ image: _image, ...container }) => container),
    initContainers: listOf(value['initContainers']).map(({ image: _image, ...container }) => container),
  });
  if (sameJson(rest(spec), rest(old))) return [];
  return [
    forbiddenField(
      'spec',
      'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
    ),
  ];
}

function workloadCauses(object: ApiObject, spec: Fields, old: ApiObject | undefined): Cause[] {
  const causes = negative(spec['replicas'], 'spec.replicas');
  const selector = spec['selector'] as LabelSelector | undefined;
  const template = (spec['template'] ?? {}) as Fields;
  const labels = ((template['metadata'] ?? {}) as Fields)['labels'] as Record<string, string> | undefined;
  if (!selector) causes.push(required('spec.selector'));
  else if (Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0) {
    causes.push(invalidValue('spec.selector', {}, `empty selector is invalid for ${object.kind.toLowerCase()}`));
  }
  const isEmpty = selector !== undefined && Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
  if (!selector || (!isEmpty && !matchesSelector(selector, labels))) {
    causes.push(invalidValue('spec.template.metadata.labels', labels ?? null, '`selector` does not match template `labels`'));
  }
  causes.push(...labelCauses(labels, 'spec.template.labels'), ...podSpecCauses((template['spec'] ?? {}) as Fields, 'spec.template.spec'));
  const before = (old?.['spec'] as Fields | undefined)?.['selector'];
  if (before && !sameJson(before, selector)) causes.push(invalidValue('spec.selector', selector, 'field is immutable'));
  return causes;
}

function serviceCauses(spec: Fields): Cause[] {
  const causes: Cause[] = [];
  const type = spec['type'];
  const ports = listOf(spec['ports']);
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  if (ports.length === 0 && type !== 'ExternalName' && spec['clusterIP'] !== 'None') causes.push(required('spec.ports'));
  for (const [index, port] of ports.entries()) {
    const number = port['port'];
    if (ports.length > 1 && !port['name']) causes.push(required(`spec.ports[${index}].name`));
    if (typeof number !== 'number' || number < 1 || number > 65535) causes.push(invalidValue(`spec.ports[${index}].port`, number ?? 0, 'must be between 1 and 65535, inclusive'));
  }
  if (typeof type === 'string' && !types.includes(type)) causes.push(notSupported('spec.type', type, types));
  return causes;
}

function autoscalerCauses(spec: Fields): Cause[] {
  const causes: Cause[] = [];
  const target = (spec['scaleTargetRef'] ?? {}) as Fields;
  const [min, max] = [spec['minReplicas'], spec['maxReplicas'] ?? 0];
  if (typeof min === 'number' && min < 1) causes.push(invalidValue('spec.minReplicas', min, 'must be greater than or equal to 1'));
  if (max === 0) causes.push(required('spec.maxReplicas', 'must be set and greater than 0'));
  if (typeof max === 'number' && max < 0) causes.push(invalidValue('spec.maxReplicas', max, 'must be greater than 0'));
  if (typeof min === 'number' && typeof max === 'number' && max < min) causes.push(invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'));
  if (!target['kind']) causes.push(required('spec.scaleTargetRef.kind'));
  if (!target['name']) causes.push(required('spec.scaleTargetRef.name'));
  for (const [index, metric] of listOf(spec['metrics']).entries()) causes.push(...metricCauses(metric, `spec.metrics[${index}]`));
  return causes;
}

function metricCauses(metric: Fields, field: string): Cause[] {
  const types = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];
  const type = metric['type'];
  if (!type) return [required(`${field}.type`, 'must specify a metric source type')];
  if (!types.includes(plainText(type))) return [notSupported(`${field}.type`, type, types)];
  const source = metric[plainText(type).charAt(0).toLowerCase() + plainText(type).slice(1)];
  if (!isFields(source)) return [required(`${field}.${plainText(type).charAt(0).toLowerCase()}${plainText(type).slice(1)}`, `must populate information for the given metric source`)];
  return [];
}

function configMapCauses(object: ApiObject, old: ApiObject | undefined): Cause[] {
  const causes: Cause[] = [];
  for (const key of Object.keys((object['data'] ?? {}))) {
    if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
      causes.push(
        invalidValue(`data[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"),
      );
    }
  }
  if (old?.['immutable'] === true && !sameJson(old['data'], object['data'])) causes.push(forbiddenField('data', 'field is immutable when `immutable` is set'));
  return causes;
}

function leaseCauses(spec: Fields): Cause[] {
  const duration = spec['leaseDurationSeconds'];
  const transitions = spec['leaseTransitions'];
  return [
    ...(typeof duration === 'number' && duration <= 0 ? [invalidValue('spec.leaseDurationSeconds', duration, 'must be greater than 0')] : []),
    ...(typeof transitions === 'number' && transitions < 0 ? [invalidValue('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')] : []),
  ];
}
