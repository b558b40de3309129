import { expect, it } from 'vitest';
import { createStages } from '../../../test/support/decide/stages.ts';
import { defaultPolicy } from '../../model/index.ts';
import { capacityLines, needLines } from './basis-text.ts';

it('says what a prompt takes of a server that computes prompts only, and how many sequences one runs that answers', () => {
  const server = { baseMs: 15, perSequenceMs: 0.05, perResidentKiloMs: 0.03, perPromptKiloMs: 67, kvCapacityTokens: 900_000 };
  const one = { replicas: 1 };
  const stages = createStages(server, { promptTokens: 5000, generationTokens: 300 }, { prefill: one, decode: one }, { ...defaultPolicy, slo: { ttftSeconds: 3, itlSeconds: 0.06, attainment: 0.99 } });
  for (let cycle = 0; cycle < 40; cycle++) stages.step(2);
  const { prefill, decode } = stages.step(2);
  const told = [prefill, decode].map(({ basis }) => (basis === undefined ? '' : [...needLines(basis), ...capacityLines(basis)].join(' ').replaceAll(/\s+/g, ' ')));
  expect(told[0]).toMatch(/\/s when full, where a prompt takes 0\.3\d s; its KV cache holds 900000 tokens\./);
  expect(told[1]).toMatch(/\/s when full, at \d+ sequences, where (its KV cache is full|the ITL target binds);/);
});
