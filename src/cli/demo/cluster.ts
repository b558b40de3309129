import type { Scenario } from '../../simulator/index.ts';
import type { KubernetesObject } from '../../wire/index.ts';

/** Names of the product's own objects, as the shipped manifests have them. */
export const own = {
  namespace: 'workload-variant-autoscaler-system',
  service: 'workload-variant-autoscaler-controller-manager-metrics-service',
  policy: 'wva-saturation-scaling-config',
} as const;

/**
 * The scenario with the product installed in it: its namespace, its APIService, and a policy whose
 * window fits replicas that start in seconds instead of minutes. The ConfigMap may be edited while the demo runs.
 */
export function withProductInstalled(scenario: Scenario): Scenario {
  const installed: readonly KubernetesObject[] = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own.namespace } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: own.service, namespace: own.namespace },
      spec: { ports: [{ name: 'https', port: 8443, protocol: 'TCP' }] },
    } as KubernetesObject,
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.external.metrics.k8s.io' },
      spec: {
        group: 'external.metrics.k8s.io',
        version: 'v1beta1',
        service: { namespace: own.namespace, name: own.service, port: 8443 },
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    } as KubernetesObject,
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: own.policy, namespace: own.namespace },
      data: { default: 'scaleDownStabilization: 8s\nscaleDownMaxFraction: 0.5\n' },
    } as KubernetesObject,
  ];
  return { ...scenario, objects: [...installed, ...scenario.objects] };
}
