import type { CycleRecord, ReplicaSeries } from '../../model/index.ts';
import type { TargetStats } from '../../simulator/index.ts';

/** What was desired of one scale target over the demo, and whether its HPA came after. */
export interface FollowUp {
  readonly target: string;
  readonly first: number;
  readonly highest: number;
  readonly changes: number;
  /** Some count other than the first was desired, and the target was seen to have it. */
  readonly followed: boolean;
}

export interface FollowUps {
  hear(record: CycleRecord): void;
  /** Compares what targets have with what is desired of them. */
  look(targets: readonly TargetStats[]): void;
  all(): readonly FollowUp[];
}

export function createFollowUps(): FollowUps {
  const desired = new Map<string, number>();
  const kept = new Map<string, FollowUp>();
  const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

  function update(key: string, replicas: number): void {
    const known = kept.get(key) ?? { target: key, first: replicas, highest: replicas, changes: 0, followed: false };
    const isChange = desired.has(key) && desired.get(key) !== replicas;
    desired.set(key, replicas);
    kept.set(key, { ...known, highest: Math.max(known.highest, replicas), changes: known.changes + (isChange ? 1 : 0) });
  }

  return {
    hear({ emission }) {
      const totals = new Map<string, number>();
      for (const { namespace, targetName, desired: replicas } of emission.series satisfies readonly ReplicaSeries[]) {
        const key = keyOf(namespace, targetName);
        totals.set(key, (totals.get(key) ?? 0) + replicas);
      }
      for (const [key, replicas] of totals) update(key, replicas);
    },
    look(targets) {
      for (const { namespace, name, specReplicas } of targets) {
        const key = keyOf(namespace, name);
        const known = kept.get(key);
        if (known && specReplicas !== known.first && specReplicas === desired.get(key)) kept.set(key, { ...known, followed: true });
      }
    },
    all: () => [...kept.values()],
  };
}
