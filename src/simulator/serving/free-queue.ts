import { assert } from '../../base/index.ts';
import type { CachedText, FreeSegment } from './cached-text.ts';

/**
 * Free blocks in the order in which they were freed. It costs as much as there are segments, not blocks: blocks without
 * content that follow each other are one segment.
 */
export interface FreeQueue {
  size(): number;
  /** Takes the blocks that have been free longest; their content is gone. */
  take(blocks: number): void;
  /** Adds blocks behind all others. With `what` they stay apart from those before them, and the segment is returned. */
  add(blocks: number, what?: { readonly text?: CachedText }): FreeSegment | undefined;
  /** Takes blocks out of a segment, wherever it is, because their content is wanted. */
  remove(segment: FreeSegment, blocks: number): void;
  /** Counts them one segment after the other. */
  count(): number;
}

export function createFreeQueue(blocks: number, onEvict: (segment: FreeSegment, blocks: number) => void): FreeQueue {
  let size = 0;
  let first: FreeSegment | undefined;
  let last: FreeSegment | undefined;
  /** The last segment, when blocks without content may still join it. */
  let open: FreeSegment | undefined;

  function unlink(segment: FreeSegment): void {
    if (segment.before === undefined) first = segment.after;
    else segment.before.after = segment.after;
    if (segment.after === undefined) last = segment.before;
    else segment.after.before = segment.before;
    if (open === segment) open = undefined;
    segment.before = undefined;
    segment.after = undefined;
  }

  function append(count: number, text: CachedText | undefined): FreeSegment {
    const segment: FreeSegment = { blocks: count, text, before: last, after: undefined };
    if (last === undefined) first = segment;
    else last.after = segment;
    last = segment;
    return segment;
  }

  const queue: FreeQueue = {
    size: () => size,
    take(wanted) {
      assert(wanted <= size, `${wanted} KV blocks were taken of ${size} free ones.`);
      size -= wanted;
      let left = wanted;
      while (left > 0) {
        const segment = first as FreeSegment;
        const taken = Math.min(left, segment.blocks);
        segment.blocks -= taken;
        left -= taken;
        onEvict(segment, taken);
        if (segment.blocks === 0) unlink(segment);
      }
    },
    add(count, what) {
      assert(count >= 0, `${count} KV blocks came back.`);
      if (count === 0) return undefined;
      size += count;
      assert(size <= blocks, `More KV blocks came back than there are: ${size} of ${blocks}.`);
      if (what !== undefined) {
        open = undefined;
        return append(count, what.text);
      }
      if (open === undefined) open = append(count, undefined);
      else open.blocks += count;
      return open;
    },
    remove(segment, count) {
      if (count === 0) return;
      segment.blocks -= count;
      size -= count;
      assert(segment.blocks >= 0, `A free segment of KV blocks was short of ${-segment.blocks}.`);
      if (segment.blocks === 0) unlink(segment);
    },
    count() {
      let counted = 0;
      for (let segment = first; segment !== undefined; segment = segment.after) counted += segment.blocks;
      return counted;
    },
  };
  queue.add(blocks);
  return queue;
}
