import { drawWorld } from './draw-world.ts';
import { unsettledIn } from './liveness.ts';
import type { WorldPlan } from './plan.ts';
import { playWorld } from './play-world.ts';
import { breachesOf } from './safety.ts';
import { watchSettling } from './settling.ts';

/** Of what one world shows, so many sentences are told: what is wrong once is wrong in every cycle after it. */
const mostTold = 3;

/** What makes a world of a seed. */
type Draw = (seed: number) => WorldPlan;

/** Plays the part of a world in which things go wrong, and looks at every cycle. Returns what is not as it must be. */
export function tryWithFaults(seed: number, draw: Draw = drawWorld): string[] {
  const found: string[] = [];
  const world = { ...draw(seed), settlingMs: 0, stableMs: 0 };
  playWorld(world, (cycle) => {
    for (const breach of breachesOf(cycle, world)) if (found.length < mostTold) found.push(`after ${cycle.atMs / 1000} s ${breach}`);
  });
  return found;
}

/** Plays a world to its end. Returns what has not settled when its faults are over. */
export function trySettling(seed: number, draw: Draw = drawWorld): string[] {
  const world = draw(seed);
  const watch = watchSettling(world);
  playWorld(world, (cycle) => watch.see(cycle));
  return unsettledIn(world, watch.settled());
}

/** What is told of seeds whose worlds are not as they must be, with how to play one alone. */
export function failuresOf(seeds: readonly number[], attempt: (seed: number) => string[]): string[] {
  return seeds.flatMap((seed) => attempt(seed).map((breach) => `seed ${seed} (WVA_SEED=${seed} npx vitest run test/seeds): ${breach}`));
}

/** The seeds from one to another, or the one that the environment names. */
export function seedsBetween(from: number, to: number): number[] {
  const alone = process.env['WVA_SEED'];
  return alone === undefined ? Array.from({ length: to - from + 1 }, (_, index) => from + index) : [Number(alone)];
}
