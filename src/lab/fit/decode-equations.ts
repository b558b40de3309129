import { increase, meanOf } from './buckets.ts';
import type { PageReading } from './page-reading.ts';
import type { TapeRequest } from './tape.ts';

/**
 * One equation about the time of iterations: `milliseconds = base × iterations + perSequence × sequences + perResident × resident +
 * perPrefill × prefill`, sums over the iterations in which somebody waited for tokens. It is about what the server really did, not about what a
 * model thinks that it did, so an error of the law in one place does not spoil another.
 */
export interface DecodeEquation {
  readonly atSeconds: number;
  /** The stretch of which recording it is about; what the machine was like then is in all equations of it. */
  readonly stretch: string;
  readonly milliseconds: number;
  readonly iterations: number;
  readonly sequences: number;
  readonly residentTokens: number;
  readonly prefillTokens: number;
}

/**
 * Seconds for which a machine's speed is taken to be one: between the 20 s that neighbours on a shared machine were seen to slow one down for,
 * and enough stretches in a recording of two minutes to tell them from each other.
 */
const stretchSeconds = 15;

/** @param tape name of the recording. */
function stretchAt(tape: string, atSeconds: number): string {
  return `${tape} ${Math.floor(atSeconds / stretchSeconds)}`;
}

/**
 * Share of a preempted sequence's tokens that has to be computed again: with a prefix cache, blocks that nobody took yet are found. Played runs of
 * recordings with blocks of 128 tokens gave 0.3 to 0.5 with it, and 0.8 without (the youngest is preempted, and it has generated less than half).
 */
function computedAgain({ prefixCaching = true }: PageReading): number {
  return prefixCaching ? 0.4 : 0.8;
}

/**
 * From the client's log: a request's time between its first and last token went by in as many iterations as it has tokens, shared with
 * those that were there at the same time, and with the prompts that were computed meanwhile.
 */
export function equationsOfLog(tape: string, requests: readonly TapeRequest[], pages: readonly PageReading[]): readonly DecodeEquation[] {
  const answered = requests.flatMap(({ atSeconds, promptTokens, generationTokens, ttftSeconds, e2eSeconds }) =>
    ttftSeconds === undefined || e2eSeconds === undefined || generationTokens < 2 || e2eSeconds <= ttftSeconds
      ? []
      : [{ atSeconds, promptTokens, generationTokens, first: atSeconds + ttftSeconds, end: atSeconds + e2eSeconds }],
  );
  const byFirst = answered.toSorted((a, b) => a.first - b.first);
  const longest = Math.max(0, ...byFirst.map(({ first, end }) => end - first));
  const again = recomputed(pages);
  return byFirst.flatMap((own, index) => {
    // averages over few tokens are mostly noise
    if (own.generationTokens < 10) return [];
    const iterations = own.generationTokens - 1;
    let sequences = iterations;
    let residentTokens = iterations * (own.promptTokens + own.generationTokens / 2);
    let prefillTokens = again(own.first, own.end);
    const visit = (other: (typeof byFirst)[number]): void => {
      const [from, to] = [Math.max(own.first, other.first), Math.min(own.end, other.end)];
      if (other.first > own.first && other.first <= own.end) prefillTokens += other.promptTokens;
      if (to <= from) return;
      const perSecond = (other.generationTokens - 1) / (other.end - other.first);
      sequences += perSecond * (to - from);
      residentTokens += perSecond * (to - from) * (other.promptTokens + perSecond * ((from + to) / 2 - other.first));
    };
    for (let before = index - 1; before >= 0 && (byFirst[before]?.first ?? 0) > own.first - longest; before--) visit(byFirst[before] as (typeof byFirst)[number]);
    for (let after = index + 1; after < byFirst.length && (byFirst[after]?.first ?? 0) <= own.end; after++) visit(byFirst[after] as (typeof byFirst)[number]);
    return [
      {
        atSeconds: own.atSeconds,
        stretch: stretchAt(tape, (own.first + own.end) / 2),
        milliseconds: 1000 * (own.end - own.first),
        iterations,
        sequences,
        residentTokens,
        prefillTokens,
      },
    ];
  });
}

/**
 * From the pages alone: the latencies between tokens of an interval add up to each iteration's time, once for every sequence that it made
 * wait. How many there were at once is known as an average over iterations only; `unevenness` is the mean as sequences see it over that.
 */
export function equationsOfPages(tape: string, pages: readonly PageReading[], unevenness: (from: PageReading, to: PageReading) => number): readonly DecodeEquation[] {
  return pages.flatMap((to, index) => {
    const from = pages[index - 1];
    const gaps = increase(from?.interToken, to.interToken);
    const iterations = increase(from?.iterationTokens, to.iterationTokens)?.count;
    if (from === undefined || gaps === undefined || gaps.count < 30 || iterations === undefined || iterations <= 0) return [];
    const generated = (to.generationTokens ?? 0) - (from.generationTokens ?? 0);
    const atOnce = Math.max(1, (generated / iterations) * unevenness(from, to));
    const lengths = (meanOf(to.promptLength) ?? 0) + (meanOf(to.generationLength) ?? 0) / 2;
    const again = ((to.preemptions ?? 0) - (from.preemptions ?? 0)) * lengths * computedAgain(to);
    const prompts = (to.promptTokens ?? 0) - (from.promptTokens ?? 0) + again;
    return [
      {
        atSeconds: to.atSeconds,
        stretch: stretchAt(tape, (from.atSeconds + to.atSeconds) / 2),
        milliseconds: 1000 * gaps.sum,
        iterations: gaps.count,
        sequences: gaps.count * atOnce,
        residentTokens: gaps.count * atOnce * lengths,
        prefillTokens: prompts * atOnce,
      },
    ];
  });
}

/** Tokens computed a second time within a stretch, by what pages say of preemptions. */
function recomputed(pages: readonly PageReading[]): (fromSeconds: number, toSeconds: number) => number {
  const stretches = pages.flatMap((to, index) => {
    const from = pages[index - 1];
    const count = (to.preemptions ?? 0) - (from?.preemptions ?? to.preemptions ?? 0);
    if (from === undefined || count <= 0) return [];
    const tokens = count * ((meanOf(to.promptLength) ?? 0) + (meanOf(to.generationLength) ?? 0) / 2) * computedAgain(to);
    return [{ from: from.atSeconds, to: to.atSeconds, tokens }];
  });
  return (from, to) =>
    stretches.reduce((sum, stretch) => {
      const shared = Math.min(to, stretch.to) - Math.max(from, stretch.from);
      return shared <= 0 ? sum : sum + (stretch.tokens * shared) / (stretch.to - stretch.from);
    }, 0);
}
