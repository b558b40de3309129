import { groupBy } from '../../base/index.ts';
import type { PodAddress } from '../source.ts';

/**
 * Labels under which scrape configurations put the pod of a target: those of the Prometheus Operator and of
 * most examples, the same when a label of the page itself took the plain name, and older conventions.
 */
const podLabels: readonly (readonly [namespace: string, pod: string])[] = [
  ['exported_namespace', 'exported_pod'],
  ['namespace', 'pod'],
  ['kubernetes_namespace', 'kubernetes_pod_name'],
  ['k8s_namespace_name', 'k8s_pod_name'],
  ['namespace', 'pod_name'],
];

/** All labels that help to tell whose a series is. */
export const identityLabels: readonly string[] = [...new Set([...podLabels.flat(), 'instance', 'job'])];

type Labels = Readonly<Record<string, string>>;

/** The pods that the labels of a series may mean, likeliest first; none where only an address tells. */
export function namedPods(labels: Labels): { readonly namespace: string | undefined; readonly pod: string }[] {
  return podLabels.flatMap(([namespaceLabel, podLabel]) => {
    const pod = labels[podLabel];
    return pod === undefined ? [] : [{ namespace: labels[namespaceLabel], pod }];
  });
}

/**
 * Finds the pod of a series. By the names that its labels give, in whichever spelling matches a pod that was
 * asked for; without any, by the address in `instance`. No label on the pod and no relabelling is needed.
 */
export function podMatcher(pods: readonly PodAddress[]): (labels: Labels) => PodAddress | undefined {
  const byName = new Map(pods.map((pod) => [`${pod.namespace}/${pod.pod}`, pod]));
  const byPlainName = groupBy(pods, ({ pod }) => pod);
  const byAddress = groupBy(pods.filter(({ ip }) => ip !== ''), ({ ip }) => ip);

  return (labels) => {
    let named = false;
    for (const [namespaceLabel, podLabel] of podLabels) {
      const podName = labels[podLabel];
      if (podName === undefined) continue;
      named = true;
      const namespace = labels[namespaceLabel];
      const found = namespace === undefined ? only(byPlainName.get(podName)) : byName.get(`${namespace}/${podName}`);
      if (found) return found;
    }
    // a series that names another pod may have the address of one of ours only because it was used again
    if (named) return undefined;
    const { host, port } = splitInstance(labels['instance'] ?? '');
    const there = byAddress.get(host);
    // pods on the host's network share its address, and differ by port
    return only(there) ?? only(there?.filter(({ ports }) => port !== undefined && ports.includes(port)));
  };
}

/** `10.0.0.7:8000` and `[fd00::7]:8000` into address and port. */
export function splitInstance(instance: string): { readonly host: string; readonly port?: number } {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*)):(?<port>\d+)$/.exec(instance);
  if (!match?.groups) return { host: instance };
  return { host: match.groups['v6'] ?? match.groups['host'] ?? '', port: Number(match.groups['port']) };
}

function only<T>(list: readonly T[] | undefined): T | undefined {
  return list?.length === 1 ? list[0] : undefined;
}
