import type { Targets } from './queue-model.ts';
import type { ServiceLaw, Work } from './service-law.ts';

/** Where nobody gives a target: iterations may take three times as long as with one request, which is a use of two thirds (1 - 1/3). */
const multiple = 3;

/** Targets that follow from a server alone, in the same terms in which times are expected of it. */
export function inferredTargets({ baseMs, perComputedTokenMs, perResidentTokenMs }: ServiceLaw, { promptTokens, generationTokens }: Work): Required<Targets> {
  return {
    ttftMs: multiple * baseMs + (perComputedTokenMs + perResidentTokenMs) * promptTokens,
    itlMs: multiple * baseMs + perComputedTokenMs + perResidentTokenMs * (promptTokens + generationTokens / 2),
  };
}
