import type { Interval } from '../report-data.ts';

/** Three digits that count, without an exponent where people do not expect one. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1000) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4);
}

/** Of things that are counted: whole unless it is a mean. */
export function counted(value: number): string {
  return String(Number(value.toFixed(2)));
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

export function seconds(value: number): string {
  return value < 0.9995 ? `${(value * 1000).toFixed(0)} ms` : `${figure(value)} s`;
}

/** `1:05:30` since the load began. */
export function clock(atSeconds: number): string {
  const whole = Math.round(atSeconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  return `${hours > 0 ? `${hours}:` : ''}${hours > 0 ? two(Math.floor(whole / 60) % 60) : String(Math.floor(whole / 60))}:${two(whole % 60)}`;
}

/** For axes: no more digits than the number has. */
export function tick(value: number): string {
  return Math.abs(value) >= 1000 ? `${Number((value / 1000).toPrecision(3))}k` : String(Number(value.toPrecision(3)));
}

/** Seconds for axes. */
export function secondsTick(value: number): string {
  return value !== 0 && value < 0.9995 ? `${Number((value * 1000).toPrecision(3))} ms` : `${Number(value.toPrecision(3))} s`;
}

/** The mean, and half of its interval with as many decimals. */
export function withInterval([mean, low, high]: Interval, text: (value: number) => string): string {
  const centre = text(mean);
  if (low === undefined || high === undefined) return centre;
  const [, number = '', unit = ''] = /^([-\d.,]+)(.*)$/.exec(centre) ?? [];
  const decimals = number.split('.')[1]?.length ?? 0;
  const half = Math.max(mean - low, high - mean) * (unit === ' %' ? 100 : unit === ' ms' ? 1000 : 1);
  return `${number} ± ${half.toFixed(decimals)}${unit}`;
}
