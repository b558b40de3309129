/** What the analyzer `tokens` remembers of a variant. Forgotten as a whole when its engine is told something else. */
export interface TokensMemory {
  /** What the engine was told when this was learned. */
  readonly toldKey: string;
  /** Tokens that one replica was last seen to carry. */
  readonly capacity?: { readonly tokens: number; readonly atMs: number };
  /** Tokens in use while requests waited, by how long the answers were: pairs of a time and a number, oldest first. */
  readonly observed: { readonly short?: readonly number[]; readonly medium?: readonly number[]; readonly long?: readonly number[] };
  /** Since when every look has found a replica with a full queue. */
  readonly queuedSinceMs?: number;
  /** What its requests were last like. */
  readonly requests?: RequestsMemory & { readonly atMs: number };
}

/** What the analyzer `throughput` remembers of a variant. Forgotten as a whole when its engine is told something else. */
export interface ThroughputMemory {
  /** What the engine was told when this was learned. */
  readonly toldKey: string;
  /** Triples of a time, a share of the KV cache in use and seconds between tokens, oldest first. */
  readonly window: readonly number[];
  /** What requests were like when the window began, and what they were last like. */
  readonly began?: RequestsMemory;
  readonly requests?: RequestsMemory;
  /** Seconds between tokens with an empty cache, of the last line that was fitted. */
  readonly baseSeconds?: number;
  /** Looks in a row in which the line was at odds with the tokens that were generated. */
  readonly misses: number;
  /** What one replica was last thought to generate, at the most, with the seconds between tokens that belong to it. */
  readonly capacity?: { readonly tokensPerSecond: number; readonly itlSeconds: number; readonly atMs: number };
}

export interface RequestsMemory {
  readonly promptTokens: number;
  readonly generationTokens: number;
  readonly hitFraction: number;
}

/** What the analyzer `queueing` remembers of a variant. Forgotten as a whole when its engine is told something else, or its profile changes. */
export interface QueueingMemory {
  /** What the engine was told when this was learned, and the profile. */
  readonly toldKey: string;
  /** Milliseconds of an iteration: base, for a computed token, for a resident one; and how sure that is, 3 × 3 row by row. */
  readonly mean?: readonly number[];
  readonly covariance?: readonly number[];
  /** What the three began with. */
  readonly began?: readonly number[];
  /** When it was last learned from, and how often in a row what was seen was not believed. */
  readonly atMs: number;
  readonly refused: number;
  readonly requests?: RequestsMemory;
  /** Replicas that served, and since when as many. */
  readonly serving: number;
  readonly servingSinceMs: number;
}

/** What became of removals that an analyzer called for, in its own unit; the same for all variants that share their requests. */
export interface TakenBack {
  /** Of which analyzer, and of which engines, the loads and capacities are: those of others say nothing. */
  readonly unit: string;
  /** The last one: when, at which load, and the capacity before it. */
  readonly removal?: { readonly atMs: number; readonly load: number; readonly capacity: number };
  /** The capacity that a load turned out to need, and since when that is known. */
  readonly needed?: { readonly load: number; readonly capacity: number; readonly sinceMs: number };
}
