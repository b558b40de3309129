import { expect, it } from 'vitest';
import { createManualClock } from './clock.ts';
import { mapLimited } from './map-limited.ts';

it('keeps the order, and never has more under way than allowed', async () => {
  const clock = createManualClock();
  let underWay = 0;
  let most = 0;
  const mapped = mapLimited([50, 10, 30, 20, 40], 2, async (ms, index) => {
    most = Math.max(most, ++underWay);
    await clock.sleep(ms);
    underWay--;
    return `${index}:${ms}`;
  });
  await clock.advance(1000);
  expect(await mapped).toEqual(['0:50', '1:10', '2:30', '3:20', '4:40']);
  expect(most).toBe(2);
  expect(await mapLimited([], 4, async () => 1)).toEqual([]);
});

it('begins nothing after an error or an abort, and throws the first', async () => {
  const begun: number[] = [];
  const failing = mapLimited([1, 2, 3, 4], 1, async (n) => {
    begun.push(n);
    if (n === 2) throw new Error('second');
  });
  await expect(failing).rejects.toThrow('second');
  expect(begun).toEqual([1, 2]);
  await expect(mapLimited([1], 1, async () => begun.push(9), AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  expect(begun).toEqual([1, 2]);
});
