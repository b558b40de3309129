import type { Pod } from './pod.ts';

/**
 * The accelerators that there are, and the pods that wait for one. As the Kubernetes scheduler does it: the highest priority
 * first, then who has waited longest; who does not fit is passed over. It never evicts a running pod for a more important one
 * (`preemptionPolicy: Never`).
 */
export interface Accelerators {
  /** Gives the pod what it needs, now or when it is free; `onScheduled` is called once. */
  ask(pod: Pod, onScheduled: () => void): void;
  /** The pod does not wait any more. */
  forget(pod: Pod): void;
  /** What the pod held is free again. */
  give(pod: Pod): void;
  /** So many are there from now on more (or, negative, fewer). */
  change(accelerator: string, by: number): void;
  free(accelerator: string): number;
}

export function createAccelerators(counts: Readonly<Record<string, number>>): Accelerators {
  const free = new Map(Object.entries(counts));
  let waiting: { readonly pod: Pod; readonly onScheduled: () => void }[] = [];

  function fits({ variant }: Pod): boolean {
    return variant.acceleratorsPerReplica <= (free.get(variant.accelerator) ?? Infinity);
  }

  function move({ variant }: Pod, by: number): void {
    const before = free.get(variant.accelerator);
    if (before !== undefined) free.set(variant.accelerator, before + by * variant.acceleratorsPerReplica);
  }

  function schedule(): void {
    for (const waiter of waiting.toSorted(first)) {
      if (!fits(waiter.pod) || !waiting.includes(waiter)) continue;
      waiting = waiting.filter((other) => other !== waiter);
      move(waiter.pod, -1);
      waiter.onScheduled();
    }
  }

  return {
    ask(pod, onScheduled) {
      waiting.push({ pod, onScheduled });
      schedule();
    },
    forget(pod) {
      waiting = waiting.filter((waiter) => waiter.pod !== pod);
    },
    give(pod) {
      move(pod, 1);
      schedule();
    },
    change(accelerator, by) {
      const before = free.get(accelerator);
      if (before === undefined) return;
      free.set(accelerator, before + by);
      schedule();
    },
    free: (accelerator) => free.get(accelerator) ?? Infinity,
  };
}

/** Who is scheduled first. The sort is stable, so equal ones stay in the order of asking. */
function first(a: { readonly pod: Pod }, b: { readonly pod: Pod }): number {
  return b.pod.variant.model.priority - a.pod.variant.model.priority || a.pod.createdAtMs - b.pod.createdAtMs;
}
