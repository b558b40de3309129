import { parseDuration } from '../../base/index.ts';

/** What may be written for a moment, for the person who wrote something else. */
export const momentsAllowed = 'a time such as 2026-01-31T08:00:00Z, seconds since the epoch, now, or how long ago, such as 36h or 7d';

/** Milliseconds of a written moment, or `undefined` where it is none. A time without a zone is UTC. */
export function readMoment(text: string, nowMs: number): number | undefined {
  const written = text.trim();
  if (written === 'now') return nowMs;
  if (/^\d{9,11}(\.\d+)?$/.test(written)) return Number(written) * 1000;
  const days = /^-?(\d+)d$/.exec(written);
  const agoMs = days ? Number(days[1]) * 86_400_000 : parseDuration(written.replace(/^-/, ''));
  if (agoMs !== undefined && written !== '0') return nowMs - agoMs;
  if (!/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(written)) return undefined;
  const ms = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/.test(written.slice(10)) || written.length === 10 ? written : `${written.replace(' ', 'T')}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
