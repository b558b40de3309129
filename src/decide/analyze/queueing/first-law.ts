import type { OfflineProfile } from '../../../model/index.ts';
import type { ServiceLaw, Work } from './service-law.ts';

/** Of a small model on a large accelerator; where what is seen cannot be explained at all, it is begun with. */
const usual: ServiceLaw = { baseMs: 5, perComputedTokenMs: 0.05, perResidentTokenMs: 0.00005 };
/** Most of the time between tokens is the base, until more is known. */
const baseShare = 0.9;

/** An iteration reads the weights, whoever is there: what others take of it is no more than this. */
const mostOfOthers = 0.7;

/**
 * A law from one sight of mean times, with so many other requests in the batch. With none it is the published guess: nine tenths of the time between tokens are the base, and the rest is the
 * request's own. Beside others its own part is as much smaller, and theirs is in the iteration that it shares with them.
 */
export function guessedLaw({ ttftMs, itlMs, promptTokens, generationTokens }: Work & { readonly ttftMs: number; readonly itlMs: number }, others = 0): ServiceLaw {
  const own = ((1 - baseShare) * itlMs) / (1 + others);
  const shared = itlMs - own;
  // both slopes together, from the prompt
  const slopes = (ttftMs - shared) / promptTokens;
  // answers hold (O + 1) / 2 tokens in the mean of their tokens
  const resident = promptTokens + (generationTokens + 1) / 2;
  const exact = (own - slopes) / (resident - 1);
  const perResidentTokenMs = others > 0 && !(exact > 0) ? own / (2 * resident) : exact;
  const perComputedTokenMs = slopes - perResidentTokenMs;
  const each = (perComputedTokenMs * (promptTokens + generationTokens)) / (generationTokens + 1) + perResidentTokenMs * (promptTokens + generationTokens / 2);
  const theirs = others > 0 ? Math.min(1, (mostOfOthers * shared) / (others * each)) : 1;
  const law = { baseMs: shared - theirs * others * each, perComputedTokenMs: theirs * perComputedTokenMs, perResidentTokenMs: theirs * perResidentTokenMs };
  return Object.values(law).every((value) => value > 0 && Number.isFinite(value)) ? law : usual;
}

/**
 * A law from what was measured before: time between tokens = itlBase + itlPerSequence · n, time to the first = ttftBase + ttftPerToken · prompt with nobody else. The slopes are those that give
 * both for requests like these; where none do, the time between tokens counts.
 */
export function profiledLaw({ itlBaseMs, itlPerSequenceMs, ttftBaseMs, ttftPerTokenMs }: OfflineProfile, { promptTokens, generationTokens }: Work): ServiceLaw | undefined {
  if (!(itlBaseMs > 0) || !(itlPerSequenceMs > 0) || !(promptTokens > 0) || !(generationTokens >= 1)) return undefined;
  const computed = (promptTokens + generationTokens) / (generationTokens + 1);
  const resident = promptTokens + generationTokens / 2;
  const both = (ttftBaseMs + ttftPerTokenMs * promptTokens - itlBaseMs - itlPerSequenceMs) / promptTokens;
  const exact = (both * resident - itlPerSequenceMs) / (resident - computed);
  const fits = exact > 0 && both - exact > 0;
  const perComputedTokenMs = fits ? exact : itlPerSequenceMs / (2 * computed);
  const perResidentTokenMs = fits ? both - exact : itlPerSequenceMs / (2 * resident);
  const own = perComputedTokenMs + perResidentTokenMs * resident;
  return { baseMs: Math.max(0.1 * itlBaseMs, itlBaseMs - own), perComputedTokenMs, perResidentTokenMs };
}
