import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { differences, hpaSequences, runSimulated, tableOf } from '../support/conformance/index.ts';
import type { HpaOutcome } from '../support/conformance/index.ts';

// Recorded from kube-controller-manager v1.36.3 by `UPDATE_GOLDEN=1 npm run test:cluster -- hpa-conformance`.
const genuine = JSON.parse(readFileSync(new URL('hpa-sequences.json', import.meta.url), 'utf8')) as HpaOutcome[];

describe('the simulated HorizontalPodAutoscaler', () => {
  it('does what the genuine one was recorded to do: counts, conditions with their messages, and metrics', async () => {
    const simulated = await runSimulated(hpaSequences);
    expect(simulated.map(([last]) => last.sequence)).toEqual(genuine.map(({ sequence }) => sequence));
    const differing = genuine.flatMap((outcome, index) => differences(outcome, simulated[index] ?? []));
    expect(differing, tableOf(genuine, simulated.map(([last]) => last))).toEqual([]);
  });
});
