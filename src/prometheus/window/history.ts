import type { CounterName, EngineSample } from '../engines/sample.ts';
import type { Window, Without } from './readings.ts';

export interface WindowRules {
  /** Rates and means are over this long, as nearly as the samples allow. */
  readonly windowMs: number;
  /** Two samples nearer than this tell no rate. */
  readonly minSpanMs: number;
  /** Two samples farther apart than this are no window: what lies between was not watched. */
  readonly maxSpanMs: number;
  /** The shortest time over which recent arrivals are told. */
  readonly recentSpanMs: number;
}

/**
 * Rates are told over one second at least, and over three windows at most. Recent arrivals over about ten seconds: at 3 requests
 * a second that is 30 of them, which chance alone makes a fifth more or fewer. Scrapes every 10 s come a few milliseconds early
 * now and then, so nine are enough.
 */
export function windowRules(windowMs: number): WindowRules {
  return { windowMs, minSpanMs: Math.min(1000, windowMs / 2), maxSpanMs: windowMs * 3, recentSpanMs: Math.min(9000, windowMs) };
}

/** Earlier samples of one pod, oldest first, all of one unbroken run of its engines. */
export interface History {
  readonly samples: readonly EngineSample[];
  /** Why it begins where it does, if something broke the run before. */
  readonly brokenBy?: Without;
}

export const emptyHistory: History = { samples: [] };

/** The history with one more sample; begun anew when the engines restarted. */
export function extended(history: History, sample: EngineSample, rules: WindowRules): History {
  const last = history.samples.at(-1);
  if (!last) return { ...history, samples: [sample] };
  if (sample.atMs <= last.atMs) return history;
  const lost = vanishedFrom(last, sample);
  // Half a page looks the same as a young server. As a base it would make what it lacks look like a jump, so it is none.
  if (lost !== undefined) return { samples: [], brokenBy: { why: 'CounterReset', detail: `The counter of ${lost} vanished: the server was started anew, or showed only a part of its page.` } };
  const broken = breakBetween(last, sample);
  if (broken) return { samples: [sample], brokenBy: broken };
  // the newest sample that is old enough is all that a window of this length can need
  const oldestMs = sample.atMs - rules.maxSpanMs;
  const kept = history.samples.filter(({ atMs }) => atMs >= oldestMs);
  const samples = [...kept, sample];
  return history.brokenBy && kept.length === history.samples.length ? { samples, brokenBy: history.brokenBy } : { samples };
}

/** Of the times before `latestMs` (oldest first) the one whose distance is nearest to the window's length. */
export function baseOf(timesMs: readonly number[], latestMs: number, { windowMs, minSpanMs, maxSpanMs }: WindowRules): number | undefined {
  let base: number | undefined;
  for (const atMs of timesMs) {
    const spanMs = latestMs - atMs;
    if (spanMs < minSpanMs || spanMs > maxSpanMs) continue;
    if (base === undefined || Math.abs(spanMs - windowMs) < Math.abs(latestMs - base - windowMs)) base = atMs;
  }
  return base;
}

/** Of the times before `latestMs` (oldest first) the newest that is far enough away to tell recent arrivals. */
export function recentBaseOf(timesMs: readonly number[], latestMs: number, { recentSpanMs, maxSpanMs }: WindowRules): number | undefined {
  return timesMs.findLast((atMs) => latestMs - atMs >= recentSpanMs && latestMs - atMs <= maxSpanMs);
}

/** The window that ends at `latest`. */
export function windowOf(history: History, rules: WindowRules, latest: EngineSample): Window {
  const timesMs = history.samples.map((sample) => sample.atMs);
  const atMs = baseOf(timesMs, latest.atMs, rules);
  const before = history.samples.find((sample) => sample.atMs === atMs);
  if (before) {
    const recentMs = recentBaseOf(timesMs, latest.atMs, rules);
    const recentBefore = history.samples.find((sample) => sample.atMs === recentMs);
    return recentBefore ? { latest, before, recentBefore } : { latest, before };
  }
  return { latest, without: history.brokenBy ?? { why: 'NoPriorSample', detail: 'A rate needs two samples, and this is the first.' } };
}

/** A counter that had counted and is not there any more. */
function vanishedFrom(last: EngineSample, next: EngineSample): CounterName | undefined {
  return (Object.keys(last.counters) as CounterName[]).find((name) => last.counters[name] !== undefined && last.counters[name] !== 0 && next.counters[name] === undefined);
}

/** Why two samples in a row are not of one run, if they are not. */
function breakBetween(last: EngineSample, next: EngineSample): Without | undefined {
  if (last.engine !== next.engine || last.ranks !== next.ranks) {
    return { why: 'NoPriorSample', detail: `The page showed other engines than before (${shown(last)}, now ${shown(next)}).` };
  }
  if (last.startedAtSeconds !== undefined && next.startedAtSeconds !== undefined && next.startedAtSeconds > last.startedAtSeconds + 1) {
    return { why: 'CounterReset', detail: 'The server was started anew between two samples.' };
  }
  for (const name of Object.keys(last.counters) as CounterName[]) {
    const before = last.counters[name];
    const after = next.counters[name];
    if (typeof before === 'number' && typeof after === 'number' && after < before) {
      return { why: 'CounterReset', detail: `The counter of ${name} went back from ${before} to ${after}: the server was started anew between two samples.` };
    }
  }
  return undefined;
}

function shown({ engine, ranks }: EngineSample): string {
  return ranks === '' ? engine : `${engine} ${ranks}`;
}
