import type { PodSample } from '../prometheus/index.ts';

/** What pods said, by namespace and name. */
export interface SamplesOfPods {
  /** One, as a rule; several where a pod serves adapters beside its model, each reported by itself. */
  of(namespace: string, pod: string): PodSample | readonly PodSample[] | undefined;
}

/**
 * Samples stand in the order in which pods were asked, those of one pod together, and pods are looked for in that order nearly always: then the
 * next sample is the right one. They are indexed only once somebody looks for another: names of thirty thousand were a fifth of a join.
 */
export function samplesOfPods(samples: readonly PodSample[]): SamplesOfPods {
  let next = 0;
  let index: ReturnType<typeof indexed> | undefined;
  const isAt = (position: number, namespace: string, pod: string): boolean => samples[position]?.pod === pod && samples[position].namespace === namespace;
  return {
    of(namespace, pod) {
      if (isAt(next, namespace, pod) && !isAt(next + 1, namespace, pod)) return samples[next++];
      index ??= indexed(samples);
      return index.get(namespace)?.get(pod);
    },
  };
}

export function listOf(samples: PodSample | readonly PodSample[] | undefined): readonly PodSample[] {
  return samples === undefined ? [] : 'pod' in samples ? [samples] : samples;
}

/** A name for namespace and pod together would be a text to make and to hash for each. */
function indexed(samples: readonly PodSample[]): ReadonlyMap<string, ReadonlyMap<string, PodSample | readonly PodSample[]>> {
  const index = new Map<string, Map<string, PodSample | readonly PodSample[]>>();
  for (const sample of samples) {
    let byPod = index.get(sample.namespace);
    if (!byPod) index.set(sample.namespace, (byPod = new Map<string, PodSample | readonly PodSample[]>()));
    const before = byPod.get(sample.pod);
    byPod.set(sample.pod, before === undefined ? sample : [...listOf(before), sample]);
  }
  return index;
}
