import { z } from 'zod';
import { PolicyError } from './law.ts';
import type { PolicyKind } from './law.ts';
import type { Policy } from './policy.ts';
import data from './tuned.json' with { type: 'json' };

const outcome = z.strictObject({
  settings: z.record(z.string(), z.number()),
  /** Mean over the scenarios. */
  score: z.number(),
  scenarios: z.array(
    z.strictObject({
      scenario: z.string(),
      /** Means over the seeds. */
      attainment: z.number(),
      money: z.number(),
      /** Money of the static fleet that the scenario's SLOs need. */
      staticMoney: z.number(),
      score: z.number(),
    }),
  ),
});

const sweepRecord = z.strictObject({
  format: z.literal(1),
  /** How results were judged. */
  objective: z.string(),
  policies: z.array(
    z.strictObject({
      policy: z.string(),
      /** Day of the sweep. */
      on: z.string(),
      seeds: z.array(z.number().int()),
      tried: z.number().int().positive(),
      /** What refused, and why. */
      leftOut: z.array(z.strictObject({ scenario: z.string(), why: z.string() })),
      published: outcome,
      best: outcome,
    }),
  ),
});

/** What sweeps over settings found, as `tuned.json` keeps it. */
export type SweepRecord = z.output<typeof sweepRecord>;
export type SweepOutcome = z.output<typeof outcome>;

/** The record that is shipped. */
export const shippedSweep: SweepRecord = sweepRecord.parse(data);

/** A policy with the settings that the sweep found best, where they beat the published ones: `<name>-tuned`. */
export function tunedPolicies(kinds: readonly PolicyKind[], record: SweepRecord = shippedSweep): readonly Policy[] {
  return record.policies.flatMap(({ policy, best, published, on, tried }) => {
    if (best.score <= published.score) return [];
    const kind = kinds.find(({ name }) => name === policy);
    if (kind === undefined) throw new PolicyError(`tuned.json has settings for a policy ${policy} that does not exist; run npm run lab:sweep again`);
    const changed = Object.entries(best.settings).map(([key, value]) => `${key} ${value}`);
    const tuned = kind.create(best.settings, `${policy}-tuned`);
    return [{ ...tuned, title: `${kind.title}, best settings of a sweep`, source: `${kind.source} Settings by a sweep of ${tried} on ${on}: ${changed.join(', ')}.` }];
  });
}
