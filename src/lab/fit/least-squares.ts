import { sum } from '../../base/index.ts';

export interface Solution {
  readonly values: readonly number[];
  /** Standard error of each, from the scatter of the equations and, where groups were told, of the groups: the larger of the two. Infinite where nothing tells the value. */
  readonly errors: readonly number[];
}

/**
 * Weighted linear least squares without negative values, unless they are allowed: the column whose value would be most negative is left out (0) until
 * none is. For the two to four columns of a law of iterations that is exact enough and needs no library.
 * @param groups which equations share what is wrong with them, one label each; their errors are then not taken for independent
 * (Liang and Zeger 1986, with the factor G / (G - 1)). A single group tells nothing: errors are infinite.
 */
export function leastSquares(rows: readonly (readonly number[])[], right: readonly number[], weights: readonly number[], { groups = [], negative = false }: { readonly groups?: readonly string[]; readonly negative?: boolean } = {}): Solution {
  const columns = rows[0]?.length ?? 0;
  let used = Array.from({ length: columns }, (_, column) => column).filter((column) => rows.some((row) => (row[column] ?? 0) !== 0));
  for (;;) {
    const scale = used.map((column) => Math.sqrt(sum(rows.map((row, index) => (weights[index] ?? 0) * (row[column] ?? 0) ** 2))));
    const normal = used.map((a, i) => used.map((b, j) => sum(rows.map((row, index) => ((weights[index] ?? 0) * (row[a] ?? 0) * (row[b] ?? 0)) / ((scale[i] ?? 1) * (scale[j] ?? 1))))));
    const inverse = invert(normal);
    const toward = used.map((a, i) => sum(rows.map((row, index) => ((weights[index] ?? 0) * (row[a] ?? 0) * (right[index] ?? 0)) / (scale[i] ?? 1))));
    const scaled = inverse.map((row) => sum(row.map((cell, index) => cell * (toward[index] ?? 0))));
    const worst = scaled.indexOf(Math.min(...scaled));
    if (!negative && used.length > 1 && (scaled[worst] ?? 0) < 0) {
      used = used.filter((_, index) => index !== worst);
      continue;
    }
    const values = Array.from({ length: columns }, (_, column) => {
      const at = used.indexOf(column);
      const value = at === -1 ? 0 : (scaled[at] ?? 0) / (scale[at] ?? 1);
      return negative ? value : Math.max(0, value);
    });
    const left = rows.map((row, index) => (right[index] ?? 0) - sum(row.map((cell, column) => cell * (values[column] ?? 0))));
    const variance = sum(left.map((one, index) => (weights[index] ?? 0) * one ** 2)) / Math.max(1, rows.length - used.length);
    const shared = groups.length === 0 ? [] : groupErrors(used.map((column, at) => rows.map((row, index) => ((weights[index] ?? 0) * (row[column] ?? 0) * (left[index] ?? 0)) / (scale[at] ?? 1))), inverse, groups);
    const errors = values.map((_, column) => {
      const at = used.indexOf(column);
      const own = at === -1 ? 0 : (inverse[at]?.[at] ?? 0);
      return own <= 0 ? Infinity : Math.max(Math.sqrt(variance * own), shared[at] ?? 0) / (scale[at] ?? 1);
    });
    return { values, errors };
  }
}

/** @param pulls of each column, how much each equation pulls at its value. */
function groupErrors(pulls: readonly (readonly number[])[], inverse: readonly (readonly number[])[], groups: readonly string[]): readonly number[] {
  const totals = new Map<string, number[]>();
  for (const [index, group] of groups.entries()) {
    const total = totals.get(group) ?? pulls.map(() => 0);
    for (const [column, pull] of pulls.entries()) total[column] = (total[column] ?? 0) + (pull[index] ?? 0);
    totals.set(group, total);
  }
  const factor = totals.size > 1 ? totals.size / (totals.size - 1) : Infinity;
  return inverse.map((row) => Math.sqrt(factor * sum([...totals.values()].map((total) => sum(row.map((cell, column) => cell * (total[column] ?? 0))) ** 2))));
}

/** Gauss and Jordan, with the largest pivot. A column that says nothing of its own gets zeros. */
function invert(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const work = matrix.map((row, index) => [...row, ...Array.from({ length: size }, (_, column) => (column === index ? 1 : 0))]);
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) if (Math.abs(work[row]?.[column] ?? 0) > Math.abs(work[pivot]?.[column] ?? 0)) pivot = row;
    const [at, found] = [work[column] as number[], work[pivot] as number[]];
    work[column] = found;
    if (pivot !== column) work[pivot] = at;
    const head = found[column] ?? 0;
    if (Math.abs(head) < 1e-12) {
      found.fill(0);
      continue;
    }
    for (let cell = 0; cell < 2 * size; cell++) found[cell] = (found[cell] ?? 0) / head;
    for (const [row, cells] of work.entries()) {
      const times = cells[column] ?? 0;
      if (row === column || times === 0) continue;
      for (let cell = 0; cell < 2 * size; cell++) cells[cell] = (cells[cell] ?? 0) - times * (found[cell] ?? 0);
    }
  }
  return work.map((row) => row.slice(size));
}
