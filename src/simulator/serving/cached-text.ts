/** A text that prompts begin with, as far as its blocks are in the cache: always the first `cached` ones. */
export interface CachedText {
  readonly id: number;
  cached: number;
  /** The first so many are held by sequences; the others are free, and there until they are needed. */
  inUse: number;
  /** How many sequences hold how many of its blocks. */
  readonly holders: Map<number, number>;
  /** Its free blocks in the order in which they will be evicted: the last ones of the text first. */
  readonly segments: FreeSegment[];
}

/** Free blocks that were freed together, next to each other in the queue. */
export interface FreeSegment {
  blocks: number;
  /** The text that they are the next free blocks of; none for blocks whose content nobody but their owner can ask for. */
  readonly text: CachedText | undefined;
  before: FreeSegment | undefined;
  after: FreeSegment | undefined;
}
