import { expect, it } from 'vitest';
import type { CycleRecord } from '../../model/index.ts';
import type { TargetStats } from '../../simulator/index.ts';
import { createFollowUps } from './follow-up.ts';

function decided(...series: readonly (readonly [target: string, accelerator: string, desired: number])[]): CycleRecord {
  return { emission: { series: series.map(([targetName, acceleratorType, desired]) => ({ namespace: 'llm', targetName, acceleratorType, desired })) } } as unknown as CycleRecord;
}

function asked(name: string, specReplicas: number): TargetStats {
  return { namespace: 'llm', name, specReplicas } as TargetStats;
}

it('adds up the accelerators of a target, and sees whether its autoscaler came after', () => {
  const followUps = createFollowUps();
  followUps.hear(decided(['decode', 'A100', 1], ['decode', 'MI300X', 1], ['other', 'A100', 1]));
  followUps.look([asked('decode', 2), asked('other', 1)]);
  expect(followUps.all().map(({ followed }) => followed)).toEqual([false, false]);
  followUps.hear(decided(['decode', 'A100', 2], ['decode', 'MI300X', 3], ['other', 'A100', 4]));
  followUps.look([asked('decode', 5), asked('other', 1)]);
  followUps.hear(decided(['decode', 'A100', 1], ['decode', 'MI300X', 1], ['other', 'A100', 1]));
  followUps.look([asked('decode', 5), asked('other', 1)]);
  expect(followUps.all()).toEqual([
    { target: 'llm/decode', first: 2, highest: 5, changes: 2, followed: true },
    { target: 'llm/other', first: 1, highest: 4, changes: 2, followed: false },
  ]);
});
