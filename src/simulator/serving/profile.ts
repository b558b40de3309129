/** What one replica can do, on one accelerator. `iteration-time.ts` says how the first four make the time of an iteration. */
export interface ServingProfile {
  readonly modelID: string;
  readonly accelerator: string;
  readonly baseMs: number;
  readonly perPrefillTokenMs: number;
  readonly perSequenceMs: number;
  readonly perResidentTokenMs: number;
  /** Added to what the client sees of the first token and of the end, not to the engine's work. */
  readonly networkMs: number;
  readonly maxSequences: number;
  /** Tokens that one iteration may process; longer prompts are prefilled in chunks. */
  readonly tokenBudget: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly maxModelTokens: number;
  readonly costPerHour: number;
  /** Whose scheduler and metrics it has; vLLM's unless told. */
  readonly engine?: 'vllm' | 'sglang';
  /** Full blocks are found again by their content until they are needed; on unless told, as in both engines. */
  readonly prefixCaching?: boolean;
  /** KV cache of one token over all layers and the whole replica, in bytes; for the transfer between prefill and decode servers. */
  readonly kvBytesPerToken?: number;
  /** What a prefill server's link carries, gigabits per second; transfers take no time unless told. */
  readonly transferGbps?: number;
  /** Added to every transfer. */
  readonly transferLatencyMs?: number;
  /**
   * Pauses of a machine that is shared, in each second of work; none unless told. With `pauseMs` they lengthen single iterations:
   * the mean of an iteration grows by the factor `1 + pausesPerSecond × pauseMs / 1000`.
   */
  readonly pausesPerSecond?: number;
  /** Their mean length; lengths are exponential. */
  readonly pauseMs?: number;
}
