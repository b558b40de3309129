import { clamp } from '../../../base/index.ts';

/** What is thought of three parameters. Plain data. */
export interface Belief {
  readonly mean: readonly number[];
  /** 3 × 3, row by row. */
  readonly covariance: readonly number[];
}

export interface Updated extends Belief {
  /** False: the observation was so unlikely that it was not believed; what is thought became less certain all the same. */
  readonly believed: boolean;
  /** Squared distance of the observation in standard deviations; of two numbers, chi-squared with two degrees of freedom. */
  readonly surprise: number;
}

/** Two numbers that a state would show; `undefined` where it cannot be asked. */
export type Shown = (mean: readonly number[]) => readonly [number, number] | undefined;

/** Standard deviation of a parameter at first, and its drift from update to update. */
const drift = 0.05;
/** A mean over a minute lies within 5 % in 95 of 100 cases: standard deviation 0.05 / 1.96. */
const observationDeviation = 0.05 / 1.96;
/** 97.5 % quantile of chi-squared with two degrees of freedom. */
const believable = 7.378;
/** A parameter stays within these multiples of what it began with. */
const range = { least: 0.01, most: 100 };
const stepShare = 0.01;
/** One that is not believed doubles the doubt: a server that has really changed is believed after a few. */
const doubting = 2;
/** No parameter is in more doubt than by all of it, however long nothing told about it. */
const mostDoubt = 1;

export function begin(mean: readonly number[]): Belief {
  return { mean, covariance: diagonal(mean.map((value) => (drift * value) ** 2)) };
}

/**
 * One step of an extended Kalman filter with three parameters that drift and two observations. One that is not believed leaves the parameters as they are and makes them more doubtful.
 *
 * @param began What the parameters began with, which bounds them.
 * @returns `undefined` where the state cannot say what would be seen, or nothing follows.
 */
export function update({ mean, covariance }: Belief, began: readonly number[], shown: Shown, seen: readonly [number, number]): Updated | undefined {
  const expected = shown(mean);
  const jacobian = jacobianAt(mean, shown);
  if (expected === undefined || jacobian === undefined) return undefined;
  const predicted = bounded(covariance.map((value, index) => (index % 4 === 0 ? value + (drift * (mean[index / 4] as number)) ** 2 : value)), mean);
  const difference = [seen[0] - expected[0], seen[1] - expected[1]] as const;
  const toObservation = [0, 1].map((row) => [0, 1, 2].map((column) => [0, 1, 2].reduce((total, k) => total + at(jacobian, row, k) * (predicted[k * 3 + column] as number), 0)));
  const spread = [0, 1].map((row) => [0, 1].map((column) => [0, 1, 2].reduce((total, k) => total + (toObservation[row]?.[k] as number) * at(jacobian, column, k), row === column ? (observationDeviation * (seen[row] as number)) ** 2 : 0)));
  const [[a = 0, b = 0] = [], [c = 0, d = 0] = []] = spread;
  const determinant = a * d - b * c;
  if (!(determinant > 0) || !Number.isFinite(determinant)) return undefined;
  const inverse = [[d / determinant, -b / determinant], [-c / determinant, a / determinant]];
  const surprise = [0, 1].reduce((total, row) => total + (difference[row] as number) * [0, 1].reduce((sum, column) => sum + at(inverse, row, column) * (difference[column] as number), 0), 0);
  if (!(surprise < believable)) return { mean, covariance: bounded(predicted.map((value) => doubting * value), mean), believed: false, surprise };
  const gain = [0, 1, 2].map((row) => [0, 1].map((column) => [0, 1].reduce((total, k) => total + (toObservation[k]?.[row] as number) * at(inverse, k, column), 0)));
  return {
    mean: mean.map((value, row) => clamp(value + at(gain, row, 0) * difference[0] + at(gain, row, 1) * difference[1], range.least * (began[row] as number), range.most * (began[row] as number))),
    covariance: symmetric(predicted.map((value, index) => value - [0, 1].reduce((total, k) => total + at(gain, Math.floor(index / 3), k) * (toObservation[k]?.[index % 3] as number), 0))),
    believed: true,
    surprise,
  };
}

/** Two rows of three: how much each observation changes with each parameter, by a hundredth of it to either side. */
export function jacobianAt(mean: readonly number[], shown: Shown): readonly (readonly number[])[] | undefined {
  const rows: [number[], number[]] = [[], []];
  for (const [index, value] of mean.entries()) {
    const step = value === 0 ? stepShare : stepShare * Math.abs(value);
    const [above, below] = [step, -step].map((by) => shown(mean.with(index, value + by)));
    if (above === undefined || below === undefined) return undefined;
    rows[0].push((above[0] - below[0]) / (2 * step));
    rows[1].push((above[1] - below[1]) / (2 * step));
  }
  return rows;
}

function at(matrix: readonly (readonly number[])[], row: number, column: number): number {
  return matrix[row]?.[column] as number;
}

function diagonal(values: readonly number[]): number[] {
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => (row === column ? (values[row] as number) : 0)));
}

function bounded(covariance: readonly number[], mean: readonly number[]): number[] {
  const shares = mean.map((value, index) => Math.min(1, (mostDoubt * Math.abs(value)) / Math.sqrt(covariance[index * 4] as number) || 1));
  return covariance.map((value, index) => value * (shares[Math.floor(index / 3)] as number) * (shares[index % 3] as number));
}

/** Rounding makes the two halves drift apart. */
function symmetric(matrix: readonly number[]): number[] {
  return matrix.map((value, index) => (value + (matrix[(index % 3) * 3 + Math.floor(index / 3)] as number)) / 2);
}
