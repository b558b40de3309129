/** One request as it comes: when, and how long it is. */
export interface Arrival {
  /** Milliseconds after the load began. */
  readonly atMs: number;
  /** Tokens of the whole prompt, a shared beginning included. */
  readonly promptTokens: number;
  readonly generationTokens: number;
  /**
   * The prompt begins with the first `tokens` tokens of text `id`. Two prompts with the same id are alike for as many tokens as
   * the smaller of the two numbers; prompts with different ids, or without, share nothing.
   */
  readonly prefix?: { readonly id: number; readonly tokens: number };
}
