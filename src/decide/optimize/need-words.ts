import { rounded } from '../../base/index.ts';
import type { BatchSource } from '../../model/index.ts';
import type { Ability } from '../analyze/learned/ability.ts';
import type { Assessment } from '../analyze/learned/assessment.ts';
import type { Member } from '../analyze/group.ts';
import type { LimitedBy } from '../analyze/learned/limits.ts';
import type { Spread } from '../learn/spread.ts';
import type { Together } from './together.ts';

/** Requests per second of a load that does not come, and for which one replica is to be there. */
const somebody = 1e-6;

export function abilityOf(abilities: readonly Ability[], member: Member): Ability | undefined {
  return abilities.find((ability) => ability.member === member);
}

/** Requests per second that what remains has to carry. */
export function surelyNeeded({ atMost, lately, turnedOutNeeded }: Assessment): number {
  return Math.max(atMost, lately, turnedOutNeeded, somebody);
}

/** `is 14.2/s at the most that is likely`. */
export function mostOfIt({ atMost, lately, turnedOutNeeded }: Assessment): string {
  if (turnedOutNeeded > Math.max(atMost, lately)) return `needs what is thought to carry ${rounded(turnedOutNeeded)}/s, for fewer were tried at this load and had to be called back`;
  return lately > atMost ? `has been ${rounded(lately)}/s, to which it may drift back` : `is ${rounded(atMost)}/s at the most that is likely`;
}

/**
 * `The load is 13.7 requests/s (13.3 arriving, 0.4 to drain the queue) and may rise by 1.3/s before new replicas serve`. Of one that returns to a mean:
 * `The load is 17.1 requests/s, and as it comes and goes is expected at 13.7/s, or up to 1.3/s more when new replicas serve`.
 */
export function need({ perSecond, backlogPerSecond, reservePerSecond, heldTo, level, expected }: Assessment): string {
  const parts = backlogPerSecond > 0 ? ` (${rounded(perSecond - backlogPerSecond)} arriving, ${rounded(backlogPerSecond)} to drain the queue)` : '';
  const rise = reservePerSecond > 0 ? ` and may rise by ${rounded(reservePerSecond)}/s before new replicas serve` : '';
  const held = heldTo === undefined ? '' : `, for the ${heldTo.by === 'prompts' ? 'prefill' : 'decode'} replicas that there may be pass no more of ${rounded(heldTo.ofPerSecond)}/s`;
  if (expected === undefined) return `The load is ${rounded(perSecond)} requests/s${parts}${held}${rise}`;
  const more = reservePerSecond > 0 ? `, or up to ${rounded(reservePerSecond)}/s more` : '';
  return `The load is ${rounded(level.perSecond)} requests/s, and as it comes and goes is expected at ${rounded(perSecond)}/s${parts}${held}${more} when new replicas serve`;
}

/** What one replica may be given; `surely`: in the worst case by which removals are weighed. */
export function able(ability: Ability | undefined, surely?: 'surely'): string {
  const { carries, carriesSurely, limits, batch, member, guessed, note } = ability ?? {};
  if (carries === undefined || limits === undefined) return 'nothing is known of what a replica carries';
  const guess = guessed === true ? ', by data sheets,' : '';
  const sustained = surely === undefined ? carries : (carriesSurely ?? carries);
  return `a replica of ${member?.variant.name ?? ''} sustains${guess} ${rounded(sustained)}/s with headroom (${rounded(Math.min(limits.perSecond, limits.promptsPerSecond))}/s when full: ${limits.prompts === undefined ? bound[limits.by](rounded(limits.sequences, 0), batch?.from ?? 'Assumed') : `a prompt takes it ${rounded(limits.prompts.service)} s`})${note === undefined ? '' : `, and ${note}`}`;
}

/** `; beside others that are full first, as many requests are in flight on each, so it is given 8.9/s`: what a kind carries in this mix, where that is less than it does alone. */
export function beside({ abilities, spread }: Assessment, { mix, carries, first }: Together, index: number, surely?: 'surely'): string {
  const ability = abilities[index];
  const alone = surely === undefined ? ability?.carries : ability?.carriesSurely;
  const given = carries[index] as number;
  if (spread === undefined || first === undefined || first === index || alone === undefined || (mix.counts[index] as number) === 0 || given >= 0.99 * alone) return '';
  return `; beside ${abilities[first]?.member.variant.name ?? ''}, which is full before it, ${evenly[spread]}, so it is given ${rounded(given)}/s`;
}

const evenly: Readonly<Record<Spread, string>> = { EqualInFlight: 'each has as many requests in flight', EqualRequests: 'as many requests come to each', EqualCache: 'the cache of each is as full' };

/** How it is known how many sequences an engine runs at once, in words. */
const known: Readonly<Record<BatchSource, string>> = { Argument: 'as it is told', Assumed: 'as is assumed', Seen: 'as was seen while others waited' };

/** What keeps one replica from carrying more, in words. */
const bound: Readonly<Record<LimitedBy, (sequences: string, from: BatchSource) => string>> = {
  KvCache: (sequences) => `its KV cache holds ${sequences} sequences`,
  InterTokenLatency: (sequences) => `the ITL target allows ${sequences} sequences`,
  TimeToFirstToken: (sequences) => `the TTFT target allows ${sequences} sequences`,
  Sequences: (sequences, from) => `its engine runs ${sequences} sequences at once, ${known[from]}`,
  Prefill: () => 'prefill keeps the TTFT target up to there',
};
