import { dayMinutes, localMinuteOfWeek, offsetMs, weekMinutes } from '../base/index.ts';

/** Days of a week, in the order in which local time counts them. */
export const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export type Day = (typeof days)[number];

/** Bounds that stand in for those of the resource at some hours of the week. */
export interface ScheduledBounds {
  /** What people call it; the trail names it. */
  readonly name?: string;
  /** Days on which it begins. */
  readonly days: readonly Day[];
  /** Minutes since midnight on the wall: begins with the first, ends before the second, on the next day if that is earlier. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Of the IANA database. */
  readonly timeZone: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** The entry that holds now, if one does. */
export function scheduledNow(schedule: readonly ScheduledBounds[], nowMs: number): ScheduledBounds | undefined {
  return schedule.length === 0 ? undefined : schedule.find((entry) => holdsAt(entry, localMinuteOfWeek(entry.timeZone, nowMs)));
}

function holdsAt(entry: ScheduledBounds, minute: number): boolean {
  return stretchesOf(entry).some(({ from, length }) => (minute - from + weekMinutes) % weekMinutes < length);
}

interface Stretch {
  /** Minutes since Monday, 00:00. */
  readonly from: number;
  readonly length: number;
}

function stretchesOf({ days: begins, fromMinute, toMinute }: ScheduledBounds): Stretch[] {
  const length = toMinute > fromMinute ? toMinute - fromMinute : toMinute - fromMinute + dayMinutes;
  return begins.map((day) => ({ from: days.indexOf(day) * dayMinutes + fromMinute, length }));
}

/** A year's weeks, from 1 January 2026: every combination of summer and winter time of two zones is in one of them. */
const sampledWeeks = Array.from({ length: 53 }, (_, week) => Date.UTC(2026, 0, 1) + week * 7 * 86_400_000);

/** The first two entries that would hold at the same time, or `undefined`: nobody could say which of them counts. */
export function overlapIn(schedule: readonly ScheduledBounds[]): readonly [ScheduledBounds, ScheduledBounds] | undefined {
  for (const [index, a] of schedule.entries()) {
    for (const b of schedule.slice(index + 1)) if (distancesOf(a, b).some((aheadMinutes) => meet(a, b, aheadMinutes))) return [a, b];
  }
  return undefined;
}

/** How many minutes the clocks of the first are ahead of those of the second, over a year. */
function distancesOf(a: ScheduledBounds, b: ScheduledBounds): number[] {
  if (a.timeZone === b.timeZone) return [0];
  return [...new Set(sampledWeeks.map((atMs) => (offsetMs(a.timeZone, atMs) - offsetMs(b.timeZone, atMs)) / 60_000))];
}

function meet(a: ScheduledBounds, b: ScheduledBounds, aheadMinutes: number): boolean {
  return stretchesOf(a).some((one) =>
    stretchesOf(b).some((other) => {
      const after = (((other.from + aheadMinutes - one.from) % weekMinutes) + weekMinutes) % weekMinutes;
      return after < one.length || weekMinutes - after < other.length;
    }),
  );
}

/** `office hours (Mon-Fri 08:00-18:00 Europe/Berlin)` */
export function scheduleInWords({ name, days: begins, fromMinute, toMinute, timeZone }: ScheduledBounds): string {
  const when = `${daysInWords(begins)} ${timeOfDay(fromMinute)}-${timeOfDay(toMinute)} ${timeZone}`;
  return name === undefined ? when : `${name} (${when})`;
}

function daysInWords(begins: readonly Day[]): string {
  const places = begins.map((day) => days.indexOf(day)).toSorted((a, b) => a - b);
  const [first = 0] = places;
  const last = places.at(-1) ?? 0;
  if (places.length === days.length) return 'daily';
  return places.length > 2 && last - first === places.length - 1 ? `${days[first]}-${days[last]}` : places.map((place) => days[place]).join(',');
}

/** `08:30`; the end of a day is `24:00`. */
export function timeOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
