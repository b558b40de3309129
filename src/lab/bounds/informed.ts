import type { Policy } from '../policies/policy.ts';
import type { PolicyStage, StageVariant } from '../stage/policy-stage.ts';
import { meansOver } from './known-load.ts';
import { binSeconds, leadSeconds, planned, setReplicas } from './whole-load.ts';

export interface InformedSettings {
  /** Replicas for each replica's worth of work: 1 has none to spare. */
  readonly reserve: number;
  /** Replicas' worth of work that is kept free besides. */
  readonly spare: number;
  /** Replicas go when they have not been called for for so long. */
  readonly keepSeconds: number;
  /** Whether the change of the last three minutes is thought to go on for one start-up time. */
  readonly trend: boolean;
}

/** Work is that of the last so many bins: a minute. */
const meanBins = 12;
/** A trend is the difference to the minute that ended so many bins ago: three minutes. */
const trendBins = 36;

/**
 * Knows all of the present and nothing of the future: the exact work of each request in the moment in which it comes, its answer included, and what a replica carries; no
 * metric is late, lost or wrong for it. Held against the clairvoyant plans it says how much of their advantage is foresight, which nobody has.
 */
export function informed(settings: InformedSettings): Policy {
  const { reserve, spare, keepSeconds, trend } = settings;
  return {
    name: `informed@${reserve.toFixed(2)}+${spare}/${keepSeconds}s${trend ? '/trend' : ''}`,
    family: 'informed',
    title: `A rule that knows the present, with ${reserve.toFixed(2)} replicas for each replica's worth of work in 60 s and ${spare} more${trend ? ', by its trend' : ''}`,
    source: `Own: the work of the last minute, exact${trend ? ', and its change in three minutes drawn out by one start-up time' : ''}, the cheapest whole mix of variants for it, kept for ${keepSeconds} s (src/lab/bounds).`,
    settings: { reserve, spare, keepSeconds, trend: Number(trend) },
    refuses: () => undefined,
    begin: (stage) => begin(stage, settings),
  };
}

/** Of two seeds of 29 scenarios the best was in none kept for ever, and in none had both a trend and a long memory. */
const courses = [{ keepSeconds: 180, trend: false }, { keepSeconds: 180, trend: true }, { keepSeconds: 900, trend: false }];

/** Rules of one kind with other numbers; the best of them for a scenario is chosen after the fact. */
export function informedRules(): readonly Policy[] {
  return [0.85, 1, 1.25, 2].flatMap((reserve) => [0, 1, 2].flatMap((spare) => courses.map((course) => informed({ reserve, spare, ...course }))));
}

function begin(stage: PolicyStage, { reserve, spare, keepSeconds, trend }: InformedSettings): void {
  const lead = Math.max(...stage.variants.map(({ variant }) => leadSeconds(variant)));
  const carried = (work: readonly number[]): number[] => {
    const meanOf = meansOver(work);
    const meanBefore = (end: number): number => meanOf(end - meanBins, end);
    return work.map((_, bin) => {
      const now = meanBefore(bin + 1);
      const growth = trend && bin >= trendBins + meanBins ? ((now - meanBefore(bin + 1 - trendBins)) * lead) / (trendBins * binSeconds) : 0;
      const coming = Math.max(0, now + growth);
      // at rest there is nothing to be spared for: whoever may go to zero goes
      return coming === 0 ? 0 : coming * reserve + spare;
    });
  };
  planned(stage, { carried, most: ({ maxReplicas }) => maxReplicas }, (variants, counts) => follow(stage, variants, counts, keepSeconds / binSeconds));
}

/** Asks for the replicas of a bin when it is over, and for fewer when none of the last bins called for more: what is there when the load begins counts as called for then. */
function follow(stage: PolicyStage, variants: readonly StageVariant[], counts: readonly (readonly number[])[], keptBins: number): void {
  for (const [index, { key, variant }] of variants.entries()) {
    let asked = variant.initialReplicas;
    for (const bin of counts.keys()) {
      const replicas = Math.max(...counts.slice(Math.max(0, bin + 1 - keptBins), bin + 1).map((each) => each[index] ?? 0), bin < keptBins ? Math.min(asked, variant.initialReplicas) : 0);
      if (replicas === asked) continue;
      asked = replicas;
      stage.after((bin + 1) * binSeconds * 1000, () => setReplicas(stage, key, Math.max(variant.minReplicas, replicas), `the last minute's work calls for ${replicas}`));
    }
  }
}
