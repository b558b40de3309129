import { quantile } from '../../base/index.ts';
import { bucketQuantile, increase, together } from './buckets.ts';
import type { Buckets, PageReading } from './page-reading.ts';
import { within } from './stages.ts';
import type { Stage } from './stages.ts';
import type { TapeRequest } from './tape.ts';

/** What a stretch of time looked like. Absent where nothing happened or nothing is known. Times are in seconds. */
export interface Measures {
  /** Requests that came in the stretch. */
  readonly requests?: number;
  /** From the first arrival to the last end of those that came. */
  readonly completedPerMinute?: number;
  readonly tpotMedian?: number;
  readonly ttftMedian?: number;
  readonly ttftP90?: number;
  readonly e2eP90?: number;
  /** The most that waited when somebody looked. */
  readonly peakWaiting?: number;
  readonly preemptions?: number;
}

/** Of the requests that came in these stages, by a log of them; queue and preemptions by the pages of the same time. */
export function measureLog(requests: readonly TapeRequest[], pages: readonly PageReading[], stages: readonly Stage[]): Measures {
  const came = requests.filter(({ atSeconds }) => within(stages, atSeconds));
  const answered = came.flatMap(({ atSeconds, generationTokens, ttftSeconds, e2eSeconds }) =>
    ttftSeconds === undefined || e2eSeconds === undefined ? [] : [{ atSeconds, generationTokens, ttftSeconds, e2eSeconds }],
  );
  const ttft = answered.map(({ ttftSeconds }) => ttftSeconds);
  const tpot = answered.flatMap(({ generationTokens, ttftSeconds, e2eSeconds }) => (generationTokens > 1 ? [(e2eSeconds - ttftSeconds) / (generationTokens - 1)] : []));
  let seconds = 0;
  // stages that follow each other are one stretch: what is left of one ends in the next
  for (const stretch of joined(stages)) {
    const inside = answered.filter(({ atSeconds }) => within([stretch], atSeconds));
    const begin = Math.min(...inside.map(({ atSeconds }) => atSeconds));
    if (inside.length > 0) seconds += Math.max(...inside.map(({ atSeconds, e2eSeconds }) => atSeconds + e2eSeconds)) - begin;
  }
  return {
    requests: came.length,
    ...(seconds > 0 ? { completedPerMinute: (60 * answered.length) / seconds } : {}),
    ...known('tpotMedian', quantile(tpot, 0.5)),
    ...known('ttftMedian', quantile(ttft, 0.5)),
    ...known('ttftP90', quantile(ttft, 0.9)),
    ...known('e2eP90', quantile(answered.map(({ e2eSeconds }) => e2eSeconds), 0.9)),
    ...measureQueue(pages, stages),
  };
}

/** The same from pages alone: what was counted in the stages, quantiles by straight lines within the buckets of the histograms. */
export function measurePages(pages: readonly PageReading[], stages: readonly Stage[]): Measures {
  const spans = joined(stages).flatMap((stretch) => {
    const from = pages.findLast(({ atSeconds }) => atSeconds <= stretch.fromSeconds) ?? pages[0];
    const to = pages.findLast(({ atSeconds }) => atSeconds <= stretch.toSeconds);
    return from === undefined || to === undefined || to.atSeconds <= from.atSeconds ? [] : [{ from, to }];
  });
  const during = (of: (page: PageReading) => Buckets | undefined): Buckets | undefined => together(spans.map(({ from, to }) => increase(of(from), of(to))));
  const minutes = spans.reduce((total, { from, to }) => total + (to.atSeconds - from.atSeconds) / 60, 0);
  const ended = spans.reduce((total, { from, to }) => total + (to.completed ?? 0) - (from.completed ?? 0), 0);
  const ttft = during((page) => page.ttft);
  return {
    ...(minutes > 0 ? { completedPerMinute: ended / minutes } : {}),
    ...known('tpotMedian', bucketQuantile(during((page) => page.perOutputToken), 0.5)),
    ...known('ttftMedian', bucketQuantile(ttft, 0.5)),
    ...known('ttftP90', bucketQuantile(ttft, 0.9)),
    ...known('e2eP90', bucketQuantile(during((page) => page.endToEnd), 0.9)),
    ...measureQueue(pages, stages),
  };
}

function measureQueue(pages: readonly PageReading[], stages: readonly Stage[]): Measures {
  const waiting = pages.flatMap((page) => (within(stages, page.atSeconds) && page.waiting !== undefined ? [page.waiting] : []));
  const preemptions = pages.flatMap((page, index) => {
    const before = pages[index - 1]?.preemptions;
    return before !== undefined && page.preemptions !== undefined && within(stages, page.atSeconds) ? [page.preemptions - before] : [];
  });
  return {
    ...(waiting.length > 0 ? { peakWaiting: Math.max(...waiting) } : {}),
    ...(preemptions.length > 0 ? { preemptions: preemptions.reduce((a, b) => a + b, 0) } : {}),
  };
}

function known(name: keyof Measures, value: number | undefined): Measures {
  return value === undefined || !Number.isFinite(value) ? {} : { [name]: value };
}

function joined(stages: readonly Stage[]): readonly Stage[] {
  const stretches: Stage[] = [];
  for (const stage of stages.toSorted((a, b) => a.fromSeconds - b.fromSeconds)) {
    const last = stretches.at(-1);
    if (last !== undefined && Math.abs(last.toSeconds - stage.fromSeconds) < 1e-6) stretches[stretches.length - 1] = { ...last, toSeconds: stage.toSeconds };
    else stretches.push(stage);
  }
  return stretches;
}
