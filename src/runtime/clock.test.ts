import { expect, it } from 'vitest';
import { createManualClock } from './clock.ts';
import { createRandom } from './random.ts';

it('fires what is due in order of time, then in order of asking', async () => {
  const clock = createManualClock(1000);
  const seen: string[] = [];
  clock.schedule(20, () => seen.push(`b@${clock.now()}`));
  clock.schedule(10, () => seen.push(`a@${clock.now()}`));
  clock.schedule(20, () => seen.push(`c@${clock.now()}`));
  const cancel = clock.schedule(15, () => seen.push('never'));
  cancel();
  void clock.sleep(12).then(() => clock.sleep(3)).then(() => seen.push(`slept@${clock.now()}`));
  await clock.advance(30);
  expect(seen).toEqual(['a@1010', 'slept@1015', 'b@1020', 'c@1020']);
  expect(clock.now()).toBe(1030);
});

it('ends a sleep with the reason of its signal', async () => {
  const clock = createManualClock();
  const stop = new AbortController();
  const slept = clock.sleep(1000, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(slept).rejects.toThrow('stopped');
});

it('draws the same from the same seed, another from another, and forks apart', () => {
  const first = createRandom('world-7');
  const again = createRandom('world-7');
  const draws = Array.from({ length: 1000 }, () => first.next());
  expect(draws).toEqual(Array.from({ length: 1000 }, () => again.next()));
  expect(draws.every((x) => x >= 0 && x < 1)).toBe(true);
  const mean = draws.reduce((a, b) => a + b) / draws.length;
  expect(mean).toBeGreaterThan(0.46);
  expect(mean).toBeLessThan(0.54);
  expect(createRandom('world-8').next()).not.toBe(draws[0]);
  expect(createRandom('world-7').fork('pods').next()).not.toBe(createRandom('world-7').fork('traffic').next());
});
