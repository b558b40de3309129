import { dayMinutes, localMinuteOfWeek, offsetMs, weekMinutes } from './local-time.ts';

/** Days of a week, in the order in which local time counts them. */
export const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Day = (typeof days)[number];

/** Some hours of the week. */
export interface WeeklyHours {
  /** Days on which they begin. */
  readonly days: readonly Day[];
  /** Minutes since midnight on the wall: they begin with the first and end before the second, on the next day if that is earlier. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Of the IANA database. */
  readonly timeZone: string;
}

/** Whether it is one of these hours now. */
export function holdsAt(hours: WeeklyHours, nowMs: number): boolean {
  const minute = localMinuteOfWeek(hours.timeZone, nowMs);
  return stretchesOf(hours).some(({ from, length }) => (minute - from + weekMinutes) % weekMinutes < length);
}

interface Stretch {
  /** Minutes since Monday, 00:00. */
  readonly from: number;
  readonly length: number;
}

function stretchesOf({ days: begins, fromMinute, toMinute }: WeeklyHours): Stretch[] {
  const length = toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + dayMinutes;
  return begins.map((day) => ({ from: days.indexOf(day) * dayMinutes + fromMinute, length }));
}

/** A year's weeks, from 1 January 2026: every combination of summer and winter time of two zones is in one of them. */
const sampledWeeks = Array.from({ length: 53 }, (_, week) => Date.UTC(2026, 0, 1) + week * 7 * 86_400_000);

/** The first two that would hold at the same time, by their places in the list, or `undefined`. */
export function overlapIn(list: readonly WeeklyHours[]): readonly [number, number] | undefined {
  for (const [first, a] of list.entries()) {
    for (const [distance, b] of list.slice(first + 1).entries()) {
      if (distancesOf(a, b).some((aheadMinutes) => meet(a, b, aheadMinutes))) return [first, first + 1 + distance];
    }
  }
  return undefined;
}

/** How many minutes the clocks of the first are ahead of those of the second, over a year. */
function distancesOf(a: WeeklyHours, b: WeeklyHours): number[] {
  if (a.timeZone === b.timeZone) return [0];
  return [...new Set(sampledWeeks.map((atMs) => (offsetMs(a.timeZone, atMs) - offsetMs(b.timeZone, atMs)) / 60_000))];
}

function meet(a: WeeklyHours, b: WeeklyHours, aheadMinutes: number): boolean {
  return stretchesOf(a).some((one) =>
    stretchesOf(b).some((other) => {
      const after = (((other.from + aheadMinutes - one.from) % weekMinutes) + weekMinutes) % weekMinutes;
      return after < one.length || weekMinutes - after < other.length;
    }),
  );
}

/** Minutes since midnight of `08:30`; `24:00` is the end of the day. */
export function minuteOfDay(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):([0-5]\d)$/.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= dayMinutes ? minute : undefined;
}

/** `08:30`; the end of a day is `24:00`. */
export function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
