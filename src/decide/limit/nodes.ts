/** What is free on each node, largest first. */
export type FreeNodes = readonly number[];

/**
 * The nodes after a replica with so many accelerators on each of its pods has been put there; `undefined` where it does not fit. Each pod goes where it leaves the
 * least: whole nodes stay free for those who need them whole. A scheduler may do otherwise, and then refuses sooner.
 */
export function placedOn(nodes: FreeNodes, onPods: readonly number[]): FreeNodes | undefined {
  let left = nodes;
  for (const amount of onPods.length > 1 ? onPods.toSorted((a, b) => b - a) : onPods) {
    const index = left.findLastIndex((free) => free >= amount);
    if (index < 0) return undefined;
    left = withLess(left, index, amount);
  }
  return left;
}

/** Replicas that fit, up to `most`. */
export function countThatFits(nodes: FreeNodes, onPods: readonly number[], most: number): number {
  let left: FreeNodes | undefined = nodes;
  for (let count = 0; count < most; count++) {
    left = placedOn(left, onPods);
    if (left === undefined) return count;
  }
  return most;
}

/** The nodes and another one, with so many free. */
export function withNode(nodes: FreeNodes, free: number): FreeNodes {
  const place = nodes.findIndex((other) => other < free);
  return nodes.toSpliced(place < 0 ? nodes.length : place, 0, free);
}

function withLess(nodes: FreeNodes, index: number, amount: number): FreeNodes {
  const less = (nodes[index] as number) - amount;
  const rest = nodes.toSpliced(index, 1);
  return less <= 0 ? rest : withNode(rest, less);
}
