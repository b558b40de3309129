import type { PrometheusAnswer, PrometheusSeries } from '../../wire/index.ts';
import { recognise } from '../engines/recognise.ts';
import type { EngineSample } from '../engines/sample.ts';
import type { PodAddress } from '../source.ts';
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
 * One target speaks for a pod: adding up two that show the same engine would double its load. Of those that
 * are alive, the one on the pod's likeliest port, and the first by job where two jobs scrape that.
 */
export function speaker(targets: readonly Target[], pod: PodAddress): Target | undefined {
  const newestMs = Math.max(...targets.map((target) => target.newestMs));
  const portRank = ({ instance }: Target): number => {
    const { port } = splitInstance(instance);
    const rank = port === undefined ? -1 : pod.ports.indexOf(port);
    return rank === -1 ? pod.ports.length : rank;
  };
  return targets
    .filter((target) => newestMs - target.newestMs <= aliveWithinMs)
    .toSorted((a, b) => portRank(a) - portRank(b) || (`${a.instance}\n${a.job}` < `${b.instance}\n${b.job}` ? -1 : 1))[0];
}

/**
 * A target's scrapes, oldest first, as if the pages had been read one by one. `timeless` series (such as the
 * cache's configuration) belong to every one of them.
 */
export function scrapesOf(target: Target, timeless: readonly PrometheusSeries[]): EngineSample[] {
  const pages = new Map<number, { name: string; labels: Readonly<Record<string, string>>; value: number }[]>();
  for (const { metric, points } of target.series) {
    const name = metric['__name__'] ?? '';
    for (const { atMs, value } of points) {
      const page = pages.get(atMs);
      if (page) page.push({ name, labels: metric, value });
      else pages.set(atMs, [{ name, labels: metric, value }]);
    }
  }
  const always = timeless.map(({ metric }) => ({ name: metric['__name__'] ?? '', labels: metric, value: 1 }));
  const times = [...pages.keys()].toSorted((a, b) => a - b);
  // A scrape that is still being written (remote write does so in parts) would look like counters that vanished.
  const [last, previous] = [times.at(-1), times.at(-2)];
  if (last !== undefined && previous !== undefined && (pages.get(last)?.length ?? 0) < (pages.get(previous)?.length ?? 0)) times.pop();
  return times.flatMap((atMs) => {
    const sample = recognise([...(pages.get(atMs) ?? []), ...always], atMs);
    return sample ? [sample] : [];
  });
}
