import { anything, assert, property } from 'fast-check';
import { expect, it } from 'vitest';
import { jsonPieces } from './json-pieces.ts';

it('is what JSON.stringify writes', () => {
  const plain = anything({ withBigInt: false, withDate: false, withMap: false, withSet: false, withTypedArray: false, withSparseArray: false, withNullPrototype: false, maxDepth: 6 });
  assert(property(plain, (value) => [...jsonPieces(value)].join('') === (JSON.stringify(value) ?? 'null')));
});

it('comes in pieces that take no long to make', () => {
  const pieces = [...jsonPieces({ atMs: 1, observation: { variants: Array.from({ length: 1000 }, () => ({ text: 'x'.repeat(10_000) })) } })];
  expect(pieces.length).toBeGreaterThan(15);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(550_000);
});
