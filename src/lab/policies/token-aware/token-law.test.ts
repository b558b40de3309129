import { describe, expect, test } from 'vitest';
import { prefillBacklogSeconds, prefillThresholdSeconds } from './token-law.ts';

describe('seconds of backlog', () => {
  const h100 = { readyReplicas: 2, prefillVelocity: 15_928 };
  test('of one Deployment', () => {
    // 47 784 tokens at 15 928 a second are 3 s of one replica, so ceil(3 / 1.5) = 2 replicas
    expect(prefillBacklogSeconds(47_784, h100, [h100])).toBe(3);
    expect(prefillBacklogSeconds(0, h100, [h100])).toBe(0);
    expect(prefillBacklogSeconds(undefined, h100, [h100])).toBe(0);
  });

  test('of two that differ: each has its part, by what it can do', () => {
    const slow = { readyReplicas: 4, prefillVelocity: 4000 };
    const fast = { readyReplicas: 1, prefillVelocity: 16_000 };
    // half of 32 000 tokens each: 4 s of one slow replica, 1 s of one fast one
    expect(prefillBacklogSeconds(32_000, slow, [slow, fast])).toBe(4);
    expect(prefillBacklogSeconds(32_000, fast, [slow, fast])).toBe(1);
  });

  test('all of it while nobody is ready', () => {
    const none = { readyReplicas: 0, prefillVelocity: 8000 };
    expect(prefillBacklogSeconds(16_000, none, [none, none])).toBe(2);
  });
});

describe('the threshold', () => {
  // the guide's own table: 8192 tokens, 8 s; 2048 tokens, 3 s
  test.each([
    { ttftSeconds: 8, promptTokens: 8192, prefillVelocity: 2696, want: 4.96 },
    { ttftSeconds: 8, promptTokens: 8192, prefillVelocity: 15_928, want: 7.49 },
    { ttftSeconds: 3, promptTokens: 2048, prefillVelocity: 2696, want: 2.24 },
    { ttftSeconds: 3, promptTokens: 2048, prefillVelocity: 15_928, want: 2.87 },
    // no threshold meets an SLO below the idle floor
    { ttftSeconds: 0.3, promptTokens: 8192, prefillVelocity: 15_928, want: 0.1 },
  ])('TTFT $ttftSeconds s, $promptTokens tokens at $prefillVelocity a second: $want s', ({ want, ...at }) => {
    expect(prefillThresholdSeconds({ ...at, share: 1, floorSeconds: 0.1 })).toBeCloseTo(want, 2);
  });
});
