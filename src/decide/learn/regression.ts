/**
 * Bayesian linear regression with a Gaussian prior that older evidence fades back to. In information form: `precision` is the upper
 * triangle of X'WX + prior, row by row, and `pull` is X'Wy + prior · mean. Both are plain numbers, so that they can be remembered as JSON.
 *
 * Source: recursive least squares in information form, e.g. Bishop, Pattern Recognition and Machine Learning (2006), section 3.3.
 */
export interface Evidence {
  readonly precision: readonly number[];
  readonly pull: readonly number[];
}

/** Parameters that the law of an iteration has. */
export const order = 4;
const cells = (order * (order + 1)) / 2;

export interface Prior {
  readonly mean: readonly number[];
  /** Standard deviations; the parameters are thought to be independent. */
  readonly deviation: readonly number[];
}

/** Place of row `i`, column `j >= i` in the upper triangle. */
function cell(i: number, j: number): number {
  return i * order - (i * (i - 1)) / 2 + (j - i);
}

export function evidenceOf({ mean, deviation }: Prior): Evidence {
  const precision = Array.from({ length: cells }, () => 0);
  const pull = Array.from({ length: order }, () => 0);
  for (let i = 0; i < order; i++) {
    const weight = 1 / ((deviation[i] as number) * (deviation[i] as number));
    precision[cell(i, i)] = weight;
    pull[i] = weight * (mean[i] as number);
  }
  return { precision, pull };
}

/** Evidence that is being added to. */
export class Fit {
  readonly #precision: number[];
  readonly #pull: number[];

  constructor({ precision, pull }: Evidence) {
    this.#precision = [...precision];
    this.#pull = [...pull];
  }

  /** What was learned counts `keep` (0..1) of what it did; the prior stays whole. */
  fade({ mean, deviation }: Prior, keep: number): void {
    if (keep >= 1) return;
    for (let k = 0; k < cells; k++) this.#precision[k] = keep * (this.#precision[k] as number);
    for (let i = 0; i < order; i++) {
      const weight = (1 - keep) / ((deviation[i] as number) * (deviation[i] as number));
      const k = cell(i, i);
      this.#precision[k] = (this.#precision[k] as number) + weight;
      this.#pull[i] = keep * (this.#pull[i] as number) + weight * (mean[i] as number);
    }
  }

  /** One observation `y` at (x0, x1, x2, x3), worth 1 / variance. */
  add(x0: number, x1: number, x2: number, x3: number, y: number, weight: number): void {
    const p = this.#precision;
    const q = this.#pull;
    p[0] = (p[0] as number) + weight * x0 * x0;
    p[1] = (p[1] as number) + weight * x0 * x1;
    p[2] = (p[2] as number) + weight * x0 * x2;
    p[3] = (p[3] as number) + weight * x0 * x3;
    p[4] = (p[4] as number) + weight * x1 * x1;
    p[5] = (p[5] as number) + weight * x1 * x2;
    p[6] = (p[6] as number) + weight * x1 * x3;
    p[7] = (p[7] as number) + weight * x2 * x2;
    p[8] = (p[8] as number) + weight * x2 * x3;
    p[9] = (p[9] as number) + weight * x3 * x3;
    q[0] = (q[0] as number) + weight * x0 * y;
    q[1] = (q[1] as number) + weight * x1 * y;
    q[2] = (q[2] as number) + weight * x2 * y;
    q[3] = (q[3] as number) + weight * x3 * y;
  }

  evidence(): Evidence {
    return { precision: this.#precision, pull: this.#pull };
  }
}

export interface Estimate {
  /** The parameters. */
  readonly mean: readonly number[];
  /** Standard deviation of what is predicted at (x0, x1, x2, x3). */
  readonly deviationAt: (x0: number, x1: number, x2: number, x3: number) => number;
}

/** The most likely parameters, none of them below 0: one that would be is held at 0, and the others are fitted again. */
export function estimate(evidence: Evidence): Estimate {
  let held = 0;
  for (;;) {
    const root = cholesky(evidence.precision, held);
    const mean = solve(root, evidence.pull, held);
    let least = -1;
    for (let i = 0; i < order; i++) if ((mean[i] as number) < 0 && (least < 0 || (mean[i] as number) < (mean[least] as number))) least = i;
    if (least < 0) {
      const fixed = held;
      return {
        mean,
        deviationAt(x0, x1, x2, x3) {
          const x = [x0, x1, x2, x3];
          const y = solve(root, x, fixed);
          let total = 0;
          for (let i = 0; i < order; i++) total += (x[i] as number) * (y[i] as number);
          return Math.sqrt(Math.max(0, total));
        },
      };
    }
    held |= 1 << least;
  }
}

/** Lower triangle L of precision = L L', row by row in a square; rows and columns that are held are those of the unit matrix. */
function cholesky(precision: readonly number[], held: number): number[] {
  const root = Array.from({ length: order * order }, () => 0);
  for (let i = 0; i < order; i++) {
    for (let j = 0; j <= i; j++) {
      let value = ((held >> i) | (held >> j)) & 1 ? Number(i === j) : (precision[cell(j, i)] as number);
      for (let k = 0; k < j; k++) value -= (root[i * order + k] as number) * (root[j * order + k] as number);
      root[i * order + j] = i === j ? Math.sqrt(Math.max(value, 1e-12)) : value / (root[j * order + j] as number);
    }
  }
  return root;
}

/** x of L L' x = b, 0 where it is held. */
function solve(root: readonly number[], b: readonly number[], held: number): number[] {
  const x = [0, 0, 0, 0];
  for (let i = 0; i < order; i++) {
    let value = (held >> i) & 1 ? 0 : (b[i] as number);
    for (let k = 0; k < i; k++) value -= (root[i * order + k] as number) * (x[k] as number);
    x[i] = value / (root[i * order + i] as number);
  }
  for (let i = order - 1; i >= 0; i--) {
    let value = x[i] as number;
    for (let k = i + 1; k < order; k++) value -= (root[k * order + i] as number) * (x[k] as number);
    x[i] = value / (root[i * order + i] as number);
  }
  return x;
}
