import { expect, test } from 'vitest';
import type { CycleRecord } from '../../model/index.ts';
import { madeScenario } from '../../../test/support/lab/made-results.ts';
import { goesSilent, playSilence, watched } from './silence.ts';

type Watched = Parameters<typeof watched>[0][number];

function cycle(seconds: number, replicas: number, held: boolean, told = held): Watched {
  const conditions = [{ type: 'MetricsAvailable', status: told ? 'False' : 'True' }];
  return {
    atMs: seconds * 1000,
    observation: { variants: [{ variant: { key: 'ns/a' }, currentReplicas: replicas }] } as unknown as CycleRecord['observation'],
    decisions: [{ held }] as unknown as CycleRecord['decisions'],
    emission: { statuses: [{ conditions }] } as unknown as CycleRecord['emission'],
  };
}

const fault = { atSeconds: 100, untilSeconds: 160 };

test('a replica that goes during the fault is lost, one that went before it or goes after it is not', () => {
  const cycles = [cycle(75, 5, false), cycle(90, 4, false), cycle(105, 3, false), cycle(120, 3, true), cycle(135, 4, true), cycle(150, 2, true), cycle(165, 1, false), cycle(180, 0, false)];
  // 4 to 2, and 2 to 1, which the HPA did after the last cycle of the fault
  expect(watched(cycles, fault)).toEqual({ replicasLost: 3, heldAfterSeconds: 20 });
});

test('a hold is seen when the decision is held and status says why', () => {
  expect(watched([cycle(105, 3, true, false), cycle(120, 3, true)], fault)).toEqual({ replicasLost: 0, heldAfterSeconds: 20 });
  expect(watched([cycle(105, 3, false), cycle(165, 3, true)], fault)).toEqual({ replicasLost: 0 });
  expect(watched([], fault)).toEqual({ replicasLost: 0 });
});

test('our engine loses nothing in a minute and a half without metrics, and says so after the second cycle', () => {
  const scenario = madeScenario('dark', { durationSeconds: 300, faults: [{ kind: 'metrics', how: 'lost', of: 'all', atSeconds: 150, untilSeconds: 240 }] });
  expect(goesSilent(scenario)).toBe(true);
  expect(goesSilent(madeScenario('light'))).toBe(false);
  const [silence, ...more] = playSilence(scenario, 1);
  expect(more).toEqual([]);
  expect(silence).toMatchObject({ scenario: 'dark', seed: 1, replicasLost: 0 });
  expect(silence?.heldAfterSeconds).toBeLessThanOrEqual(30);
});
