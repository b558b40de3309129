import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scene } from '../../../test/support/lab/scenes.ts';
import type { Pod } from './pod.ts';
import { stagedVariants } from './stage-variants.ts';
import { leastWorthKeeping } from './victims.ts';

const [variant] = stagedVariants(scene());
const nowMs = 1_000_000;

function pod(uid: string, since: { readonly readyS?: number; readonly createdS?: number; readonly pending?: boolean }): Pod {
  if (variant === undefined) throw new Error('A scene has a variant.');
  const { readyS, createdS = readyS ?? 0, pending = false } = since;
  const createdAtMs = nowMs - createdS * 1000;
  return {
    name: uid, uid, variant, ordinal: 0, askedAtMs: createdAtMs, createdAtMs,
    ...(!pending && { scheduledAtMs: createdAtMs }),
    ...(readyS !== undefined && { readySinceMs: nowMs - readyS * 1000 }),
  };
}

function order(...pods: readonly Pod[]): readonly string[] {
  return pods.toSorted(leastWorthKeeping(nowMs)).map(({ uid }) => uid);
}

describe('who goes first', () => {
  it('is a pod without a node, then one that is not ready, then a ready one', () => {
    expect(order(pod('ready', { readyS: 1 }), pod('starting', { createdS: 900 }), pod('pending', { createdS: 900, pending: true }))).toEqual(['pending', 'starting', 'ready']);
  });

  it('is the younger one, where its age is another power of two', () => {
    expect(order(pod('a', { readyS: 500 }), pod('b', { readyS: 100 }), pod('c', { readyS: 20 }))).toEqual(['c', 'b', 'a']);
    expect(order(pod('a', { createdS: 500 }), pod('b', { createdS: 20 }))).toEqual(['b', 'a']);
  });

  it('is chance among pods of like age: 2^36 ns is 69 s, and 2^37 ns is 137 s', () => {
    expect(order(pod('b', { readyS: 70 }), pod('a', { readyS: 137 }))).toEqual(['a', 'b']);
    expect(order(pod('b', { readyS: 68 }), pod('a', { readyS: 70 }))).toEqual(['b', 'a']);
  });

  it('is one order, whoever is compared first', () => {
    const any = fc.record({ readyS: fc.option(fc.integer({ min: 0, max: 5000 }), { nil: undefined }), createdS: fc.integer({ min: 0, max: 9000 }), pending: fc.boolean() });
    fc.assert(fc.property(fc.array(any, { minLength: 2, maxLength: 8 }), (all) => {
      const pods = all.map(({ readyS, createdS, pending }, index) =>
        pod(`uid-${index}`, readyS === undefined ? { createdS, pending } : { readyS, createdS: Math.max(createdS, readyS) }));
      expect(order(...pods)).toEqual(order(...pods.toReversed()));
    }));
  });
});
