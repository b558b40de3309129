import type { DemandMemory } from '../../../model/index.ts';
import { secondsToNotice } from '../../learn/rises.ts';
import type { Spread } from '../../learn/spread.ts';
import { carriedBy } from './headroom.ts';
import type { Known } from './laws.ts';
import { shareOf, type Share } from './share.ts';

/** What is known of one member's replica, and what it is thought to carry. */
export interface Ability extends Known {
  /** Requests per second of today that one replica may be given, with the reserve for what may come; absent where nothing is known of it. */
  readonly carries?: number;
  /** The same at a rate that today's may in truth be, and shared by one replica less: what removals are weighed by, lest one calls for the next addition. */
  readonly carriesSurely?: number;
  /** What either means beside replicas of other variants; absent where there are none, and where it does not matter what stands beside. */
  readonly share?: Share;
  readonly shareSurely?: Share;
}

/** A guess from data sheets is right to a fifth or so. */
const trustInGuess = 0.8;
/** From a decision to a new pod's being asked for: a scrape, a cycle and an autoscaler's own. */
export const reactionMs = 30_000;

/** A load that replicas are held against. */
export interface Burden {
  readonly demand: DemandMemory;
  /** Requests per second that come. */
  readonly rate: number;
  /** By how much they may rise until more replicas serve. */
  readonly rise: number;
  /** Replicas that share them. */
  readonly sharing: number;
  /** Standard deviations of chance that are to be borne. */
  readonly deviations: number;
}

/** Requests per second that one replica may be given; `undefined` where nothing is known of it. */
export function carriedUnder({ limits, startup, guessed }: Known, { demand, rate, rise, sharing, deviations }: Burden): number | undefined {
  if (limits === undefined) return undefined;
  const carried = carriedBy(limits, {
    riseShare: rate > 0 ? rise / rate : 0,
    horizonSeconds: (startup.lateMs + reactionMs) / 1000 + secondsToNotice(demand, rate, rise),
    // as many as there are, or as it would take if they were full
    replicas: Math.max(1, sharing, Math.ceil(rate / Math.min(limits.perSecond, limits.promptsPerSecond))),
    deviations,
  });
  return (guessed ? trustInGuess : 1) * carried;
}

/** The same beside replicas of other variants, behind a router that spreads requests so. Servers that compute prompts only are thought to be given what they are able to. */
export function besideOthers(ability: Ability, spread: Spread): Ability {
  const { carries, carriesSurely, limits, kvCapacityTokens } = ability;
  if (carries === undefined || limits === undefined || limits.prompts !== undefined) return ability;
  const sharing = { spread, limits, kvCapacityTokens };
  return { ...ability, share: shareOf({ ...sharing, carries }), ...(carriesSurely !== undefined && { shareSurely: shareOf({ ...sharing, carries: carriesSurely }) }) };
}
