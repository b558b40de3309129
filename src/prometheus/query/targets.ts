import type { PrometheusAnswer, PrometheusSeries } from '../../wire/index.ts';
import { seriesNames, type Meaning } from '../engines/names.ts';
import { rankOf } from '../engines/page-reader.ts';
import { recognise } from '../engines/recognise.ts';
import type { EngineSample } from '../engines/sample.ts';
import type { PodAddress } from '../source.ts';
import { baseOf, emptyHistory, extended, recentBaseOf, windowOf, type WindowRules } from '../window/history.ts';
import type { Window } from '../window/readings.ts';
import { splitInstance } from './match.ts';

/** One scrape target of a pod. A pod may have several: two jobs that scrape it, or a proxy beside the engine. */
export interface Target {
  readonly instance: string;
  readonly job: string;
  readonly series: readonly PrometheusSeries[];
  readonly newestMs: number;
}

type Matcher = (labels: Readonly<Record<string, string>>) => PodAddress | undefined;

/** Targets by pod uid. */
export function targetsByPod(answer: PrometheusAnswer, match: Matcher): Map<string, Target[]> {
  const pods = new Map<string, Map<string, { instance: string; job: string; series: PrometheusSeries[]; newestMs: number }>>();
  for (const series of answer.series) {
    const pod = match(series.metric);
    const newest = series.points.at(-1);
    if (!pod || !newest) continue;
    const { instance = '', job = '' } = series.metric;
    const key = `${instance}\n${job}`;
    let targets = pods.get(pod.uid);
    if (!targets) pods.set(pod.uid, (targets = new Map<string, { instance: string; job: string; series: PrometheusSeries[]; newestMs: number }>()));
    const target = targets.get(key);
    if (target) {
      target.series.push(series);
      target.newestMs = Math.max(target.newestMs, newest.atMs);
    } else targets.set(key, { instance, job, series: [series], newestMs: newest.atMs });
  }
  return new Map([...pods].map(([uid, targets]) => [uid, [...targets.values()]]));
}

/** Targets whose newest samples are no farther apart than this are both alive: scrape intervals are rarely longer. */
const aliveWithinMs = 60_000;

/**
 * Those that speak for a pod. One, as a rule: adding up two that show the same engine would double its load. Of those that are alive it
 * is the one on the pod's likeliest port, and the first by job where two jobs scrape that. Where data-parallel ranks show a page each, on ports of
 * their own, each rank has a target that speaks for it: a target counts beside the others if it shows none of their ranks.
 */
export function speakers(targets: readonly Target[], pod: PodAddress): Target[] {
  if (targets.length <= 1) return [...targets];
  const newestMs = Math.max(...targets.map((target) => target.newestMs));
  const portRank = ({ instance }: Target): number => {
    const { port } = splitInstance(instance);
    const rank = port === undefined ? -1 : pod.ports.indexOf(port);
    return rank === -1 ? pod.ports.length : rank;
  };
  const inOrder = targets
    .filter((target) => newestMs - target.newestMs <= aliveWithinMs)
    .toSorted((a, b) => portRank(a) - portRank(b) || (`${a.instance}\n${a.job}` < `${b.instance}\n${b.job}` ? -1 : 1));
  const spokenFor = new Set<string>();
  return inOrder.filter((target, index) => {
    const ranks = ranksOf(target);
    if (index > 0 && (ranks.length === 0 || ranks.some((rank) => spokenFor.has(rank)))) return false;
    for (const rank of ranks) spokenFor.add(rank);
    return true;
  });
}

/** The ranks that a target shows; none where it does not tell them apart from those of another. */
function ranksOf({ series }: Target): string[] {
  return [...new Set(series.filter(({ metric }) => seriesNames.get(metric['__name__'] ?? '')?.metric.meaning === 'running').map(({ metric }) => rankOf(metric)))].filter((rank) => rank !== '');
}

/**
 * What a target did up to its newest scrape, as if its pages had been read one by one. `timeless` series (such as the cache's configuration)
 * belong to every one of them. Where nothing restarted, which is nearly always, only the pages are read that begin and end the window, and of the
 * one at which recent arrivals begin only what tells arrivals: that more than halves the time that a cycle takes for a thousand pods.
 */
export function windowOfTarget(target: Target, timeless: readonly PrometheusSeries[], rules: WindowRules): Window | undefined {
  const pages = windowPages(target, rules);
  if (!pages) {
    const scrapes = allScrapesOf(target, timeless);
    const latest = scrapes.at(-1);
    return latest && windowOf(scrapes.reduce((earlier, scrape) => extended(earlier, scrape, rules), emptyHistory), rules, latest);
  }
  const [latest] = samplesOf([pages.latest], timeless);
  if (!latest) return undefined;
  const before = pages.before && recognise(pages.before.series, pages.before.atMs);
  if (!before) return windowOf(emptyHistory, rules, latest);
  const recentBefore = pages.recentBefore && recognise(pages.recentBefore.series, pages.recentBefore.atMs);
  return recentBefore ? { latest, before, recentBefore } : { latest, before };
}

/** All scrapes of a target, oldest first, for those who look at many moments of one answer. */
export function allScrapesOf(target: Target, timeless: readonly PrometheusSeries[]): EngineSample[] {
  return samplesOf(pagesOf(target.series), timeless);
}

function samplesOf(pages: readonly Page[], timeless: readonly PrometheusSeries[]): EngineSample[] {
  const always = timeless.map(({ metric }) => ({ name: metric['__name__'] ?? '', labels: metric, value: 1 }));
  return pages.flatMap(({ atMs, series }) => {
    const sample = recognise([...series, ...always], atMs);
    return sample ? [sample] : [];
  });
}

interface Page {
  readonly atMs: number;
  readonly series: { name: string; labels: Readonly<Record<string, string>>; value: number }[];
}

/** Scrapes of one target's series, oldest first. */
export function pagesOf(series: readonly PrometheusSeries[]): Page[] {
  const pages = new Map<number, Page>();
  for (const { metric, points } of series) {
    for (const { atMs, value } of points) {
      const one = { name: metric['__name__'] ?? '', labels: metric, value };
      const page = pages.get(atMs);
      if (page) page.series.push(one);
      else pages.set(atMs, { atMs, series: [one] });
    }
  }
  const inOrder = [...pages.values()].toSorted((a, b) => a.atMs - b.atMs);
  // A scrape that is still being written (remote write does so in parts) would look like counters that vanished.
  const [last, previous] = [inOrder.at(-1), inOrder.at(-2)];
  if (last && previous && last.series.length < previous.series.length) inOrder.pop();
  return inOrder;
}

/** What tells arrivals. */
const arrivalMeanings: ReadonlySet<Meaning> = new Set(['running', 'waiting', 'waitingElsewhere', 'departures', 'rejections', 'ttft', 'e2e']);

/** The first and the last page of the window and the first of recent arrivals, if all series have the same times and no counter ever went back. */
function windowPages(target: Target, rules: WindowRules): { readonly latest: Page; readonly before?: Page; readonly recentBefore?: Page } | undefined {
  const first = target.series[0]?.points;
  const last = first?.at(-1);
  if (!first || !last) return undefined;
  for (const { metric, points } of target.series) {
    if (points.length !== first.length) return undefined;
    const known = seriesNames.get(metric['__name__'] ?? '');
    const counts = known !== undefined && known.metric.form !== 'gauge';
    for (let index = 0; index < points.length; index++) {
      const point = points[index];
      if (point?.atMs !== first[index]?.atMs) return undefined;
      // written so that NaN, of which one cannot tell, is no growth either
      if (counts && index > 0 && !((point?.value ?? Number.NaN) >= (points[index - 1]?.value ?? Number.NaN))) return undefined;
    }
  }
  const timesMs = first.map(({ atMs }) => atMs);
  const pageAt = (atMs: number, series: readonly PrometheusSeries[]): Page => {
    const index = timesMs.indexOf(atMs);
    return { atMs, series: series.map(({ metric, points }) => ({ name: metric['__name__'] ?? '', labels: metric, value: points[index]?.value ?? Number.NaN })) };
  };
  const [baseMs, recentMs] = [baseOf(timesMs, last.atMs, rules), recentBaseOf(timesMs, last.atMs, rules)];
  const ofArrivals = (): PrometheusSeries[] => target.series.filter(({ metric }) => {
    const known = seriesNames.get(metric['__name__'] ?? '');
    return known !== undefined && known.part !== 'sum' && arrivalMeanings.has(known.metric.meaning);
  });
  return {
    latest: pageAt(last.atMs, target.series),
    ...(baseMs !== undefined && { before: pageAt(baseMs, target.series) }),
    ...(recentMs !== undefined && { recentBefore: pageAt(recentMs, ofArrivals()) }),
  };
}
