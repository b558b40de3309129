import { dayMinutes, days, isTimeZone, minuteOfDay, overlapIn, timeOfDay, type Day } from '../base/index.ts';
import { scheduleInWords, type ScheduledBounds } from '../model/index.ts';
import type { Complain } from './written.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const keys = ['name', 'days', 'from', 'to', 'timeZone', 'minReplicas', 'maxReplicas'];

/** The entries of a schedule as a policy has them; `undefined` when anything was complained of. */
export function readSchedule(value: unknown, complain: Complain, key: string): readonly ScheduledBounds[] | undefined {
  if (!Array.isArray(value)) {
    complain(key, value, 'a list of entries with from, to, timeZone and minReplicas or maxReplicas');
    return undefined;
  }
  const entries = value.map((entry: unknown, index) => readEntry(entry, complain, `${key}[${index}]`));
  const good = entries.filter((entry) => entry !== undefined);
  if (good.length < entries.length) return undefined;
  const overlap = overlapIn(good);
  if (overlap === undefined) return good;
  const [first, second] = overlap;
  const words = overlap.map((place) => scheduleInWords(good[place] as ScheduledBounds));
  complain(`${key}[${second}]`, words[1], `at other hours than ${key}[${first}], ${words[0]}: nobody could say which of the two counts`);
  return undefined;
}

function readEntry(value: unknown, complain: Complain, key: string): ScheduledBounds | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    complain(key, value, 'an entry with from, to, timeZone and minReplicas or maxReplicas');
    return undefined;
  }
  const written = value as Readonly<Record<string, unknown>>;
  let isGood = true;
  const refuse = (name: string, allowed: string): undefined => {
    isGood = false;
    complain(name === '' ? key : `${key}.${name}`, name === '' ? written : (written[name] ?? ''), allowed);
  };
  for (const name of Object.keys(written)) if (!keys.includes(name)) complain(`${key}.${name}`, written[name], `one of the known keys (${keys.join(', ')})`, 'warning');

  const from = minuteOf(written['from'], dayMinutes - 1) ?? refuse('from', 'a time from 00:00 to 23:59, in quotes');
  const to = minuteOf(written['to'], dayMinutes) ?? refuse('to', 'a time from 00:00 to 24:00, in quotes');
  if (from !== undefined && from === to) refuse('to', 'another time than from; a whole day is from 00:00 to 24:00');
  const { timeZone } = written;
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) refuse('timeZone', 'a time zone of the IANA database, such as Europe/Berlin or UTC');
  const begins = daysOf(written['days']) ?? refuse('days', `a list of days (${days.join(', ')}), or absent for all of them`);
  const { name } = written;
  if (name !== undefined && (typeof name !== 'string' || name === '')) refuse('name', 'a text');
  const minReplicas = countOf(written, 'minReplicas', 0);
  const maxReplicas = countOf(written, 'maxReplicas', 1);
  if (minReplicas === null) refuse('minReplicas', 'a whole number that is at least 0');
  if (maxReplicas === null) refuse('maxReplicas', 'a whole number that is at least 1');
  if (minReplicas === undefined && maxReplicas === undefined) refuse('', 'an entry with minReplicas or maxReplicas');
  if (typeof minReplicas === 'number' && typeof maxReplicas === 'number' && minReplicas > maxReplicas) refuse('maxReplicas', `at least minReplicas (${minReplicas})`);
  if (!isGood || begins === undefined || from === undefined || to === undefined) return undefined;
  const entry: Writable<ScheduledBounds> = { days: begins, fromMinute: from, toMinute: to, timeZone: timeZone as string };
  if (name !== undefined) entry.name = name as string;
  if (typeof minReplicas === 'number') entry.minReplicas = minReplicas;
  if (typeof maxReplicas === 'number') entry.maxReplicas = maxReplicas;
  return entry;
}

function minuteOf(value: unknown, most: number): number | undefined {
  const minute = typeof value === 'string' ? minuteOfDay(value) : undefined;
  return minute !== undefined && minute <= most ? minute : undefined;
}

function daysOf(value: unknown): readonly Day[] | undefined {
  if (value === undefined) return days;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const known = days.filter((day) => value.includes(day));
  return known.length === new Set(value).size ? known : undefined;
}

/** `null`: not a count. */
function countOf(written: Readonly<Record<string, unknown>>, key: string, least: number): number | undefined | null {
  const value = written[key];
  if (value === undefined) return undefined;
  return typeof value === 'number' && Number.isInteger(value) && value >= least ? value : null;
}

/** A schedule as one would write it. */
export function writeSchedule(value: unknown): unknown {
  return (value as readonly ScheduledBounds[]).map(({ name, days: begins, fromMinute, toMinute, timeZone, minReplicas, maxReplicas }) => ({
    ...(name !== undefined && { name }),
    ...(begins.length < days.length && { days: begins }),
    from: timeOfDay(fromMinute),
    to: timeOfDay(toMinute),
    timeZone,
    ...(minReplicas !== undefined && { minReplicas }),
    ...(maxReplicas !== undefined && { maxReplicas }),
  }));
}
