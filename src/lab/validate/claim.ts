/** One line of the validation table: what was held against what, and how it ended. Texts are for people, with units. */
export interface Claim {
  /** What is claimed, such as `b predicts c: median TTFT`. */
  readonly claim: string;
  /** What the genuine thing, or the published figure, says. */
  readonly reference: string;
  readonly ours: string;
  readonly difference: string;
  readonly verdict: 'holds' | 'misses';
  /** Why it misses, or what the claim leans on. */
  readonly why?: string;
}
