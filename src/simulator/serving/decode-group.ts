import { createEndHeap } from './end-heap.ts';
import type { KvCache } from './kv-cache.ts';
import type { Sequence } from './sequence.ts';
import { tokensToSample } from './sequence.ts';

/**
 * The sequences of an engine that decode. They all advance by one token in the same iterations, so the group counts iterations
 * and not tokens: joining, leaving and advancing cost next to nothing however many there are, and however long they run.
 */
export interface DecodeGroup {
  size(): number;
  /** Tokens in the cache of all of them. */
  residentTokens(): number;
  /** Blocks that one more iteration needs. */
  blocksForNext(): number;
  /** How many more iterations than the next one can run in `free` blocks, at most `most`. */
  iterationsAfterNext(free: number, most: number): number;
  /** Iterations until the first has sampled all its tokens. */
  untilFirstEnd(): number;
  /** Takes the blocks of one iteration. */
  reserveNext(): void;
  /** `count` iterations have run, the blocks of the first of them reserved before; those of the others are taken. */
  advance(count: number): void;
  join(sequence: Sequence): void;
  /** Writes what it has computed, sampled and holds into the sequence. */
  leave(sequence: Sequence): void;
  /** Takes out one that has sampled all its tokens, in order of arrival. */
  popEnded(): Sequence | undefined;
  computed(sequence: Sequence): number;
  generated(sequence: Sequence): number;
}

export function createDecodeGroup(cache: KvCache): DecodeGroup {
  const { blockTokens } = cache;
  /** Sequences by (computed - clock) modulo the block: which of them begin a new block in which iteration. */
  const phases = new Int32Array(blockTokens);
  const ends = createEndHeap();
  let size = 0;
  let clock = 0;
  /** Blocks are taken for the iterations before this one. */
  let reserved = 0;
  /** Sum of (computed - clock) over the sequences. */
  let offsets = 0;

  function phaseOf(offset: number): number {
    const phase = offset % blockTokens;
    return phase < 0 ? phase + blockTokens : phase;
  }

  /** Sequences that begin a block in the iteration that starts when the clock says `at`. */
  function beginners(at: number): number {
    const phase = at % blockTokens;
    return phases[phase === 0 ? 0 : blockTokens - phase] as number;
  }

  /** Blocks for the iterations from clock `from` to before `until`. */
  function blocksBetween(from: number, until: number): number {
    const rounds = Math.floor((until - from) / blockTokens);
    let blocks = rounds * size;
    for (let at = from + rounds * blockTokens; at < until; at++) blocks += beginners(at);
    return blocks;
  }

  function leave(sequence: Sequence): void {
    ends.remove(sequence);
    const offset = sequence.computed - sequence.joinedAt;
    offsets -= offset;
    const phase = phaseOf(offset);
    phases[phase] = (phases[phase] as number) - 1;
    size -= 1;
    sequence.decoding = false;
    const ran = clock - sequence.joinedAt;
    sequence.computed += ran;
    sequence.generated += ran;
    sequence.blocks = Math.max(sequence.blocks, cache.blocksFor(offset + reserved));
  }

  return {
    size: () => size,
    residentTokens: () => offsets + size * clock,
    blocksForNext: () => (reserved > clock ? 0 : beginners(clock)),
    iterationsAfterNext(free, most) {
      const rounds = Math.min(Math.floor(free / size), Math.floor(most / blockTokens));
      let left = free - rounds * size;
      let iterations = rounds * blockTokens;
      while (iterations < most) {
        left -= beginners(clock + 1 + iterations);
        if (left < 0) break;
        iterations += 1;
      }
      return iterations;
    },
    untilFirstEnd() {
      const first = ends.first();
      return first === undefined ? Infinity : first.endsAt - clock;
    },
    reserveNext() {
      if (size === 0 || reserved > clock) return;
      cache.take(beginners(clock));
      reserved = clock + 1;
    },
    advance(count) {
      clock += count;
      if (clock > reserved) {
        cache.take(blocksBetween(reserved, clock));
        reserved = clock;
      }
    },
    join(sequence) {
      sequence.decoding = true;
      sequence.joinedAt = clock;
      sequence.endsAt = clock + tokensToSample(sequence) - sequence.generated;
      const offset = sequence.computed - clock;
      offsets += offset;
      const phase = phaseOf(offset);
      phases[phase] = (phases[phase] as number) + 1;
      size += 1;
      ends.add(sequence);
    },
    leave,
    popEnded() {
      const first = ends.first();
      if (first === undefined || first.endsAt > clock) return undefined;
      leave(first);
      return first;
    },
    computed: (sequence) => sequence.computed + (sequence.decoding ? clock - sequence.joinedAt : 0),
    generated: (sequence) => sequence.generated + (sequence.decoding ? clock - sequence.joinedAt : 0),
  };
}
