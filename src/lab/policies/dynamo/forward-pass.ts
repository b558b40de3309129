/** One iteration of an engine as its forward pass metrics tell it, or what its page says of the iterations since the last look. */
export interface ForwardPass {
  /** Prompt tokens in it. */
  readonly prefillTokens: number;
  /** Tokens of a prompt. */
  readonly promptTokens: number;
  /** Sequences that decode, and the tokens in their KV cache. */
  readonly decoding: number;
  readonly decodeKvTokens: number;
  /** Prompt tokens that wait. */
  readonly queuedPrefillTokens: number;
  /** KV tokens of sequences that wait to decode, their prompts being done elsewhere. */
  readonly queuedDecodeKvTokens: number;
  /** How long it took; `undefined` when nothing ran. */
  readonly seconds: number | undefined;
}
