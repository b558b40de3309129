import type { Fields } from './api-object.ts';
import { isFields } from './api-object.ts';

/** Gives a field a value where it has none. */
export function preset(target: Fields, values: Fields): void {
  for (const [name, value] of Object.entries(values)) target[name] ??= value;
}

export function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

/** The defaults of a pod's spec, in a pod and in a template alike. Edits `spec`, which is the caller's own copy. */
export function presetPodSpec(spec: Fields): void {
  preset(spec, { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler' });
  if (typeof spec['serviceAccountName'] === 'string') preset(spec, { serviceAccount: spec['serviceAccountName'] });
  for (const container of [...listOf(spec['containers']), ...listOf(spec['initContainers'])]) presetContainer(container);
  for (const volume of listOf(spec['volumes'])) presetVolume(volume);
}

function presetContainer(container: Fields): void {
  const image = typeof container['image'] === 'string' ? container['image'] : '';
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  const isLatest = !lastPart.includes('@') && (!lastPart.includes(':') || lastPart.endsWith(':latest'));
  preset(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
  });
  const resources = container['resources'] as Fields;
  if (isFields(resources['limits'])) resources['requests'] = { ...resources['limits'], ...(resources['requests'] as Fields | undefined) };
  for (const port of listOf(container['ports'])) preset(port, { protocol: 'TCP' });
  for (const variable of listOf(container['env'])) {
    const source = variable['valueFrom'];
    if (isFields(source) && isFields(source['fieldRef'])) preset(source['fieldRef'], { apiVersion: 'v1' });
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = container[name];
    if (!isFields(probe)) continue;
    preset(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
    if (isFields(probe['httpGet'])) preset(probe['httpGet'], { scheme: 'HTTP', path: '/' });
  }
}

function presetVolume(volume: Fields): void {
  for (const name of ['configMap', 'secret', 'projected', 'downwardAPI']) {
    const source = volume[name];
    if (isFields(source)) preset(source, { defaultMode: 420 });
  }
  if (Object.keys(volume).length === 1) volume['emptyDir'] = {};
}

/** Guaranteed, Burstable or BestEffort, from cpu and memory of the containers. */
export function qosClass(spec: Fields): string {
  const containers = [...listOf(spec['containers']), ...listOf(spec['initContainers'])];
  let any = false;
  let guaranteed = true;
  for (const container of containers) {
    const resources = (container['resources'] ?? {}) as { requests?: Fields; limits?: Fields };
    for (const name of ['cpu', 'memory']) {
      const [request, limit] = [resources.requests?.[name], resources.limits?.[name]];
      if (request !== undefined || limit !== undefined) any = true;
      if (limit === undefined || (request !== undefined && request !== limit)) guaranteed = false;
    }
  }
  if (!any) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
