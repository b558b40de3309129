export interface Minimum {
  readonly at: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

/**
 * The simplex search of Nelder and Mead (1965): for functions of a few variables that are played, not derived. Deterministic.
 * @param steps how far the first simplex reaches in each variable.
 */
export function nelderMead(f: (at: readonly number[]) => number, start: readonly number[], steps: readonly number[], evaluations: number): Minimum {
  const size = start.length;
  let used = 0;
  const measure = (at: readonly number[]): { at: readonly number[]; value: number } => {
    used += 1;
    const value = f(at);
    return { at, value: Number.isNaN(value) ? Infinity : value };
  };
  let simplex = [start, ...start.map((_, moved) => start.map((value, index) => (index === moved ? value + (steps[index] ?? 0) : value)))].map(measure);
  for (;;) {
    simplex = simplex.toSorted((a, b) => a.value - b.value);
    const [best, worst, second] = [simplex[0], simplex[size], simplex[size - 1]];
    if (used >= evaluations || best === undefined || worst === undefined || second === undefined || worst.value - best.value < 1e-7 * (1e-3 + Math.abs(best.value))) break;
    const centre = start.map((_, index) => simplex.slice(0, size).reduce((total, { at }) => total + (at[index] ?? 0), 0) / size);
    const along = (by: number): { at: readonly number[]; value: number } => measure(centre.map((value, index) => value + by * (value - (worst.at[index] ?? 0))));
    const reflected = along(1);
    let next = reflected;
    if (reflected.value < best.value) {
      const expanded = along(2);
      if (expanded.value < reflected.value) next = expanded;
    } else if (reflected.value >= second.value) {
      const contracted = along(reflected.value < worst.value ? 0.5 : -0.5);
      if (contracted.value >= Math.min(reflected.value, worst.value)) {
        simplex = [best, ...simplex.slice(1).map(({ at }) => measure(at.map((value, index) => (value + (best.at[index] ?? 0)) / 2)))];
        continue;
      }
      next = contracted;
    }
    simplex[size] = next;
  }
  const found = simplex.reduce((lowest, one) => (one.value < lowest.value ? one : lowest));
  return { ...found, evaluations: used };
}
