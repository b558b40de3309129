/**
 * What one replica can do, on one accelerator. The time of one iteration of the engine is
 * `baseMs + prefillTokens × perPrefillTokenMs + sequences × perSequenceMs + residentTokens × perResidentTokenMs`.
 */
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
}
