import { days, holdsAt, timeOfDay, type WeeklyHours } from '../base/index.ts';

/** Bounds that stand in for those of the resource at some hours of the week. */
export interface ScheduledBounds extends WeeklyHours {
  /** What people call it; the trail names it. */
  readonly name?: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** The entry that holds now, if one does. */
export function scheduledNow(schedule: readonly ScheduledBounds[], nowMs: number): ScheduledBounds | undefined {
  return schedule.length === 0 ? undefined : schedule.find((entry) => holdsAt(entry, nowMs));
}

/** `office hours (Mon-Fri 08:00-18:00 Europe/Berlin)` */
export function scheduleInWords({ name, days: begins, fromMinute, toMinute, timeZone }: ScheduledBounds): string {
  const when = `${daysInWords(begins)} ${timeOfDay(fromMinute)}-${timeOfDay(toMinute)} ${timeZone}`;
  return name === undefined ? when : `${name} (${when})`;
}

function daysInWords(begins: WeeklyHours['days']): string {
  const places = begins.map((day) => days.indexOf(day)).toSorted((a, b) => a - b);
  const [first = 0] = places;
  const last = places.at(-1) ?? 0;
  if (places.length === days.length) return 'daily';
  return places.length > 2 && last - first === places.length - 1 ? `${days[first]}-${days[last]}` : places.map((place) => days[place]).join(',');
}
