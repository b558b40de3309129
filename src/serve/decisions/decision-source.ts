import type { PastDecision, VariantAccount } from '../../model/index.ts';

/** Where the server reads what was decided lately, and why. */
export interface DecisionSource {
  /** `undefined`: this instance has decided nothing yet. */
  lastMs(): number | undefined;
  variants(): readonly string[];
  decisions(key: string): readonly PastDecision[];
  account(key: string): VariantAccount | undefined;
}
