/** One kind of replica that may carry a load. */
export interface MixOption {
  /** Load that one replica carries, in whatever unit the need has; 0 where it carries none within the SLOs. */
  readonly carries: number;
  /** Money per replica and hour. */
  readonly costPerHour: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** Combinations that are looked through one by one; more are approached by price per capacity. */
const exactLimit = 20_000;

/**
 * Cheapest whole numbers of replicas that carry `need`. Exact up to 20 000 combinations of all options but the last, whose number follows; beyond
 * that filled by price per capacity, dearer by one replica of each option at most. Everything there is when that does not suffice.
 */
export function cheapestMix(options: readonly MixOption[], need: number): number[] {
  const combinations = options.slice(0, -1).reduce((product, { minReplicas, maxReplicas }) => product * (maxReplicas - minReplicas + 1), 1);
  return combinations <= exactLimit ? exact(options, need) : byPrice(options, need);
}

function exact(options: readonly MixOption[], need: number): number[] {
  let best: { counts: number[]; cost: number; carried: number } | undefined;
  const counts = options.map(({ minReplicas }) => minReplicas);
  const last = options.length - 1;

  function consider(): void {
    const carried = options.reduce((total, { carries }, index) => total + carries * (counts[index] ?? 0), 0);
    const cost = options.reduce((total, { costPerHour }, index) => total + costPerHour * (counts[index] ?? 0), 0);
    const enough = carried >= need - 1e-9;
    const bestEnough = best !== undefined && best.carried >= need - 1e-9;
    const better = best === undefined || (enough ? !bestEnough || cost < best.cost - 1e-12 : !bestEnough && carried > best.carried);
    if (better) best = { counts: [...counts], cost, carried };
  }

  function choose(index: number, carried: number): void {
    const option = options[index];
    if (option === undefined) return;
    if (index === last) {
      const missing = option.carries > 0 ? Math.ceil((need - carried) / option.carries - 1e-9) : 0;
      counts[index] = Math.min(option.maxReplicas, Math.max(option.minReplicas, missing));
      consider();
      return;
    }
    for (let count = option.minReplicas; count <= option.maxReplicas; count++) {
      counts[index] = count;
      choose(index + 1, carried + count * option.carries);
    }
  }

  choose(0, 0);
  return best?.counts ?? counts;
}

/**
 * The cheapest replicas first, all that there may be of them, and dearer ones only for the rest. It costs more than `cheapestMix` on paper, and less where kinds do not
 * mix well: a router that does not know which replica is slow gives it as much to do as a fast one.
 */
export function cheapestFirst(options: readonly MixOption[], need: number): number[] {
  return filled(options, need, (a, b) => a.costPerHour - b.costPerHour);
}

function byPrice(options: readonly MixOption[], need: number): number[] {
  return filled(options, need, (a, b) => a.costPerHour / a.carries - b.costPerHour / b.carries);
}

function filled(options: readonly MixOption[], need: number, order: (a: MixOption, b: MixOption) => number): number[] {
  const counts = options.map(({ minReplicas }) => minReplicas);
  let carried = options.reduce((total, { carries, minReplicas }) => total + carries * minReplicas, 0);
  const able = options.map((option, index) => ({ option, index })).filter(({ option }) => option.carries > 0);
  for (const { option, index } of able.toSorted((a, b) => order(a.option, b.option) || a.index - b.index)) {
    if (carried >= need) break;
    const more = Math.min(option.maxReplicas - option.minReplicas, Math.ceil((need - carried) / option.carries - 1e-9));
    counts[index] = option.minReplicas + more;
    carried += more * option.carries;
  }
  return counts;
}
