import { dot, fitLinear, meanOf } from './least-squares.ts';

/** A forecast of the next interval, fed with each one that has ended. */
export interface Forecast {
  /** Zeros from before the first load do not count; what is no number counts as 0. */
  add(value: number): void;
  /** 0 before there is any. */
  next(): number;
}

/** The next is as the last. */
export function constantForecast(): Forecast {
  const values = collector();
  return { add: (value) => values.add(value), next: () => values.all().at(-1) ?? 0 };
}

/** How many of the latest intervals an ARIMA is fitted on: a day of 180 s. */
const longest = 480;
/** Below so many intervals the next is as the last. */
const fewest = 5;

/**
 * ARIMA(p, d, 0) with the order chosen anew each time: once differenced when the steps vary less than the values do, p from 0 to 2 by
 * the corrected Akaike criterion over least squares. An order of (0, d, 0) is fitted on log(1 + y) instead.
 */
export function arimaForecast(): Forecast {
  const values = collector();
  return {
    add: (value) => values.add(value),
    next() {
      const raw = values.all().slice(-longest);
      const last = raw.at(-1) ?? 0;
      if (raw.length < fewest || raw.every((value) => value === raw[0])) return last;
      const fitted = fitAutoregression(raw);
      if (fitted.order > 0) return Math.max(0, fitted.next);
      return Math.max(0, Math.expm1(fitAutoregression(raw.map((value) => Math.log1p(value))).next));
    },
  };
}

function fitAutoregression(values: readonly number[]): { readonly order: number; readonly next: number } {
  const steps = values.slice(1).map((value, index) => value - (values[index] ?? 0));
  const differenced = spread(steps) < spread(values);
  const series = differenced ? steps : values;
  const last = differenced ? (values.at(-1) ?? 0) : 0;
  let best = { order: 0, next: last + (differenced ? 0 : meanOf(series)), score: score(series.slice(2).reduce((total, value) => total + (value - (differenced ? 0 : meanOf(series))) ** 2, 0), series.length - 2, 1) };
  for (const order of [1, 2]) {
    const rows = series.slice(2).map((_, index) => Array.from({ length: order }, (_none, lag) => series[index + 1 - lag] ?? 0));
    const fit = fitLinear(rows, series.slice(2));
    if (fit === undefined || rows.length <= order + 3) continue;
    const found = score(fit.residual, rows.length, order + 2);
    if (found >= best.score) continue;
    const recent = Array.from({ length: order }, (_, lag) => series.at(-1 - lag) ?? 0);
    best = { order, next: last + fit.intercept + dot(fit.slopes, recent), score: found };
  }
  return best;
}

/** Akaike's criterion corrected for few observations. */
function score(residual: number, n: number, parameters: number): number {
  const room = n - parameters - 1;
  return room <= 0 ? Infinity : n * Math.log(Math.max(residual, 1e-12) / n) + 2 * parameters + (2 * parameters * (parameters + 1)) / room;
}

function spread(values: readonly number[]): number {
  const middle = meanOf(values);
  return meanOf(values.map((value) => (value - middle) ** 2));
}

export interface KalmanSettings {
  /** Variance that the level gains in an interval. */
  readonly level: number;
  readonly trend: number;
  /** Variance of what is observed. */
  readonly noise: number;
}

/** A level with a trend, each a random walk, seen through noise. */
export function kalmanForecast({ level, trend, noise }: KalmanSettings): Forecast {
  let seen = false;
  let began = false;
  let predicted = false;
  let x = [0, 0] as [number, number];
  let p = [1000, 0, 0, 1000] as [number, number, number, number];

  function predict(): void {
    x = [x[0] + x[1], x[1]];
    p = [p[0] + p[1] + p[2] + p[3] + level, p[1] + p[3], p[2] + p[3], p[3] + trend];
    predicted = true;
  }

  return {
    add(value) {
      const z = Number.isFinite(value) ? value : 0;
      if (z === 0 && !seen) return;
      seen = true;
      if (!began) {
        x = [z, 0];
        began = true;
      } else {
        if (!predicted) predict();
        const total = p[0] + noise;
        const gain = [p[0] / total, p[2] / total] as const;
        const off = z - x[0];
        x = [x[0] + gain[0] * off, x[1] + gain[1] * off];
        p = [(1 - gain[0]) * p[0], (1 - gain[0]) * p[1], p[2] - gain[1] * p[0], p[3] - gain[1] * p[1]];
      }
      predicted = false;
    },
    next() {
      if (!began) return 0;
      if (!predicted) predict();
      return x[0];
    },
  };
}

function collector(): { add(value: number): void; all(): readonly number[] } {
  const values: number[] = [];
  return {
    add(value) {
      const counted = Number.isFinite(value) ? Math.max(0, value) : 0;
      if (counted > 0 || values.length > 0) values.push(counted);
    },
    all: () => values,
  };
}
