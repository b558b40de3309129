import { expect, it } from 'vitest';
import { readKeptDecisions, writeKeptDecisions, type KeptDecision } from './kept-decisions.ts';

const kept = (uid: string, replicas: number): KeptDecision => ({ uid, target: 'ns/Deployment/d', accelerator: 'A100', replicas, atMs: 5 });

it('come back as they were, in any order', () => {
  const text = writeKeptDecisions([kept('b', 3), kept('a', 0)]);
  expect(writeKeptDecisions([kept('a', 0), kept('b', 3)])).toBe(text);
  expect(readKeptDecisions(text)).toEqual([kept('a', 0), kept('b', 3)]);
  expect(readKeptDecisions(writeKeptDecisions([]))).toEqual([]);
});

it.each(['{', 'null', '7', '{"uid":"a"}', JSON.stringify({ ...kept('a', 1), replicas: -1 }), JSON.stringify({ ...kept('a', 1), replicas: 1.5 }), JSON.stringify({ ...kept('a', 1), atMs: 'now' })])('%s is passed over', (line) => {
  expect(readKeptDecisions(`${line}\n${writeKeptDecisions([kept('b', 2)])}`)).toEqual([kept('b', 2)]);
});
