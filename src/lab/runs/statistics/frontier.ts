/** What a plan, or a policy, got for what it cost. */
export interface Outcome {
  readonly money: number;
  /** 0 to 1. */
  readonly attainment: number;
}

/**
 * The upper left hull of outcomes: what can be had by choosing among them, or by taking one on some days and the other on the
 * others. From cheap to dear, attainment rising, each step dearer per point of attainment than the one before.
 */
export function paretoHull(outcomes: readonly Outcome[]): readonly Outcome[] {
  const sorted = outcomes.toSorted((a, b) => a.money - b.money || b.attainment - a.attainment);
  const hull: Outcome[] = [];
  for (const next of sorted) {
    const top = hull.at(-1);
    if (top !== undefined && next.attainment <= top.attainment) continue;
    for (;;) {
      const [before, last] = hull.slice(-2);
      if (before === undefined || last === undefined || isConcave(before, last, next)) break;
      hull.pop();
    }
    hull.push(next);
  }
  return hull;
}

function isConcave(a: Outcome, b: Outcome, c: Outcome): boolean {
  return (b.attainment - a.attainment) * (c.money - a.money) > (c.attainment - a.attainment) * (b.money - a.money);
}

/** Least cost on the hull for this attainment; `undefined` below its cheapest and above its best, where nothing is known. */
export function costAt(hull: readonly Outcome[], attainment: number): number | undefined {
  const above = hull.findIndex((outcome) => outcome.attainment >= attainment);
  const right = hull[above];
  if (right === undefined) return undefined;
  const left = hull[above - 1];
  if (left === undefined) return right.attainment === attainment ? right.money : undefined;
  return left.money + ((right.money - left.money) * (attainment - left.attainment)) / (right.attainment - left.attainment);
}

/** Best attainment on the hull for this cost; that of its dearest end above it; `undefined` below its cheapest. */
export function attainmentAt(hull: readonly Outcome[], money: number): number | undefined {
  const [cheapest] = hull;
  if (cheapest === undefined || money < cheapest.money) return undefined;
  const beyond = hull.findIndex((outcome) => outcome.money > money);
  const right = hull[beyond];
  if (right === undefined) return hull.at(-1)?.attainment;
  const left = hull[beyond - 1] as Outcome;
  return left.attainment + ((right.attainment - left.attainment) * (money - left.money)) / (right.money - left.money);
}
