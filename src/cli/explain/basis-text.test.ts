import { expect, it } from 'vitest';
import { createFleet, server } from '../../../test/support/decide/fleet.ts';
import { createStages } from '../../../test/support/decide/stages.ts';
import { defaultPolicy, type DecisionBasis, type ReplicaCapacity } from '../../model/index.ts';
import { capacityLines, needLines } from './basis-text.ts';

it('says what a prompt takes of a server that computes prompts only, and how many sequences one runs that answers', () => {
  const its = { baseMs: 15, perSequenceMs: 0.05, perResidentKiloMs: 0.03, perPromptKiloMs: 67, kvCapacityTokens: 900_000 };
  const one = { replicas: 1 };
  const stages = createStages(its, { promptTokens: 5000, generationTokens: 300 }, { prefill: one, decode: one }, { ...defaultPolicy, slo: { ttftSeconds: 3, itlSeconds: 0.06, attainment: 0.99 } });
  for (let cycle = 0; cycle < 40; cycle++) stages.step(2);
  const { prefill, decode } = stages.step(2);
  const told = [prefill, decode].map(({ basis }) => (basis === undefined ? '' : [...needLines(basis), ...capacityLines(basis)].join(' ').replaceAll(/\s+/g, ' ')));
  expect(told[0]).toMatch(/\/s when full, where a prompt takes 0\.3\d s; its KV cache holds 900000 tokens\./);
  expect(told[1]).toMatch(/\/s when full, at \d+ sequences, where (its KV cache is full|the ITL target binds);/);
});

it.each([
  ['Argument', 'where its engine runs no more (it is told to run up to 48 at once);'],
  ['Seen', 'where its engine runs no more (its replicas were seen to run, while others waited that there was room for, up to 48 at once);'],
] as const)('says how it is known how many sequences an engine runs (%s)', (from, expected) => {
  const fleet = createFleet([{ name: 'v', server, replicas: 3 }], { ...defaultPolicy, slo: { attainment: 0.99 } });
  for (let cycle = 0; cycle < 40; cycle++) fleet.step(8);
  const basis = fleet.step(8)[0]?.basis as DecisionBasis;
  const { capacity } = basis as { capacity: ReplicaCapacity };
  expect(capacityLines({ ...basis, capacity: { ...capacity, limitedBy: 'Sequences', sequences: 48, batch: { most: 48, from } } }).join(' ').replaceAll(/\s+/g, ' ')).toContain(expected);
  expect(capacityLines(basis).join(' ')).not.toContain('at once');
});

it('says what is expected of a load that comes and goes, and why that is reckoned with', () => {
  const fleet = createFleet([{ name: 'v', server, replicas: 3 }], { ...defaultPolicy, slo: { attainment: 0.99 } });
  for (let cycle = 0; cycle < 40; cycle++) fleet.step(8);
  const basis = fleet.step(8)[0]?.basis as DecisionBasis;
  const words = (of: DecisionBasis): string => needLines(of).join(' ').replaceAll(/\s+/g, ' ');
  expect(words(basis)).toContain('7.89 requests/s: 7.89 arrive, and 0 drain the queue');
  expect(words(basis)).not.toContain('comes and goes');
  const gusty = words({ ...basis, need: { ...(basis.need as NonNullable<DecisionBasis['need']>), expectedPerSecond: 6, meanPerSecond: 5, stayingFraction: 0.33 } });
  expect(gusty).toContain(' are expected, and 0 drain the queue');
  expect(gusty).toMatch(/It comes and goes about 5\/s: after \d+ \w+( \d+ \w+)?, until a replica asked for now would serve, 33 % of a difference is left, which has been a better forecast than no change\. So 6\/s is reckoned with\./);
});
