import type { ServingProfile } from '../../simulator/index.ts';
import type { Tape } from './tape.ts';

/** What a server was told when it was started, as far as its pages show it. */
export type ServerLimits = Pick<ServingProfile, 'maxSequences' | 'tokenBudget' | 'kvBlocks' | 'blockTokens' | 'maxModelTokens'>;

export interface KnownLimits {
  readonly limits: ServerLimits;
  /** Sentences: what was read, what was inferred, what was taken for granted. */
  readonly notes: readonly string[];
}

/** vLLM's own when nobody says otherwise. */
const usual = { maxSequences: 256, tokenBudget: 2048, blockTokens: 16 };

/**
 * Limits are settings and no behaviour, so all recordings of a server may be asked for them, those that are to be predicted too. Blocks stand on
 * the pages. The limit of sequences does not: it is what ran while others waited beside free blocks. `given` wins over everything.
 */
export function readLimits(tapes: readonly Tape[], given: Partial<ServerLimits> = {}): KnownLimits {
  const pages = tapes.flatMap((tape) => tape.pages);
  const notes: string[] = [];
  const kvBlocks = given.kvBlocks ?? pages.findLast((page) => page.kvBlocks !== undefined)?.kvBlocks;
  const blockTokens = given.blockTokens ?? pages.findLast((page) => page.blockTokens !== undefined)?.blockTokens ?? usual.blockTokens;
  if (kvBlocks === undefined) notes.push('No page says how many KV blocks there are (vllm:cache_config_info); they were taken as unlimited. Give --kv-blocks where that is wrong.');
  else notes.push(`${kvBlocks} KV blocks of ${blockTokens} tokens, from the pages.`);

  const most = Math.max(1, ...pages.map(({ running }) => running ?? 0), ...tapes.map(({ requests }) => mostAtOnce(requests ?? [])));
  const room = (running: number): number => (kvBlocks === undefined ? 1 : 1 - 1.5 / Math.max(1, running) - 2 / kvBlocks);
  const full = pages.filter(({ running = 0, waiting = 0, kvUsedFraction = 1 }) => waiting > 1 && running > 0 && kvUsedFraction < room(running)).map(({ running = 0 }) => running);
  const inferred = full.length >= 2 ? Math.max(...full) : undefined;
  const maxSequences = given.maxSequences ?? (inferred === undefined ? Math.max(usual.maxSequences, most) : Math.max(inferred, most));
  if (given.maxSequences === undefined) {
    notes.push(
      inferred === undefined
        ? `No page shows requests that wait beside free KV blocks, so the limit of sequences never mattered; it was taken as ${maxSequences}. Give --max-sequences where it will.`
        : `At most ${maxSequences} sequences: ${full.length} pages show others waiting beside free KV blocks.`,
    );
  }

  const steps = pages.flatMap(({ iterationTokens }) => (iterationTokens === undefined ? [] : [iterationTokens.bounds[iterationTokens.counts.findLastIndex((count) => count > 0)] ?? 0]));
  const tokenBudget = given.tokenBudget ?? Math.max(usual.tokenBudget, ...steps);
  if (given.tokenBudget === undefined) notes.push(`${tokenBudget} tokens an iteration at most, vLLM's own limit unless the pages show more; no page tells it. Give --token-budget where it is another.`);

  const longest = Math.max(0, ...tapes.flatMap(({ requests = [] }) => requests.map(({ promptTokens, generationTokens }) => promptTokens + generationTokens)));
  const shown = Math.max(0, ...pages.map(({ promptLength }) => promptLength?.bounds.at(-1) ?? 0));
  // bounds of token histograms go 1, 2, 5 up to the longest request, so the next one is above it
  const maxModelTokens = given.maxModelTokens ?? Math.max(longest, 2.5 * shown, 2048);
  return { limits: { maxSequences, tokenBudget, kvBlocks: kvBlocks ?? 10_000_000, blockTokens, maxModelTokens }, notes };
}

/** The most requests of a log between their first and last token at one time. */
function mostAtOnce(requests: readonly { readonly atSeconds: number; readonly ttftSeconds?: number; readonly e2eSeconds?: number }[]): number {
  const moments = requests
    .flatMap(({ atSeconds, ttftSeconds, e2eSeconds }) =>
      ttftSeconds === undefined || e2eSeconds === undefined ? [] : [{ at: atSeconds + ttftSeconds, by: 1 }, { at: atSeconds + e2eSeconds, by: -1 }],
    )
    .toSorted((a, b) => a.at - b.at || a.by - b.by);
  let now = 0;
  let most = 0;
  for (const { by } of moments) most = Math.max(most, (now += by));
  return most;
}
