import { mean, quantile, sum } from '../../base/index.ts';
import type { Random } from '../../runtime/index.ts';
import { increase, shareUpTo, together } from './buckets.ts';
import { equationsOfLog, equationsOfPages } from './decode-equations.ts';
import type { DecodeEquation } from './decode-equations.ts';
import { offeredLoad } from './offered-load.ts';
import type { Offered } from './offered-load.ts';
import type { Buckets, PageReading } from './page-reading.ts';
import type { PlayedTape } from './play.ts';
import { within } from './stages.ts';
import type { Stage } from './stages.ts';
import type { Tape } from './tape.ts';

/** What of one recording a fit looks at, and how far a simulated run is from it. */
export interface Evidence {
  readonly load: readonly Offered[];
  readonly pageSeconds: readonly number[];
  readonly equations: readonly DecodeEquation[];
  /** Of the requests that did not queue: mean TTFT in seconds, and tokens of a prompt. For first guesses. */
  readonly quietTtftSeconds: number;
  readonly promptTokens: number;
  readonly meanInterTokenSeconds: number;
  /** 0 when the simulated runs have the TTFT of requests that did not queue, and the tail of latencies between tokens, of the recording. */
  distance(played: readonly PlayedTape[]): number;
}

const quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];

/**
 * @param stages only what came in these is looked at; the load of the others is played all the same.
 * @param like for pages alone: a run of about the same server, which tells how unevenly sequences are spread within an interval.
 */
export function gatherEvidence(tape: Tape, stages: readonly Stage[], source: 'log' | 'pages', random: Random, like?: PlayedTape): Evidence {
  const load = offeredLoad(tape, source, random);
  const { pages } = tape;
  const requests = source === 'log' ? tape.requests : undefined;
  const equations = requests === undefined ? equationsOfPages(tape.name, pages, unevennessOf(like)) : equationsOfLog(tape.name, requests, pages);
  const calm = pages.flatMap((to, index) => {
    const from = pages[index - 1];
    return from !== undefined && (from.waiting ?? 0) === 0 && (to.waiting ?? 0) === 0 && within(stages, to.atSeconds) ? [{ from: from.atSeconds, to: to.atSeconds }] : [];
  });
  const isCalm = (at: number): boolean => calm.some(({ from, to }) => at > from && at <= to);
  const ownTtft = ttftOf(pages, isCalm);
  const logged = (requests ?? []).map(({ atSeconds, ttftSeconds }) => (isCalm(atSeconds) && within(stages, atSeconds) ? ttftSeconds : undefined));
  const truth = logged.filter((value) => value !== undefined);
  const gaps = during(pages, stages, (page) => page.interToken);
  const ownPrefill = during(pages, stages, (page) => page.prefillTime);
  const meanGap = gaps === undefined || gaps.count === 0 ? 0 : gaps.sum / gaps.count;
  const tails = gaps === undefined ? [] : gaps.bounds.filter((bound) => bound > 1.4 * meanGap && 1 - shareUpTo(gaps, bound) > 2e-4);
  const quietTtftSeconds = mean(truth) ?? (ownTtft === undefined || ownTtft.count === 0 ? 0 : ownTtft.sum / ownTtft.count);

  return {
    load,
    pageSeconds: pages.map(({ atSeconds }) => atSeconds),
    equations: equations.filter(({ atSeconds }) => within(stages, atSeconds)),
    quietTtftSeconds,
    promptTokens: mean(load.map(({ promptTokens }) => promptTokens)) ?? 1,
    meanInterTokenSeconds: meanGap,
    distance(played) {
      let total = 0;
      if (truth.length > 0) {
        const mine = played.flatMap((run) => run.requests.flatMap(({ ttftSeconds }, index) => (logged[index] === undefined || ttftSeconds === undefined ? [] : [ttftSeconds])));
        const weight = Math.min(1, truth.length / 100);
        for (const fraction of quantiles) total += weight * Math.log((quantile(mine, fraction) ?? 1e-6) / (quantile(truth, fraction) ?? 1e-6)) ** 2;
      } else if (ownTtft !== undefined && ownTtft.count > 0) {
        const mine = played.flatMap((run) => run.requests.flatMap(({ atSeconds, ttftSeconds }) => (ttftSeconds !== undefined && isCalm(atSeconds + ttftSeconds) ? [ttftSeconds] : [])));
        const weight = Math.min(1, ownTtft.count / 100);
        total += 4 * weight * Math.log((mean(mine) ?? 1e-6) / (ownTtft.sum / ownTtft.count)) ** 2;
        for (const bound of ownTtft.bounds) total += weight * (mine.filter((value) => value <= bound).length / Math.max(1, mine.length) - shareUpTo(ownTtft, bound)) ** 2;
      }
      // the server's own time from letting in to the first token: it tells what a prompt costs from what is on the way
      if (ownPrefill !== undefined && ownPrefill.count > 0) {
        const minePrefill = together(played.map((run) => during(run.pages, stages, (page) => page.prefillTime)));
        if (minePrefill !== undefined && minePrefill.count > 0) total += 4 * Math.min(1, ownPrefill.count / 100) * Math.log(minePrefill.sum / minePrefill.count / (ownPrefill.sum / ownPrefill.count)) ** 2;
      }
      const mineGaps = together(played.map((run) => during(run.pages, stages, (page) => page.interToken)));
      if (gaps !== undefined && mineGaps !== undefined && mineGaps.count > 0) {
        for (const bound of tails) total += 30 * (Math.sqrt(1 - shareUpTo(mineGaps, bound)) - Math.sqrt(1 - shareUpTo(gaps, bound))) ** 2;
      }
      return total;
    },
  };
}

/** What was observed in the intervals of these stages. */
function during(pages: readonly PageReading[], stages: readonly Stage[], of: (page: PageReading) => Buckets | undefined): Buckets | undefined {
  const parts = pages.flatMap((to, index) => {
    const from = pages[index - 1];
    return from !== undefined && within(stages, to.atSeconds) ? [increase(of(from), of(to))] : [];
  });
  return together(parts.filter((part) => part !== undefined));
}

function ttftOf(pages: readonly PageReading[], isCalm: (at: number) => boolean): Buckets | undefined {
  const parts = pages.flatMap((to, index) => {
    const part = isCalm(to.atSeconds) ? increase(pages[index - 1]?.ttft, to.ttft) : undefined;
    return part === undefined ? [] : [part];
  });
  return together(parts);
}

/** How many sequences run beside a token on average, over how many run on average: above 1 where they come and go within an interval. */
function unevennessOf(like: PlayedTape | undefined): (from: PageReading, to: PageReading) => number {
  if (like === undefined) return () => 1;
  const spans = like.requests.flatMap(({ atSeconds, generationTokens, ttftSeconds, e2eSeconds }) =>
    ttftSeconds === undefined || e2eSeconds === undefined || e2eSeconds <= ttftSeconds
      ? []
      : [{ first: atSeconds + ttftSeconds, end: atSeconds + e2eSeconds, perSecond: (generationTokens - 1) / (e2eSeconds - ttftSeconds) }],
  );
  return (from, to) => {
    const here = spans.filter(({ first, end }) => first < to.atSeconds && end > from.atSeconds);
    const shared = (a: (typeof here)[number], b: (typeof here)[number]): number =>
      Math.max(0, Math.min(a.end, b.end, to.atSeconds) - Math.max(a.first, b.first, from.atSeconds));
    const tokens = sum(here.map((one) => one.perSecond * shared(one, one)));
    const beside = sum(here.map((one) => one.perSecond * sum(here.map((other) => shared(one, other)))));
    const earlier = like.pages.findLast(({ atSeconds }) => atSeconds <= from.atSeconds + 1e-6);
    const later = like.pages.findLast(({ atSeconds }) => atSeconds <= to.atSeconds + 1e-6);
    const iterations = increase(earlier?.iterationTokens, later?.iterationTokens)?.count ?? 0;
    if (tokens < 30 || iterations <= 0) return 1;
    return Math.max(1, beside / tokens / (((later?.generationTokens ?? 0) - (earlier?.generationTokens ?? 0)) / iterations));
  };
}
