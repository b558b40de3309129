/** `value = intercept + Σ slopes × features` */
export interface LinearFit {
  readonly intercept: number;
  readonly slopes: readonly number[];
  /** Sum of squared residuals. */
  readonly residual: number;
}

/** So small beside a scaled feature's 1 that it only decides where features do not differ at all: they share what there is. */
const ridge = 1e-9;

/**
 * Ordinary least squares with an intercept, over features that are centred and scaled first.
 *
 * @param rows Features of each observation, all of the same length.
 * @returns `undefined` without observations.
 */
export function fitLinear(rows: readonly (readonly number[])[], values: readonly number[]): LinearFit | undefined {
  const n = rows.length;
  const width = rows[0]?.length ?? 0;
  if (n === 0) return undefined;
  const columns = Array.from({ length: width }, (_, column) => rows.map((row) => row[column] ?? 0));
  const means = columns.map((column) => meanOf(column));
  const scales = columns.map((column, index) => Math.sqrt(meanOf(column.map((value) => (value - (means[index] ?? 0)) ** 2))));
  const middle = meanOf(values);
  const scaled = columns.map((column, index) => column.map((value) => ((scales[index] ?? 0) > 0 ? (value - (means[index] ?? 0)) / (scales[index] ?? 1) : 0)));
  const matrix = scaled.map((a, i) => scaled.map((b, j) => dot(a, b) / n + (i === j ? ridge : 0)));
  const right = scaled.map((column) => dot(column, values.map((value) => value - middle)) / n);
  const slopes = solve(matrix, right).map((slope, index) => ((scales[index] ?? 0) > 0 ? slope / (scales[index] ?? 1) : 0));
  const intercept = middle - slopes.reduce((total, slope, index) => total + slope * (means[index] ?? 0), 0);
  const residual = rows.reduce((total, row, index) => total + ((values[index] ?? 0) - intercept - dot(slopes, row)) ** 2, 0);
  return { intercept, slopes, residual };
}

/** Gauss with pivots; the matrix is symmetric and, by the ridge, never singular. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, index) => [...row, right[index] ?? 0]);
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) if (Math.abs(rows[row]?.[column] ?? 0) > Math.abs(rows[pivot]?.[column] ?? 0)) pivot = row;
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const top = rows[column] as number[];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const other = rows[row] as number[];
      const factor = (other[column] ?? 0) / (top[column] ?? 1);
      for (let at = column; at <= n; at++) other[at] = (other[at] ?? 0) - factor * (top[at] ?? 0);
    }
  }
  return rows.map((row, index) => (row[n] ?? 0) / (row[index] ?? 1));
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, index) => total + value * (b[index] ?? 0), 0);
}
