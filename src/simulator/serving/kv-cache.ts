import { assert } from '../../base/index.ts';
import type { CachedText, FreeSegment } from './cached-text.ts';
import { createFreeQueue } from './free-queue.ts';
import type { Sequence } from './sequence.ts';

/**
 * The KV cache of one engine, in blocks, one of which is never handed out, as in vLLM. Full blocks are found again by their
 * content: those of a prompt's `prefix` by every request with the same text, those that a preempted sequence had by itself. Free blocks
 * keep their content until they are needed, the longest unused first, and of one sequence the last ones first.
 */
export interface KvCache {
  readonly usable: number;
  readonly blockTokens: number;
  /** Blocks that nobody holds, with or without content. */
  free(): number;
  blocksFor(tokens: number): number;
  /** Takes blocks for a group of sequences that keep the count themselves. @returns false when there are too few. */
  take(blocks: number): boolean;
  /** Tokens of the prompt that are in the cache now; at least one is left to compute. */
  find(sequence: Sequence): number;
  /** Whether all of `tokens` tokens would fit, what is found included. */
  fits(sequence: Sequence, tokens: number): boolean;
  /** Holds what is found, so that `sequence.computed` begins there. Only after `fits`. */
  claim(sequence: Sequence): void;
  /** Holds the blocks for `tokens` tokens in all. @returns false, and does nothing, when there are too few. */
  reserve(sequence: Sequence, tokens: number): boolean;
  /** The same, and what they will hold after this iteration can be found from now on. */
  grow(sequence: Sequence, tokens: number): boolean;
  /** Gives everything back that a sequence holds. `again`: it will come back and look for its own blocks. */
  release(sequence: Sequence, again: boolean): void;
  /** What `free` would be if every block were looked for: the same unless something leaked. For tests, as is `texts`. */
  countFree(): number;
  texts(): number;
}

export function createKvCache(blocks: number, blockTokens: number, prefixCaching = true): KvCache {
  const usable = blocks - 1;
  const texts = new Map<number, CachedText>();
  const queue = createFreeQueue(usable, (segment, evicted) => {
    const { text } = segment;
    if (text === undefined) return;
    text.cached -= evicted;
    if (segment.blocks === 0) text.segments.shift();
    if (text.cached === 0 && text.holders.size === 0) texts.delete(text.id);
  });

  /** Full blocks of a sequence's prompt that belong to its text. */
  function sharable(sequence: Sequence): number {
    const { prefix, promptTokens } = sequence.request;
    return prefix === undefined || !prefixCaching ? 0 : Math.floor(Math.min(prefix.tokens, promptTokens) / blockTokens);
  }

  /** The last token has to be computed whatever is cached, or nothing could be sampled. */
  function foundShared(sequence: Sequence): number {
    const most = Math.min(sharable(sequence), Math.floor((sequence.prefillTarget - 1) / blockTokens));
    if (most <= 0) return 0;
    return Math.min(most, texts.get(sequence.request.prefix?.id ?? 0)?.cached ?? 0);
  }

  function foundOwn(sequence: Sequence, shared: number): number {
    const { leftover, leftoverAfter } = sequence;
    if (leftover === undefined || leftoverAfter !== shared) return 0;
    return Math.min(leftover.blocks, Math.floor((sequence.prefillTarget - 1) / blockTokens) - shared);
  }

  function hold(text: CachedText, count: number): void {
    text.holders.set(count, (text.holders.get(count) ?? 0) + 1);
    text.inUse = Math.max(text.inUse, count);
  }

  function letGo(text: CachedText, count: number): void {
    const left = (text.holders.get(count) ?? 0) - 1;
    assert(left >= 0, `A text of ${text.cached} cached blocks was let go by a sequence that did not hold ${count} of them.`);
    if (left > 0) text.holders.set(count, left);
    else text.holders.delete(count);
    if (left > 0 || count < text.inUse) return;
    text.inUse = 0;
    for (const held of text.holders.keys()) text.inUse = Math.max(text.inUse, held);
  }

  /** Takes the free ones of the first `count` blocks of a text out of the queue: they lie in its newest segments. */
  function reuse(text: CachedText, count: number): void {
    let more = count - text.inUse;
    while (more > 0) {
      const segment = text.segments.at(-1);
      assert(segment !== undefined, `A text has ${text.cached} cached blocks, ${text.inUse} in use, and no free ones.`);
      const taken = Math.min(more, segment.blocks);
      queue.remove(segment, taken);
      if (segment.blocks === 0) text.segments.pop();
      more -= taken;
    }
  }

  /** Puts the blocks that a sequence has filled by now into the cache, as far as nobody was first. */
  function share(sequence: Sequence, tokens: number): void {
    const { prefix } = sequence.request;
    if (!sequence.sharing || prefix === undefined) return;
    const full = Math.min(sharable(sequence), Math.floor(tokens / blockTokens));
    if (full <= sequence.shared) return;
    let text = sequence.text ?? texts.get(prefix.id);
    if (text === undefined) {
      text = { id: prefix.id, cached: 0, inUse: 0, holders: new Map(), segments: [] };
      texts.set(prefix.id, text);
    }
    if (text.cached !== sequence.shared) {
      sequence.sharing = false;
      return;
    }
    if (sequence.shared > 0) letGo(text, sequence.shared);
    text.cached = full;
    sequence.text = text;
    sequence.shared = full;
    hold(text, full);
  }

  function reserve(sequence: Sequence, tokens: number): boolean {
    const more = Math.max(0, Math.ceil(tokens / blockTokens) - sequence.blocks);
    if (more > queue.size()) return false;
    if (more > 0) queue.take(more);
    sequence.blocks += more;
    return true;
  }

  return {
    usable,
    blockTokens,
    free: () => queue.size(),
    blocksFor: (tokens) => Math.ceil(tokens / blockTokens),
    take(count) {
      if (count > queue.size()) return false;
      queue.take(count);
      return true;
    },
    find(sequence) {
      const shared = foundShared(sequence);
      return (shared + foundOwn(sequence, shared)) * blockTokens;
    },
    fits(sequence, tokens) {
      if (sequence.blocks > 0) return Math.ceil(tokens / blockTokens) - sequence.blocks <= queue.size();
      const shared = foundShared(sequence);
      const inUse = shared === 0 ? 0 : Math.min(shared, texts.get(sequence.request.prefix?.id ?? 0)?.inUse ?? 0);
      return Math.ceil(tokens / blockTokens) - inUse <= queue.size();
    },
    claim(sequence) {
      const shared = foundShared(sequence);
      const own = foundOwn(sequence, shared);
      if (sequence.leftover !== undefined) {
        queue.remove(sequence.leftover, own);
        sequence.leftover = undefined;
      }
      if (shared > 0) {
        const text = texts.get(sequence.request.prefix?.id ?? 0) as CachedText;
        reuse(text, shared);
        hold(text, shared);
        sequence.text = text;
      }
      sequence.shared = shared;
      sequence.sharing = true;
      sequence.blocks = shared + own;
      sequence.computed = (shared + own) * blockTokens;
    },
    reserve,
    grow(sequence, tokens) {
      if (!reserve(sequence, tokens)) return false;
      share(sequence, tokens);
      return true;
    },
    release(sequence, again) {
      const { text, shared } = sequence;
      const own = sequence.blocks - shared;
      const kept = again && prefixCaching ? Math.min(own, Math.max(0, Math.floor(sequence.computed / blockTokens) - shared)) : 0;
      queue.add(own - kept);
      sequence.leftover = kept > 0 ? queue.add(kept, {}) : undefined;
      sequence.leftoverAfter = shared;
      if (text !== undefined && shared > 0) {
        const before = text.inUse;
        letGo(text, shared);
        if (text.inUse < before) text.segments.push(queue.add(before - text.inUse, { text }) as FreeSegment);
      }
      sequence.text = undefined;
      sequence.shared = 0;
      sequence.blocks = 0;
    },
    countFree: () => queue.count(),
    texts: () => texts.size,
  };
}
