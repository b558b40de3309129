import type { ApiObject, Fields } from './api-object.ts';
import { isFields } from './api-object.ts';
import { listOf, preset, presetPodSpec, qosClass } from './pod-defaults.ts';

/** Fills in what the genuine server fills in. `object` is in its served version and the caller's own copy. */
export function presetObject(object: ApiObject): void {
  presets[`${object.apiVersion} ${object.kind}`]?.(object, (object['spec'] ??= {}) as Fields);
}

const presets: Record<string, (object: ApiObject, spec: Fields) => void> = {
  'v1 Pod': (_object, spec) => {
    preset(spec, { enableServiceLinks: true });
    presetPodSpec(spec);
  },
  'v1 Namespace': (object) => {
    object.metadata.labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name ?? '' };
  },
  'v1 Node': () => {},
  'v1 Service': (_object, spec) => {
    preset(spec, { sessionAffinity: 'None', type: 'ClusterIP' });
    for (const port of listOf(spec['ports'])) preset(port, { protocol: 'TCP', targetPort: port['port'] });
    if (spec['type'] !== 'ExternalName') preset(spec, { internalTrafficPolicy: 'Cluster' });
  },
  'v1 Secret': (object) => {
    dropSpec(object);
    preset(object, { type: 'Opaque' });
    const { stringData, ...rest } = object;
    if (!isFields(stringData)) return;
    const encoded = Object.entries(stringData).map(([name, text]) => [name, Buffer.from(String(text)).toString('base64')] as const);
    delete object['stringData'];
    object['data'] = { ...(rest['data'] as Fields | undefined), ...Object.fromEntries(encoded) };
  },
  'v1 ConfigMap': dropSpec,
  'v1 ServiceAccount': dropSpec,
  'v1 Endpoints': dropSpec,
  'v1 Event': dropSpec,
  'events.k8s.io/v1 Event': dropSpec,
  'apps/v1 Deployment': (object, spec) => {
    preset(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600, strategy: {} });
    const strategy = spec['strategy'] as Fields;
    preset(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate') preset((strategy['rollingUpdate'] ??= {}) as Fields, { maxUnavailable: '25%', maxSurge: '25%' });
    presetTemplate(spec);
    preset(object, { status: {} });
  },
  'apps/v1 ReplicaSet': (object, spec) => {
    preset(spec, { replicas: 1 });
    presetTemplate(spec);
    const labels = ((spec['template'] as Fields | undefined)?.['metadata'] as Fields | undefined)?.['labels'];
    if (!object.metadata.labels && isFields(labels)) object.metadata.labels = { ...labels } as Record<string, string>;
  },
  'apps/v1 StatefulSet': (_object, spec) => {
    preset(spec, { replicas: 1, podManagementPolicy: 'OrderedReady', revisionHistoryLimit: 10, updateStrategy: {}, persistentVolumeClaimRetentionPolicy: {} });
    preset(spec['persistentVolumeClaimRetentionPolicy'] as Fields, { whenDeleted: 'Retain', whenScaled: 'Retain' });
    const strategy = spec['updateStrategy'] as Fields;
    preset(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate') preset((strategy['rollingUpdate'] ??= {}) as Fields, { partition: 0 });
    presetTemplate(spec);
  },
  'autoscaling/v1 HorizontalPodAutoscaler': (_object, spec) => preset(spec, { minReplicas: 1 }),
  'autoscaling/v2 HorizontalPodAutoscaler': (_object, spec) => {
    preset(spec, { minReplicas: 1 });
    if (listOf(spec['metrics']).length === 0) {
      spec['metrics'] = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
    }
    const behavior = spec['behavior'];
    if (!isFields(behavior)) return;
    const percent = { type: 'Percent', value: 100, periodSeconds: 15 };
    preset((behavior['scaleUp'] ??= {}) as Fields, { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent] });
    preset((behavior['scaleDown'] ??= {}) as Fields, { selectPolicy: 'Max', policies: [percent] });
  },
  'coordination.k8s.io/v1 Lease': () => {},
  'apiextensions.k8s.io/v1 CustomResourceDefinition': (_object, spec) => {
    const names = (spec['names'] ??= {}) as Fields;
    if (typeof names['kind'] === 'string') preset(names, { singular: names['kind'].toLowerCase(), listKind: `${names['kind']}List` });
    preset(spec, { conversion: { strategy: 'None' } });
    for (const version of listOf(spec['versions'])) {
      for (const column of listOf(version['additionalPrinterColumns'])) if (column['priority'] === 0) delete column['priority'];
    }
  },
  'apiregistration.k8s.io/v1 APIService': (_object, spec) => {
    if (isFields(spec['service'])) preset(spec['service'], { port: 443 });
  },
  'rbac.authorization.k8s.io/v1 Role': (object) => ruled(object),
  'rbac.authorization.k8s.io/v1 ClusterRole': (object) => ruled(object),
  'rbac.authorization.k8s.io/v1 RoleBinding': bound,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': bound,
};

function dropSpec(object: ApiObject): void {
  delete object['spec'];
}

function ruled(object: ApiObject): void {
  dropSpec(object);
  object['rules'] ??= null;
}

function bound(object: ApiObject): void {
  dropSpec(object);
  if (isFields(object['roleRef'])) preset(object['roleRef'], { apiGroup: 'rbac.authorization.k8s.io' });
  for (const subject of listOf(object['subjects'])) {
    if (subject['kind'] !== 'ServiceAccount') preset(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  }
}

function presetTemplate(spec: Fields): void {
  const template = spec['template'];
  if (!isFields(template)) return;
  template['metadata'] ??= {};
  presetPodSpec((template['spec'] ??= {}) as Fields);
}

/** What a fresh object starts with, whatever status the request carried. */
export function freshStatus(object: ApiObject, nowText: string): unknown {
  const spec = (object['spec'] ?? {}) as Fields;
  switch (object.kind) {
    case 'Pod':
      return { phase: 'Pending', qosClass: qosClass(spec) };
    case 'Namespace':
      return { phase: 'Active' };
    case 'Service':
      return { loadBalancer: {} };
    case 'ReplicaSet':
      return { replicas: 0 };
    case 'StatefulSet':
      return { replicas: 0, availableReplicas: 0 };
    case 'HorizontalPodAutoscaler':
      return { currentMetrics: null, desiredReplicas: 0 };
    case 'APIService':
      return spec['service'] === undefined
        ? { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: nowText, reason: 'Local', message: 'Local APIServices are always available' }] }
        : {};
    default:
      return {};
  }
}

/** Admission of the default configuration: what is added to every new pod, and addresses for services. */
export function admit(object: ApiObject, nextAddress: () => string, trusted: boolean): void {
  if (object.kind === 'Node' && object.apiVersion === 'v1' && !trusted) {
    const nodeSpec = (object['spec'] ??= {}) as Fields;
    const taints = listOf(nodeSpec['taints']);
    const key = 'node.kubernetes.io/not-ready';
    if (!taints.some((taint) => taint['key'] === key)) nodeSpec['taints'] = [...taints, { key, effect: 'NoSchedule' }];
  }
  const spec = object['spec'] as Fields | undefined;
  if (!spec) return;
  if (object.kind === 'Pod' && object.apiVersion === 'v1') {
    preset(spec, { priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
    const tolerations = listOf(spec['tolerations']);
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      const tolerated = tolerations.some((each) => (each['key'] === undefined || each['key'] === key) && (each['effect'] === undefined || each['effect'] === 'NoExecute'));
      if (!tolerated) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });
    }
    spec['tolerations'] = tolerations;
  }
  if (object.kind === 'Service' && spec['type'] !== 'ExternalName') {
    preset(spec, { clusterIP: nextAddress() });
    preset(spec, { clusterIPs: [spec['clusterIP']], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' });
  }
}
