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
  readonly requests?: { readonly promptTokens: number; readonly generationTokens: number; readonly hitFraction: number; readonly atMs: number };
}
