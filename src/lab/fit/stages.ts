/** A stretch of a recording with one rate of arrivals. */
export interface Stage {
  /** From 1. */
  readonly number: number;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly perSecond: number;
}

/**
 * Stages of a recording, from nothing but its arrivals: the division into stretches of constant rate that a Poisson process makes most
 * likely, at a price for each boundary (three times the logarithm of the number of bins, so that chance alone seldom makes one). Bins are of 5 s.
 */
export function findStages(arrivals: readonly number[], fromSeconds: number, toSeconds: number): readonly Stage[] {
  const bins = Math.max(1, Math.min(2000, Math.round((toSeconds - fromSeconds) / 5)));
  const width = (toSeconds - fromSeconds) / bins;
  const upTo = Array.from({ length: bins + 1 }, () => 0);
  for (const at of arrivals) {
    const bin = Math.min(bins - 1, Math.floor((at - fromSeconds) / width));
    if (bin >= 0) upTo[bin + 1] = (upTo[bin + 1] ?? 0) + 1;
  }
  for (let bin = 1; bin <= bins; bin++) upTo[bin] = (upTo[bin] ?? 0) + (upTo[bin - 1] ?? 0);
  const price = 3 * Math.log(bins + 1);
  const cost = (from: number, to: number): number => {
    const count = (upTo[to] ?? 0) - (upTo[from] ?? 0);
    return count === 0 ? 0 : -count * Math.log(count / (to - from));
  };
  // best[k]: the cheapest division of the first k bins, and where its last stretch begins
  const best: { readonly cost: number; readonly begin: number }[] = [{ cost: -price, begin: 0 }];
  for (let end = 1; end <= bins; end++) {
    let found = { cost: Infinity, begin: 0 };
    for (let begin = 0; begin < end; begin++) {
      const all = (best[begin]?.cost ?? Infinity) + price + cost(begin, end);
      if (all < found.cost) found = { cost: all, begin };
    }
    best.push(found);
  }
  const boundaries = [bins];
  for (let end = bins; end > 0; ) boundaries.unshift((end = best[end]?.begin ?? 0));
  return boundaries.slice(1).map((end, index) => {
    const begin = boundaries[index] as number;
    const seconds = (end - begin) * width;
    return { number: index + 1, fromSeconds: fromSeconds + begin * width, toSeconds: fromSeconds + end * width, perSecond: ((upTo[end] ?? 0) - (upTo[begin] ?? 0)) / seconds };
  });
}

/** Stages as somebody gives them: `0:5,0.5:25` is nothing for 5 s and then 0.5 requests a second for 25 s. @throws RangeError on anything else. */
export function readPlan(text: string): readonly Stage[] {
  let at = 0;
  return text.split(',').map((part, index) => {
    const match = /^\s*(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)\s*$/.exec(part);
    if (match === null || Number(match[2]) <= 0) throw new RangeError(`--plan: expected RATE:SECONDS such as 0.5:25, found "${part}".`);
    const fromSeconds = at;
    at += Number(match[2]);
    return { number: index + 1, fromSeconds, toSeconds: at, perSecond: Number(match[1]) };
  });
}

/** `1-4,6` of these stages. @throws RangeError naming what is wrong. */
export function chooseStages(text: string, stages: readonly Stage[]): readonly Stage[] {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (match === null || from < 1 || to > stages.length || to < from) {
      throw new RangeError(`--stages: expected numbers from 1 to ${stages.length} such as 1-4,6, found "${part}".`);
    }
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return stages.filter(({ number }) => numbers.has(number));
}

/** Whether a moment lies in one of these stages. */
export function within(stages: readonly Stage[], atSeconds: number): boolean {
  return stages.some(({ fromSeconds, toSeconds }) => atSeconds > fromSeconds && atSeconds <= toSeconds);
}
