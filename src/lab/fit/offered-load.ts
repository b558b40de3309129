import { sum } from '../../base/index.ts';
import type { Random } from '../../runtime/index.ts';
import { increase, meanOf } from './buckets.ts';
import type { Buckets, PageReading } from './page-reading.ts';
import type { Tape } from './tape.ts';

/** One request as it came. */
export interface Offered {
  readonly atSeconds: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
}

/** What was asked of the server: by the client's log, else as far as the server's own pages tell. */
export function offeredLoad(tape: Tape, source: 'log' | 'pages', random: Random): readonly Offered[] {
  return source === 'log' && tape.requests !== undefined ? tape.requests : reconstruct(tape.pages, random);
}

/**
 * Arrivals from the pages alone. In each interval came what ended in it and what is there more at its end; when within it is drawn
 * evenly. Prompts are shared out in the order of first tokens and answers in the order of ends, with the sums of each interval kept and
 * the spread of the histograms within it. Requests that were in the server at the first page count as arrived there and then.
 */
export function reconstruct(pages: readonly PageReading[], random: Random): readonly Offered[] {
  const times: number[] = [];
  let owed = 0;
  for (const [index, page] of pages.entries()) {
    const before = pages[index - 1];
    const inside = (page.running ?? 0) + (page.waiting ?? 0);
    const came = before === undefined ? inside : (page.completed ?? 0) - (before.completed ?? 0) + inside - (before.running ?? 0) - (before.waiting ?? 0) + owed;
    // gauges and counters of one page are of slightly different moments: what is missing here comes in the next
    owed = Math.min(0, came);
    const from = before?.atSeconds ?? page.atSeconds;
    const here = Array.from({ length: Math.max(0, Math.round(came)) }, () => from + random.next() * (page.atSeconds - from));
    times.push(...here.toSorted((a, b) => a - b));
  }
  const first = pages[0];
  const last = pages.at(-1);
  const prompts = shares(pages, times.length, (from, to) => ({ count: increase(from.ttft, to.ttft)?.count ?? 0, total: (to.promptTokens ?? 0) - (from.promptTokens ?? 0) }), spreadOf(increase(first?.promptLength, last?.promptLength)), random);
  const answers = shares(pages, times.length, (from, to) => {
    const ended = increase(from.generationLength, to.generationLength);
    return { count: ended?.count ?? 0, total: ended?.sum ?? 0 };
  }, spreadOf(increase(first?.generationLength, last?.generationLength)), random);
  return times.map((atSeconds, index) => ({ atSeconds, promptTokens: prompts[index] ?? 1, generationTokens: answers[index] ?? 1 }));
}

/** Lengths of `wanted` requests in order: in each interval `count` of them that add up to `total`; the mean of all for those beyond. */
function shares(
  pages: readonly PageReading[],
  wanted: number,
  inInterval: (from: PageReading, to: PageReading) => { readonly count: number; readonly total: number },
  spread: number,
  random: Random,
): readonly number[] {
  const lengths: number[] = [];
  for (const [index, page] of pages.entries()) {
    const before = pages[index - 1];
    if (before === undefined) continue;
    const { count, total } = inInterval(before, page);
    const drawn = Array.from({ length: Math.round(count) }, () => Math.exp(random.normal(0, spread)));
    const scale = total / sum(drawn);
    lengths.push(...drawn.map((share) => Math.max(1, Math.round(share * scale))));
  }
  const mean = lengths.length === 0 ? 1 : sum(lengths) / lengths.length;
  while (lengths.length < wanted) lengths.push(Math.max(1, Math.round(mean * Math.exp(random.normal(-(spread * spread) / 2, spread)))));
  return lengths;
}

/** Standard deviation of the logarithm that fits the histogram best, its mean being known exactly: the most likely of a lognormal law. */
export function spreadOf(buckets: Buckets | undefined): number {
  const mean = meanOf(buckets);
  if (buckets === undefined || mean === undefined || mean <= 0) return 0;
  let best = { spread: 0, likelihood: -Infinity };
  for (let spread = 0.02; spread < 2; spread *= 1.1) {
    const middle = Math.log(mean) - (spread * spread) / 2;
    let below = 0;
    let likelihood = 0;
    for (const [index, count] of buckets.counts.entries()) {
      const bound = buckets.bounds[index];
      const upTo = bound === undefined ? 1 : normalUpTo((Math.log(bound) - middle) / spread);
      if (count > 0) likelihood += count * Math.log(Math.max(1e-12, upTo - below));
      below = upTo;
    }
    if (likelihood > best.likelihood) best = { spread, likelihood };
  }
  return best.spread;
}

/** Standard normal distribution function, to 1e-7 (Abramowitz and Stegun 26.2.17). */
function normalUpTo(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return z >= 0 ? 1 - tail : tail;
}
