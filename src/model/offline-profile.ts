/** What was measured of one replica before it ever served here. */
export interface OfflineProfile {
  /** Milliseconds between tokens = `itlBaseMs` + `itlPerSequenceMs` × sequences. */
  readonly itlBaseMs: number;
  readonly itlPerSequenceMs: number;
  /** Milliseconds to the first token = `ttftBaseMs` + `ttftPerTokenMs` × prompt tokens × sequences. */
  readonly ttftBaseMs: number;
  readonly ttftPerTokenMs: number;
  /** Sequences that it runs at once at the most. */
  readonly maxSequences: number;
}
