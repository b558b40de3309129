import { expect, it } from 'vitest';
import { drawStory } from '../support/whole/draw-story.ts';
import { tryStory } from '../support/whole/play-story.ts';
import { seedsBetween } from '../support/worlds/try-world.ts';

/** Among them is every kind of trouble and every analyzer that is drawn; `WVA_SEED` plays another one. */
it.each(seedsBetween(35, 46))('the whole product keeps what must be kept, and settles, in the story of seed %d', { timeout: 60_000 }, async (seed) => {
  expect(await tryStory(drawStory(seed))).toEqual([]);
});
