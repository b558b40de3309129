import { expect, it } from 'vitest';
import { drawView, row, type Picture } from './view.ts';

it('sets cells in columns, and cuts what is too long', () => {
  expect(row([6, -4, 5], ['ab', '7', 'long text'])).toBe('ab       7long…');
});

it('shows load, replicas, the decision and its reason without colours where there are none', () => {
  const picture = {
    elapsedMs: 12_400,
    stats: {
      atMs: 0, cost: 0.1234,
      traffic: [{ modelID: 'm', namespace: 'llm', arrivals: 5, completions: 4, lost: 0, inFlight: 1, held: 0, offeredPerSecond: 2.5, overall: {} }],
      targets: [{ namespace: 'llm', name: 'decode', accelerator: 'A100', specReplicas: 2, readyReplicas: 1, startingReplicas: 1 }],
    },
    decisions: [{ variant: { namespace: 'llm', target: { name: 'decode' } }, desired: 3, reason: 'Demand', load: { kvUsedFraction: 0.816, waiting: 2 } }],
    news: [{ atMs: 9000, text: 'decode: 2 -> 3 Demand.' }],
    addresses: [['metrics', 'http://127.0.0.1:1/metrics']],
  } as unknown as Picture;
  const lines = drawView(picture, false).split('\n');
  expect(lines[0]).toContain('demo, 12 s cost so far 0.123');
  expect(lines.find((line) => line.startsWith('decode'))).toMatch(/^decode\s+A100\s+2\s+1\s+1\s+3\s+82 %\s+2\s+Demand$/);
  expect(lines).toContain('  9 s decode: 2 -> 3 Demand.');
  expect(drawView(picture, false)).not.toContain('\u001B');
});
