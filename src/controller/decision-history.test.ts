import { expect, it } from 'vitest';
import { immediate, noonMs, sceneOf, times, type VariantSketch } from '../../test/support/decide/scene.ts';
import { decide, planEmission } from '../decide/index.ts';
import { emptyMemory, policySetOf, type Memory } from '../model/index.ts';
import { createDecisionHistory, type DecisionHistory } from './decision-history.ts';

function play(history: DecisionHistory, cycles: readonly (readonly VariantSketch[])[]): void {
  let memory: Memory = emptyMemory;
  for (const [index, sketches] of cycles.entries()) {
    const atMs = noonMs + index * 15_000;
    const observation = sceneOf(sketches, atMs);
    const { decisions, memory: next } = decide(observation, policySetOf(immediate), memory, atMs);
    history.hear({ atMs, observation, policy: policySetOf(immediate), memory, decisions, emission: planEmission(observation, decisions, memory, atMs) });
    memory = next;
  }
}

const calm = { name: 'v', replicas: times(2, { kv: 0.5, queue: 0 }) };
const busy = { name: 'v', replicas: times(2, { kv: 0.75, queue: 0 }) };
const silent = { name: 'v', replicas: times(2, {}) };
const secondsOf = (history: DecisionHistory, key = 'prod/v'): number[] => history.decisions(key).map(({ atMs }) => (atMs - noonMs) / 1000);

it('knows nothing before the first cycle', () => {
  const history = createDecisionHistory();
  expect([history.lastMs(), history.variants(), history.decisions('prod/v'), history.account('prod/v')]).toEqual([undefined, [], [], undefined]);
});

it('keeps what was news and the latest, newest first', () => {
  const history = createDecisionHistory();
  play(history, [[calm], [calm], [calm], [busy], [busy], [silent], [silent]]);
  expect(history.decisions('prod/v').map(({ from, to, reason }) => `${from} -> ${to} ${reason}`)).toEqual(['3 -> 3 HeldMetricsMissing', '3 -> 3 Demand', '2 -> 3 Demand', '2 -> 2 Steady', 'undefined -> 2 Steady']);
  expect(secondsOf(history)).toEqual([90, 60, 45, 30, 0]);
  expect(history.lastMs()).toBe(noonMs + 90_000);
});

it('has the last decision whole, with what the model’s other variants were decided', () => {
  const history = createDecisionHistory();
  play(history, [[busy, { ...calm, name: 'w', accelerator: 'H100' }, { ...calm, name: 'other', model: 'another' }]]);
  const { account } = history.account('prod/v') ?? {};
  expect(account).toMatchObject({ atMs: noonMs, decision: { variant: { key: 'prod/v' } }, seen: { variant: { key: 'prod/v' } }, policy: immediate });
  expect(account?.others.map(({ variant }) => variant.key)).toEqual(['prod/w']);
  expect(history.variants()).toEqual(['prod/other', 'prod/v', 'prod/w']);
});

it('keeps twenty of each, fewer where there are many, and none of what is gone', () => {
  const flapping = Array.from({ length: 50 }, (_, index) => [index % 2 === 0 ? calm : silent]);
  const history = createDecisionHistory();
  play(history, flapping);
  expect(history.decisions('prod/v')).toHaveLength(20);
  play(history, [[{ ...calm, name: 'w' }]]);
  expect(history.variants()).toEqual(['prod/w']);
  expect(history.decisions('prod/v')).toEqual([]);
  const many = (sketch: VariantSketch): VariantSketch[] => Array.from({ length: 4000 }, (_, index) => ({ ...sketch, name: `v${index}` }));
  const crowd = createDecisionHistory();
  play(crowd, [many(calm), many(silent), many(calm), many(silent)]);
  expect(crowd.decisions('prod/v7')).toHaveLength(2);
});
