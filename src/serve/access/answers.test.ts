import { expect, it } from 'vitest';
import { createManualClock } from '../../runtime/index.ts';
import { createAnswers } from './answers.ts';

function setUp(): { ask: (key?: string) => Promise<boolean | 'failed'>; clock: ReturnType<typeof createManualClock>; world: { answer: boolean; reachable: boolean; asked: number } } {
  const clock = createManualClock();
  const world = { answer: true, reachable: true, asked: 0 };
  const answers = createAnswers<boolean>({ clock, grantMs: 10_000, refusalMs: 1000, outageMs: 300_000, most: 2, isGrant: (answer) => answer });
  return {
    clock,
    world,
    async ask(key = 'k') {
      try {
        return await answers.get(key, async () => {
          world.asked += 1;
          await clock.sleep(0).catch(() => {});
          if (!world.reachable) throw new Error('unreachable');
          return world.answer;
        });
      } catch {
        return 'failed';
      }
    },
  };
}

async function answered<T>(clock: ReturnType<typeof createManualClock>, promise: Promise<T>): Promise<T> {
  await clock.advance(0);
  return await promise;
}

it('believes a grant for ten seconds and a refusal for one', async () => {
  const { ask, clock, world } = setUp();
  expect(await answered(clock, Promise.all([ask(), ask()]))).toEqual([true, true]);
  expect(world.asked).toBe(1);
  world.answer = false;
  await clock.advance(7000);
  expect(await ask()).toBe(true);
  expect(world.asked).toBe(1);
  await clock.advance(4000);
  expect(await answered(clock, ask())).toBe(false);
  world.answer = true;
  expect(await ask()).toBe(false);
  await clock.advance(1000);
  expect(await answered(clock, ask())).toBe(true);
  expect(world.asked).toBe(3);
});

it('asks again in the last quarter of a grant, without anybody waiting', async () => {
  const { ask, clock, world } = setUp();
  await answered(clock, ask());
  await clock.advance(8000);
  expect(await ask()).toBe(true);
  await clock.advance(3000);
  expect(await ask()).toBe(true);
  expect(world.asked).toBe(2);
});

it('goes on with grants while nobody can be asked, for five minutes, and never with refusals', async () => {
  const { ask, clock, world } = setUp();
  await answered(clock, ask());
  world.reachable = false;
  await clock.advance(20_000);
  expect(await answered(clock, ask())).toBe(true);
  const tries = world.asked;
  expect(await ask()).toBe(true);
  expect(world.asked).toBe(tries); // one try in five seconds is enough
  await clock.advance(270_000);
  expect(await answered(clock, ask())).toBe(true);
  await clock.advance(10_000);
  expect(await answered(clock, ask())).toBe('failed');
  world.reachable = true;
  expect(await answered(clock, ask())).toBe(true);
  expect(await answered(clock, ask('other'))).toBe(true);
  world.answer = false;
  await clock.advance(11_000);
  expect(await answered(clock, ask())).toBe(false);
  world.reachable = false;
  await clock.advance(2000);
  expect(await answered(clock, ask())).toBe('failed');
});

it('keeps no more answers than it may', async () => {
  const { ask, clock, world } = setUp();
  for (const key of ['a', 'b', 'c', 'a']) await answered(clock, ask(key));
  expect(world.asked).toBe(4);
});
