import type { PrometheusAnswer, PrometheusSeries } from '../../wire/index.ts';
import { seriesNames } from '../engines/names.ts';
import { rankOf } from '../engines/kv-capacities.ts';
import { recognise } from '../engines/recognise.ts';
import type { EngineSample } from '../engines/sample.ts';
import type { PodAddress } from '../source.ts';
import { splitInstance } from './match.ts';

/** One scrape target of a pod. A pod may have several: two jobs that scrape it, or a proxy beside the engine. */
export interface Target extends Speaker {
  readonly series: readonly PrometheusSeries[];
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
  return new Map([...pods].map(([uid, targets]) => [uid, [...targets.values()].map((target) => ({ ...target, ranks: ranksOf(target.series) }))]));
}

/** Targets whose newest samples are no farther apart than this are both alive: scrape intervals are rarely longer. */
export const aliveWithinMs = 60_000;

/** What is known of a target without its pages. */
export interface Speaker {
  readonly instance: string;
  readonly job: string;
  readonly newestMs: number;
  /** The ranks that it shows; none where it does not tell them apart from those of another. */
  readonly ranks: readonly string[];
}

/**
 * Those that speak for a pod. One, as a rule: adding up two that show the same engine would double its load. Of those that are alive it
 * is the one on the pod's likeliest port, and the first by job where two jobs scrape that. Where data-parallel ranks show a page each, on ports of
 * their own, each rank has a target that speaks for it: a target counts beside the others if it shows none of their ranks.
 */
export function speakers<T extends Speaker>(targets: readonly T[], pod: PodAddress): readonly T[] {
  if (targets.length <= 1) return targets;
  const newestMs = Math.max(...targets.map((target) => target.newestMs));
  const portRank = ({ instance }: Speaker): number => {
    const { port } = splitInstance(instance);
    const rank = port === undefined ? -1 : pod.ports.indexOf(port);
    return rank === -1 ? pod.ports.length : rank;
  };
  const inOrder = targets
    .filter((target) => newestMs - target.newestMs <= aliveWithinMs)
    .toSorted((a, b) => portRank(a) - portRank(b) || (`${a.instance}\n${a.job}` < `${b.instance}\n${b.job}` ? -1 : 1));
  const spokenFor = new Set<string>();
  return inOrder.filter(({ ranks }, index) => {
    if (index > 0 && (ranks.length === 0 || ranks.some((rank) => spokenFor.has(rank)))) return false;
    for (const rank of ranks) spokenFor.add(rank);
    return true;
  });
}

function ranksOf(series: readonly PrometheusSeries[]): string[] {
  return [...new Set(series.filter(({ metric }) => seriesNames.get(metric['__name__'] ?? '')?.metric.meaning === 'running').map(({ metric }) => rankOf(metric)))].filter((rank) => rank !== '');
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

/** What one target showed in one scrape. */
export interface Page {
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
