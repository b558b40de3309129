import { expect, test } from 'vitest';
import { measureCycle } from './measure.ts';

test('a cycle of ten models is measured whole: every replica is seen, and decisions change', async () => {
  const measured = await measureCycle({ models: 10, variantsPerModel: 3, replicasPerVariant: 10 }, 5);
  expect(measured).toMatchObject({ replicas: 300, queries: 4 });
  for (const figure of [measured.decideMs, measured.observeMs, measured.actMs, measured.answerMb, measured.changes]) expect(figure).toBeGreaterThan(0);
  expect(measured.cycleMs).toBeGreaterThan(measured.decideMs + measured.observeMs / 2);
}, 20_000);
