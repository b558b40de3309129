import { expect, it } from 'vitest';
import { createManualClock } from '../runtime/index.ts';
import { createPace } from './pace.ts';

async function starts(play: (world: { clock: ReturnType<typeof createManualClock>; wake: () => void }) => Promise<void>): Promise<number[]> {
  const clock = createManualClock();
  const pace = createPace(clock, 15_000);
  const stop = new AbortController();
  const seen: number[] = [];
  const loop = (async () => {
    for (;;) {
      await pace.nextCycle(stop.signal);
      seen.push(clock.now());
    }
  })();
  await play({ clock, wake: () => pace.wake() });
  stop.abort(new Error('stopped'));
  await expect(loop).rejects.toThrow('stopped');
  return seen;
}

it('starts at once and then every interval', async () => {
  expect(await starts(({ clock }) => clock.advance(31_000))).toEqual([0, 15_000, 30_000]);
});

it('starts early once for many wakes', async () => {
  const seen = await starts(async ({ clock, wake }) => {
    await clock.advance(5000);
    for (let i = 0; i < 20; i++) {
      wake();
      await clock.advance(10);
    }
    await clock.advance(2000);
  });
  expect(seen).toEqual([0, 5000, 6000]);
});

it('keeps a second between an early cycle and the one before', async () => {
  const seen = await starts(async ({ clock, wake }) => {
    await clock.advance(200);
    wake();
    await clock.advance(3000);
  });
  expect(seen).toEqual([0, 1000]);
});

it('makes a hasty cycle at once, which shifts no whole one', async () => {
  const clock = createManualClock();
  const pace = createPace(clock, 15_000);
  const stop = new AbortController();
  const seen: [number, string][] = [];
  const loop = (async () => {
    for (;;) {
      const look = await pace.nextCycle(stop.signal);
      seen.push([clock.now(), look]);
    }
  })();
  await clock.advance(300);
  pace.hurry();
  pace.hurry();
  await clock.advance(700);
  pace.wake();
  await clock.advance(400);
  pace.wake();
  pace.hurry();
  await clock.advance(20_000);
  stop.abort(new Error('stopped'));
  await expect(loop).rejects.toThrow('stopped');
  expect(seen).toEqual([[0, 'whole'], [300, 'hasty'], [1000, 'whole'], [1400, 'hasty'], [2000, 'whole'], [17_000, 'whole']]);
});
