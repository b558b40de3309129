import type { Estimate } from '../../lab/runs/index.ts';

// Figures as people read them on a terminal: a mean, and half the width of its 95 % interval.

function half({ mean, low, high }: Estimate): number | undefined {
  return low === undefined || high === undefined ? undefined : Math.max(mean - low, high - mean);
}

function plusMinus(value: Estimate, text: (number: number) => string): string {
  const width = half(value);
  return width === undefined ? text(value.mean) : `${text(value.mean)} ±${text(width)}`;
}

/** Decimals so that three digits count. */
function digits(value: number): number {
  return Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
}

/** A fraction as per cent, with its interval. */
export function percent(value: Estimate | undefined): string {
  return value === undefined ? '-' : `${plusMinus(value, (number) => (number * 100).toFixed(1))} %`;
}

/** A difference of fractions in per cent or points, with its sign. */
export function signedPercent(value: Estimate | undefined, unit = ' %'): string {
  if (value === undefined) return '-';
  const width = half(value);
  const sign = value.mean >= 0 ? '+' : '-';
  return `${sign}${Math.abs(value.mean * 100).toFixed(1)}${width === undefined ? '' : ` ±${(width * 100).toFixed(1)}`}${unit}`;
}

export function amount(value: Estimate | undefined): string {
  if (value === undefined) return '-';
  const decimals = digits(value.mean);
  return plusMinus(value, (number) => number.toFixed(decimals));
}

/** Without interval, for columns where there is no room. */
export function plain(value: Estimate | undefined): string {
  return value === undefined ? '-' : value.mean.toFixed(digits(value.mean));
}

/** Milliseconds below a second, seconds above. */
export function latency(value: Estimate | undefined): string {
  if (value === undefined) return '-';
  return value.mean < 0.9995 ? `${(value.mean * 1000).toFixed(0)} ms` : `${value.mean.toFixed(digits(value.mean))} s`;
}

/** `1 run`, `2 runs`. */
export function counted(number: number, noun: string, several = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : several}`;
}

/** `1 h 5 min`, `4 min 10 s`, `12 s`. */
export function span(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 || whole >= 600 ? '' : ` ${whole % 60} s`}`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
