import { namedPods, splitInstance } from '../../../prometheus/index.ts';
import type { PastTarget } from './past-targets.ts';
import { merged, namespaceOf, podNameOf, type Track } from './tracks.ts';

/** One pod over the cycles of a stretch. */
export interface PastPod {
  readonly namespace: string;
  readonly name: string;
  uid: string;
  ip: string;
  node: string;
  /** Kind and name of what made it. */
  owner: { readonly kind: string; readonly name: string } | undefined;
  modelName: string | undefined;
  /** Seconds since the epoch; `undefined` where history does not say. */
  createdSeconds: number | undefined;
  /** When it got its node, likewise. */
  scheduledSeconds: number | undefined;
  /** At each cycle: NaN while it is not there. */
  info: Float64Array | undefined;
  /** The same, while it has a node. */
  placed: Float64Array | undefined;
  ready: Float64Array | undefined;
  /** Seconds since the epoch, at each cycle: when it became ready. */
  readySinceSeconds: Float64Array | undefined;
  deleted: Float64Array | undefined;
  pending: Float64Array | undefined;
  finished: Float64Array | undefined;
  /** NaN while no engine of it is scraped. */
  presence: Float64Array | undefined;
}

/** Everything that history calls a pod: by kube-state-metrics, and by what engines say of themselves. */
export function podsOf(podTracks: readonly Track[], presenceTracks: readonly Track[]): PastPod[] {
  const pods = new Map<string, PastPod>();
  const byIp = new Map<string, PastPod>();
  const podAt = (namespace: string, name: string): PastPod => {
    const key = `${namespace}/${name}`;
    let pod = pods.get(key);
    if (!pod) {
      pod = { namespace, name, uid: key, ip: '', node: '', owner: undefined, modelName: undefined, createdSeconds: undefined, scheduledSeconds: undefined, info: undefined, placed: undefined, ready: undefined, readySinceSeconds: undefined, deleted: undefined, pending: undefined, finished: undefined, presence: undefined };
      pods.set(key, pod);
    }
    return pod;
  };
  for (const { name, labels, values } of podTracks) {
    const pod = podAt(namespaceOf(labels), podNameOf(labels));
    switch (name) {
      case 'kube_pod_info': {
        pod.info = merged(pod.info, values);
        if (labels['uid']) pod.uid = labels['uid'];
        // the same pod shows several of these while it gets its node and its address
        if (labels['node']) {
          pod.placed = merged(pod.placed, values);
          pod.node = labels['node'];
        }
        if (labels['pod_ip']) byIp.set((pod.ip = labels['pod_ip']), pod);
        if (labels['created_by_kind'] && labels['created_by_kind'] !== '<none>') pod.owner = { kind: labels['created_by_kind'], name: labels['created_by_name'] ?? '' };
        break;
      }
      case 'kube_pod_created':
        pod.createdSeconds = values.find((value) => !Number.isNaN(value)) ?? pod.createdSeconds;
        break;
      case 'kube_pod_status_scheduled_time':
        pod.scheduledSeconds = values.find((value) => !Number.isNaN(value)) ?? pod.scheduledSeconds;
        break;
      case 'kube_pod_status_ready_time':
        pod.readySinceSeconds = merged(pod.readySinceSeconds, values);
        break;
      case 'kube_pod_deletion_timestamp':
        pod.deleted = merged(pod.deleted, values);
        break;
      case 'kube_pod_status_ready':
        pod.ready = merged(pod.ready, values);
        break;
      case 'kube_pod_status_phase':
        if (labels['phase'] === 'Pending') pod.pending = merged(pod.pending, values);
        else if (labels['phase'] === 'Succeeded' || labels['phase'] === 'Failed') pod.finished = merged(pod.finished, values);
        break;
      default:
    }
  }
  for (const { labels, values } of presenceTracks) {
    const pod = speaking(labels, pods, byIp) ?? podAt(...nameFrom(labels));
    pod.presence = merged(pod.presence, values);
    pod.modelName ??= labels['model_name'];
    if (pod.ip === '') pod.ip = splitInstance(labels['instance'] ?? '').host;
  }
  return [...pods.values()];
}

/** Among the names that labels give, one that kube-state-metrics knows; by the address, where labels give none. */
function speaking(labels: Readonly<Record<string, string>>, pods: ReadonlyMap<string, PastPod>, byIp: ReadonlyMap<string, PastPod>): PastPod | undefined {
  const named = namedPods(labels);
  for (const { namespace, pod } of named) {
    const known = pods.get(`${namespace ?? ''}/${pod}`);
    if (known) return known;
  }
  return named.length > 0 ? undefined : byIp.get(splitInstance(labels['instance'] ?? '').host);
}

/** Without a name the address stands for the pod. */
function nameFrom(labels: Readonly<Record<string, string>>): [namespace: string, name: string] {
  const [first] = namedPods(labels);
  return first ? [first.namespace ?? '', first.pod] : [namespaceOf(labels), labels['instance'] ?? ''];
}

/**
 * Whose replica a pod was: by who made it; where history does not say, by its name, which Deployments and StatefulSets give in a known way;
 * and last by the model that it serves, where one target alone serves that.
 */
export function targetOf(pod: PastPod, targets: readonly PastTarget[]): PastTarget | undefined {
  const here = targets.filter(({ namespace }) => namespace === pod.namespace || pod.namespace === '');
  const { owner } = pod;
  if (owner) return longest(here.filter((target) => madeBy(target, owner)));
  const named = longest(here.filter((target) => namesLike(target).test(pod.name)));
  if (named || pod.modelName === undefined) return named;
  const serving = here.filter(({ variants }) => variants.some(({ modelID }) => modelID === pod.modelName));
  return serving.length === 1 ? serving[0] : undefined;
}

function madeBy(target: PastTarget, owner: { readonly kind: string; readonly name: string }): boolean {
  if (target.kind === 'Deployment') return owner.kind === 'ReplicaSet' && owner.name.startsWith(`${target.name}-`) && /^[a-z0-9]+$/.test(owner.name.slice(target.name.length + 1));
  // the leader of a group belongs to a StatefulSet of the group's name, its workers to one of the leader's
  return owner.name === target.name && (owner.kind === target.kind || owner.kind === 'StatefulSet');
}

function namesLike({ kind, name }: PastTarget): RegExp {
  const begin = `^${name.replaceAll('.', '\\.')}-`;
  if (kind === 'Deployment') return new RegExp(`${begin}[a-z0-9]{1,10}-[a-z0-9]{5}$`);
  return new RegExp(kind === 'StatefulSet' || kind === 'LeaderWorkerSet' ? `${begin}\\d+$` : `${begin}[a-z0-9-]+$`);
}

function longest(targets: readonly PastTarget[]): PastTarget | undefined {
  return targets.toSorted((a, b) => b.name.length - a.name.length)[0];
}
