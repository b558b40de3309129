/** Minutes of a day and of a week. */
export const dayMinutes = 1440;
export const weekMinutes = 7 * dayMinutes;

const quarterMs = 900_000;
const weekMs = 7 * 86_400_000;
/** 1 January 1970 was a Thursday: the week that it is in began three days before. */
const mondayMs = -3 * 86_400_000;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** The quarter of an hour that was asked about last, and the offset in it. */
  quarter: number;
  offsetMs: number;
}

const zones = new Map<string, Zone | undefined>();

/** Whether that is a time zone of the IANA database, such as Europe/Berlin or UTC. */
export function isTimeZone(name: string): boolean {
  return zoneOf(name) !== undefined;
}

/**
 * What clocks on the wall show there, as minutes since Monday, 00:00. Where clocks are set back an hour comes twice, where they are set forward one never
 * comes, as on the wall.
 */
export function localMinuteOfWeek(timeZone: string, atMs: number): number {
  const sinceMonday = atMs + offsetMs(timeZone, atMs) - mondayMs;
  return Math.floor((((sinceMonday % weekMs) + weekMs) % weekMs) / 60_000);
}

/**
 * How far local time is ahead of UTC. Clocks are set at whole quarters of an hour in every zone, so one answer is good for a quarter: asking the
 * database takes microseconds, and it would be asked for every variant of every cycle.
 */
export function offsetMs(timeZone: string, atMs: number): number {
  const zone = zoneOf(timeZone);
  if (zone === undefined) return 0;
  const quarter = Math.floor(atMs / quarterMs);
  if (zone.quarter !== quarter) {
    const beginMs = quarter * quarterMs;
    const at: Record<string, number> = {};
    for (const { type, value } of zone.format.formatToParts(beginMs)) at[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = at;
    zone.offsetMs = Date.UTC(year, month - 1, day, hour, minute, second) - beginMs;
    zone.quarter = quarter;
  }
  return zone.offsetMs;
}

function zoneOf(name: string): Zone | undefined {
  if (!zones.has(name)) zones.set(name, open(name));
  return zones.get(name);
}

function open(name: string): Zone | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
    return { format, quarter: NaN, offsetMs: 0 };
  } catch {
    return undefined;
  }
}
