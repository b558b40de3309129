import type { Requests } from '../decide/fleet.ts';
import type { ModelPlan, VariantPlan } from './plan.ts';

/** What a model's requests are to a replica of this role: prefill servers answer with one token, and hand the prompt on. */
export function requestsAt({ requests }: ModelPlan, { role = 'both' }: VariantPlan): Requests {
  return role === 'prefill' ? { ...requests, generationTokens: 1 } : requests;
}
