import type { Tape, TapeRequest } from './tape.ts';

/** What the client saw between two times, in the words in which a replica's readings are given. */
export interface Truth {
  readonly arrivals: number;
  readonly completions: number;
  readonly promptTokens: number;
  readonly generationTokens: number;
  readonly meanPromptTokens: number | undefined;
  readonly meanGenerationTokens: number | undefined;
  readonly ttftSeconds: number | undefined;
  readonly itlSeconds: number | undefined;
  readonly e2eSeconds: number | undefined;
  /** How many events each mean is over. */
  readonly firstTokens: number;
}

/** Over (fromS, toS]. Tokens between the first and the last are taken as evenly spaced: the client kept no more. */
export function truthBetween({ requests }: Tape, fromS: number, toS: number): Truth {
  const within = (atS: number): boolean => atS > fromS && atS <= toS;
  const begun = requests.filter(({ firstTokenS }) => within(firstTokenS));
  const ended = requests.filter(({ endS }) => within(endS));
  const gaps = requests.map((request) => gapsBetween(request, fromS, toS));
  const gapCount = total(gaps.map(({ count }) => count));
  return {
    arrivals: requests.filter(({ atS }) => within(atS)).length,
    completions: ended.length,
    promptTokens: total(begun.map(({ inputTokens }) => inputTokens)),
    generationTokens: begun.length + gapCount,
    meanPromptTokens: mean(ended.map(({ inputTokens }) => inputTokens)),
    meanGenerationTokens: mean(ended.map(({ outputTokens }) => outputTokens)),
    ttftSeconds: mean(begun.map(({ atS, firstTokenS }) => firstTokenS - atS)),
    itlSeconds: gapCount > 0 ? total(gaps.map(({ seconds }) => seconds)) / gapCount : undefined,
    e2eSeconds: mean(ended.map(({ atS, endS }) => endS - atS)),
    firstTokens: begun.length,
  };
}

/** How many gaps between tokens of a request lie within, and how many seconds they take. */
function gapsBetween({ firstTokenS, endS, outputTokens }: TapeRequest, fromS: number, toS: number): { count: number; seconds: number } {
  const lasting = endS - firstTokenS;
  const seconds = Math.max(0, Math.min(endS, toS) - Math.max(firstTokenS, fromS));
  return lasting <= 0 ? { count: 0, seconds: 0 } : { count: ((outputTokens - 1) * seconds) / lasting, seconds };
}

/** Requests that the client had sent and not seen the end of. */
export function inFlightAt({ requests }: Tape, atS: number): number {
  return requests.filter((request) => request.atS <= atS && request.endS > atS).length;
}

/** Requests of which the client had not yet seen a first token. */
export function withoutFirstTokenAt({ requests }: Tape, atS: number): number {
  return requests.filter((request) => request.atS <= atS && request.firstTokenS > atS).length;
}

/** Blocks that the requests between their first and last token need at least, by what the client saw of them. */
export function blocksAt({ requests }: Tape, atS: number, blockTokens: number): number {
  return total(
    requests
      .filter(({ firstTokenS, endS }) => firstTokenS <= atS && endS > atS)
      .map(({ inputTokens, outputTokens, firstTokenS, endS }) => {
        const made = 1 + ((outputTokens - 1) * (atS - firstTokenS)) / (endS - firstTokenS);
        return Math.ceil((inputTokens + made) / blockTokens);
      }),
  );
}

export function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : total(values) / values.length;
}
