import type { InferenceRequest } from './request.ts';

const blockTokens = 16;
const mostBlocksMatched = 256;
const mostBlocks = 31_250;

/**
 * What a router remembers of the prompts that it sent to one server: an approximation of that server's cache, with the
 * inference extension's defaults (blocks of 16 tokens, 256 of them matched, 31 250 remembered, the longest unused forgotten first).
 */
export interface PrefixMemory {
  /** The part of a prompt that the server has seen, 0 to 1. */
  match(request: InferenceRequest): number;
  add(request: InferenceRequest): void;
}

export function createPrefixMemory(): PrefixMemory {
  /** Blocks by text, the longest unused first. */
  const texts = new Map<number, number>();
  let total = 0;

  function blocksOf({ prefix, promptTokens }: InferenceRequest): number {
    return Math.min(mostBlocksMatched, Math.floor(Math.min(prefix?.tokens ?? 0, promptTokens) / blockTokens));
  }

  return {
    match(request) {
      if (request.prefix === undefined) return 0;
      const prompt = Math.min(mostBlocksMatched, Math.floor(request.promptTokens / blockTokens));
      return prompt === 0 ? 0 : Math.min(blocksOf(request), texts.get(request.prefix.id) ?? 0) / prompt;
    },
    add(request) {
      if (request.prefix === undefined) return;
      const before = texts.get(request.prefix.id) ?? 0;
      const blocks = Math.max(before, blocksOf(request));
      if (blocks === 0) return;
      texts.delete(request.prefix.id);
      texts.set(request.prefix.id, blocks);
      total += blocks - before;
      while (total > mostBlocks) {
        const [oldest, forgotten] = texts.entries().next().value as [number, number];
        texts.delete(oldest);
        total -= forgotten;
      }
    },
  };
}
