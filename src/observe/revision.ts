import { createHash } from 'node:crypto';
import type { PodSpec } from '../wire/index.ts';
import { acceleratorRequests } from './accelerators.ts';
import { servingContainer, wordsOf } from './engines.ts';

const known = new WeakMap<PodSpec, string>();

/**
 * What the engine in a pod is made from: image, command, arguments and accelerators, as a short hash. Pods of one revision carry the same. The hashes that Kubernetes writes on pods
 * change with every annotation (`kubectl rollout restart`), and a template says another image than its pods where admission rewrites it: so it is of the pod itself. Variables of the
 * environment do not count; they are not cached.
 */
export function revisionOf(pod: PodSpec | undefined): string | undefined {
  // history knows pods, and not what they are made from
  if (pod === undefined || pod.containers.length === 0) return undefined;
  let revision = known.get(pod);
  if (revision === undefined) {
    const serving = servingContainer(pod);
    const accelerators = [...acceleratorRequests(pod)].map(([resource, count]) => `${resource} ${count}`).toSorted();
    const made = [serving?.image ?? '', serving === undefined ? [] : wordsOf(serving), accelerators];
    known.set(pod, (revision = createHash('sha256').update(JSON.stringify(made)).digest('hex').slice(0, 10)));
  }
  return revision;
}

interface Made {
  readonly revision?: string;
  readonly createdAtMs: number;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** The revision of the newest pod that serves: what is asked for from now on is like it. `undefined` while none does. */
export function newestRevision(pods: readonly Made[]): string | undefined {
  let newest: Made | undefined;
  for (const pod of pods) {
    if (!pod.ready || pod.terminating || pod.revision === undefined) continue;
    // of pods of one second any: those of two revisions are hardly made within one
    if (newest === undefined || pod.createdAtMs > newest.createdAtMs || (pod.createdAtMs === newest.createdAtMs && pod.revision > (newest.revision ?? ''))) newest = pod;
  }
  return newest?.revision;
}
