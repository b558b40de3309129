import { describe, expect, it } from 'vitest';
import { assert, nat, property } from 'fast-check';
import { parseDuration, writeDuration } from './durations.ts';

describe('durations', () => {
  it.each([
    ['15s', 15_000],
    ['1m30s', 90_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['0', 0],
    ['0s', 0],
  ])('reads %s', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(['', '15', 's', '-1m', '10 s', '1d', '1m 30s', 'abc', '.5s'])('refuses %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  it('reads back what it writes', () => {
    assert(property(nat(1e9), (ms) => parseDuration(writeDuration(ms)) === ms));
  });
});
