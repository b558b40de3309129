import { assert } from '../../base/index.ts';

/** The KV cache of one engine, in blocks. One block is never handed out, as in vLLM. */
export interface BlockPool {
  readonly usable: number;
  readonly blockTokens: number;
  free(): number;
  /** Blocks that hold `tokens` tokens. */
  blocksFor(tokens: number): number;
  take(blocks: number): boolean;
  give(blocks: number): void;
}

export function createBlockPool(blocks: number, blockTokens: number): BlockPool {
  const usable = blocks - 1;
  let used = 0;
  return {
    usable,
    blockTokens,
    free: () => usable - used,
    blocksFor: (tokens) => Math.ceil(tokens / blockTokens),
    take(count) {
      assert(count >= 0, `Blocks are taken, not given, here: ${count}.`);
      if (used + count > usable) return false;
      used += count;
      return true;
    },
    give(count) {
      used -= count;
      assert(used >= 0, `More KV blocks came back than were taken: ${used}.`);
    },
  };
}
