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
  const held = [false, false, false, false];
  for (;;) {
    const root = cholesky(evidence, held);
    const mean = solve(root, evidence.pull.map((value, i) => (held[i] === true ? 0 : value)));
    const least = mean.reduce((worst, value, i) => (held[i] !== true && value < (mean[worst] as number) ? i : worst), 0);
    if (held[least] === true || (mean[least] as number) >= 0) {
      return {
        mean: mean.map((value, i) => (held[i] === true ? 0 : value)),
        deviationAt(x0, x1, x2, x3) {
          const x = [x0, x1, x2, x3].map((value, i) => (held[i] === true ? 0 : value));
          const y = solve(root, x);
          return Math.sqrt(Math.max(0, x.reduce((total, value, i) => total + value * (y[i] as number), 0)));
        },
      };
    }
    held[least] = true;
  }
}

/** Lower triangle L of precision = L L', rows and columns that are held replaced by those of the unit matrix. */
function cholesky({ precision }: Evidence, held: readonly boolean[]): number[][] {
  const root: number[][] = [];
  for (let i = 0; i < order; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      let value = held[i] === true || held[j] === true ? Number(i === j) : (precision[cell(j, i)] as number);
      for (let k = 0; k < j; k++) value -= (row[k] as number) * ((root[j] ?? row)[k] as number);
      row.push(i === j ? Math.sqrt(Math.max(value, 1e-12)) : value / ((root[j] as number[])[j] as number));
    }
    root.push(row);
  }
  return root;
}

/** x of L L' x = b. */
function solve(root: readonly (readonly number[])[], b: readonly number[]): number[] {
  const y: number[] = [];
  for (let i = 0; i < order; i++) {
    let value = b[i] as number;
    for (let k = 0; k < i; k++) value -= ((root[i] as number[])[k] as number) * (y[k] as number);
    y.push(value / ((root[i] as number[])[i] as number));
  }
  const x = [0, 0, 0, 0];
  for (let i = order - 1; i >= 0; i--) {
    let value = y[i] as number;
    for (let k = i + 1; k < order; k++) value -= ((root[k] as number[])[i] as number) * (x[k] as number);
    x[i] = value / ((root[i] as number[])[i] as number);
  }
  return x;
}
