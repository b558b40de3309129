import { expect, test } from 'vitest';
import { createRecordedSignal } from './recorded-signal.ts';

test('a signal recorded every 15 s is the mean of its last three samples in 45 s', () => {
  const signal = createRecordedSignal(45_000);
  expect(signal.mean()).toBe(0);
  const means = [0.3, 0.6, 0.9, 2, 2].map((value, index) => {
    signal.record(index * 15_000, value);
    return signal.mean();
  });
  // 0.3; (0.3 + 0.6) / 2; (0.3 + 0.6 + 0.9) / 3; (0.6 + 0.9 + 2) / 3; (0.9 + 2 + 2) / 3
  expect(means.map((mean) => Number(mean.toFixed(4)))).toEqual([0.3, 0.45, 0.6, 1.1667, 1.6333]);
});
