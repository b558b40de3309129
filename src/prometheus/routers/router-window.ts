import { fresh, missing, type Reading, type RouterReadings } from '../../model/index.ts';
import type { Told } from '../engines/sample.ts';
import { baseOf, recentBaseOf, type WindowRules } from '../window/history.ts';
import type { Without } from '../window/readings.ts';
import type { RouterCounts, RouterPage } from './router-page.ts';

/** Earlier pages of one router, oldest first, all of one unbroken run of it. */
export interface RouterHistory {
  readonly pages: readonly RouterPage[];
  /** Why it begins where it does, if something broke the run before. */
  readonly brokenBy?: Without;
}

export const emptyRouterHistory: RouterHistory = { pages: [] };

/** The history with one more page; begun anew when the router restarted. */
export function extendedRouter(history: RouterHistory, page: RouterPage, { maxSpanMs }: WindowRules): RouterHistory {
  const last = history.pages.at(-1);
  if (!last) return { ...history, pages: [page] };
  if (page.atMs <= last.atMs) return history;
  for (const [model, { requests: before }] of last.models) {
    if (typeof before !== 'number' || before === 0) continue;
    const after = page.models.get(model)?.requests;
    // half a page looks the same as a young router, and would make the next page look like a jump
    if (after === undefined) return { pages: [], brokenBy: { why: 'CounterReset', detail: `The router's counter of requests for ${model} vanished: it was started anew, or showed only a part of its page.` } };
    if (typeof after === 'number' && after < before) {
      return { pages: [page], brokenBy: { why: 'CounterReset', detail: `The router's counter of requests for ${model} went back from ${before} to ${after}: it was started anew between two samples.` } };
    }
  }
  if (last.startedAtSeconds !== undefined && page.startedAtSeconds !== undefined && page.startedAtSeconds > last.startedAtSeconds + 1) {
    return { pages: [page], brokenBy: { why: 'CounterReset', detail: 'The router was started anew between two samples.' } };
  }
  const kept = history.pages.filter(({ atMs }) => atMs >= page.atMs - maxSpanMs);
  const pages = [...kept, page];
  return history.brokenBy && kept.length === history.pages.length ? { pages, brokenBy: history.brokenBy } : { pages };
}

/** What a router says of every model on its newest page, with rates over the window that ends there. */
export function readingsOfRouter(history: RouterHistory, rules: WindowRules, latest: RouterPage): Map<string, RouterReadings> {
  const timesMs = history.pages.map(({ atMs }) => atMs);
  const pageAt = (atMs: number | undefined): RouterPage | undefined => history.pages.find((page) => page.atMs === atMs);
  const before = pageAt(baseOf(timesMs, latest.atMs, rules));
  const recentBefore = pageAt(recentBaseOf(timesMs, latest.atMs, rules));
  const { why, detail } = history.brokenBy ?? { why: 'NoPriorSample', detail: 'A rate needs two samples of the router that lie far enough apart.' };
  const unknown = missing(why, detail);
  const arrivals = (model: string, base: RouterPage | undefined): Reading => (base ? arrivalsBetween(model, base, latest) : unknown);
  return new Map([...latest.models].map(([model, { queued, running }]) => [
    model,
    {
      arrivalsPerSecond: arrivals(model, before),
      recentArrivalsPerSecond: arrivals(model, recentBefore),
      waiting: gauge(queued, latest.atMs),
      running: gauge(running, latest.atMs),
    },
  ]));
}

/**
 * Requests that reached the router: those that it gave to a replica, those that it turned away, and by how many more it holds. What it counts it
 * counts when a request leaves its queue, so that alone would show a jump only once there are replicas for it.
 */
function arrivalsBetween(model: string, before: RouterPage, latest: RouterPage): Reading {
  const after = latest.models.get(model) ?? {};
  const earlier = before.models.get(model) ?? {};
  // a labelled counter is not shown before it first counts, and the earlier page was whole
  const grown = (name: keyof RouterCounts): Told => {
    const [now, then] = [after[name] ?? 0, earlier[name] ?? 0];
    return now === 'NotANumber' || then === 'NotANumber' ? 'NotANumber' : now - then;
  };
  const [requests, turnedAway, queued] = [grown('requests'), grown('turnedAway'), grown('queued')];
  if (requests === 'NotANumber' || turnedAway === 'NotANumber' || queued === 'NotANumber') return missing('NotANumber');
  if (requests < 0 || turnedAway < 0) return missing('CounterReset');
  return fresh(Math.max(0, requests + turnedAway + queued) / ((latest.atMs - before.atMs) / 1000), latest.atMs);
}

function gauge(value: Told | undefined, atMs: number): Reading {
  if (value === undefined) return missing('NotReported');
  if (value === 'NotANumber') return missing('NotANumber');
  return value < 0 ? missing('Malformed', `${value} cannot be negative`) : fresh(value, atMs);
}
