import type { RouterAddress } from '../prometheus/index.ts';
import type { Container, Pod } from '../wire/index.ts';
import { argumentOf } from './engines.ts';

/** Where routers show their metrics unless they are told otherwise. */
const defaultPort = 9090;

/** Names of images of the inference extension's endpoint picker and of llm-d's. */
const images = /(?:^|\/)(?:epp|llm-d-inference-scheduler|llm-d-router(?:-endpoint-picker|-epp)?)(?:[:@]|$)/;

/** The routers among the pods of a cluster that run and have an address, in a fixed order. */
export function routerAddresses(pods: readonly Pod[]): RouterAddress[] {
  return pods.flatMap(routerIn).toSorted((a, b) => (`${a.namespace}/${a.pod}` < `${b.namespace}/${b.pod}` ? -1 : 1));
}

const known = new WeakMap<Pod, readonly RouterAddress[]>();

/** Pods are taken as immutable, and most are the same for many looks: the words of each are read once. */
function routerIn(pod: Pod): readonly RouterAddress[] {
  const before = known.get(pod);
  if (before) return before;
  const { metadata, status } = pod;
  const router = pod.spec?.containers.find(isRouter);
  const found = !router || status?.phase !== 'Running' || !status.podIP || metadata?.deletionTimestamp
    ? []
    : [{ namespace: metadata?.namespace ?? '', pod: metadata?.name ?? '', uid: metadata?.uid ?? '', ip: status.podIP, ports: portsOf(router) }];
  known.set(pod, found);
  return found;
}

/** By its image, or by being told of the pool that it serves: nothing else is. */
function isRouter(container: Container): boolean {
  return images.test(container.image ?? '') || argumentOf(container, 'pool-name') !== undefined || argumentOf(container, 'poolName') !== undefined;
}

/** What it is told, a port that says so, and the default. */
function portsOf(container: Container): number[] {
  const told = Number(argumentOf(container, 'metrics-port') ?? argumentOf(container, 'metricsPort'));
  const named = (container.ports ?? []).filter(({ name }) => name?.includes('metric')).map(({ containerPort }) => containerPort);
  return [...new Set([...(Number.isInteger(told) && told > 0 && told < 65_536 ? [told] : []), ...named, defaultPort])];
}
