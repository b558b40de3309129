/** A workload among several that serve the same model. */
export interface CostTarget {
  readonly name: string;
  readonly cost: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

interface Block {
  readonly name: string;
  readonly order: number;
  readonly replicas: number;
  readonly cost: number;
}

/**
 * The order in which replicas beyond the minima are given out: each target's room is cut into blocks that grow by `expansionPercent`
 * (1, 2, 4, 8 at 200), and the blocks of all are sorted by what a whole block costs. At 100 % a target is one block, and its replica's cost decides.
 */
export function blocksByCost(targets: readonly CostTarget[], expansionPercent: number): readonly { readonly name: string; readonly replicas: number }[] {
  const blocks: Block[] = [];
  for (const [order, { name, cost, minReplicas, maxReplicas }] of targets.entries()) {
    let room = maxReplicas - minReplicas;
    if (expansionPercent === 100 && room > 0) {
      blocks.push({ name, order, replicas: room, cost });
      continue;
    }
    for (let length = 1; room > 0; length = (length * expansionPercent) / 100) {
      const replicas = Math.min(room, Math.max(1, Math.trunc(length)));
      blocks.push({ name, order, replicas, cost: cost * replicas });
      room -= replicas;
    }
  }
  return blocks.toSorted((a, b) => a.cost - b.cost || a.order - b.order).map(({ name, replicas }) => ({ name, replicas }));
}

/** How many replicas of each target make `total`, which is kept within the sums of the bounds. */
export function fillByCost(targets: readonly CostTarget[], expansionPercent: number, total: number): ReadonlyMap<string, number> {
  const filled = new Map(targets.map(({ name, minReplicas }) => [name, minReplicas]));
  let left = total - targets.reduce((least, { minReplicas }) => least + minReplicas, 0);
  for (const { name, replicas } of blocksByCost(targets, expansionPercent)) {
    if (left <= 0) break;
    const taken = Math.min(left, replicas);
    filled.set(name, (filled.get(name) ?? 0) + taken);
    left -= taken;
  }
  return filled;
}
