import { expect, it } from 'vitest';
import { sceneOf, type ReplicaSketch } from '../../../test/support/decide/scene.ts';
import { conclude, type Conclusion } from '../../decide/index.ts';
import { defaultPolicySet, emptyMemory, fresh, type Observation } from '../../model/index.ts';
import { MissModel, totalMisses, type MissRules } from './misses.ts';

/** One request a second at every replica. */
function scene(replicas: readonly ReplicaSketch[], latency?: { readonly ttft: number; readonly itl: number }): Observation {
  const observation = sceneOf([{ name: 'a', replicas }]);
  return {
    ...observation,
    variants: observation.variants.map((variant) => ({
      ...variant,
      replicas: variant.replicas.map((replica) => ({
        ...replica,
        readings: {
          ...replica.readings,
          arrivalsPerSecond: fresh(1, observation.atMs),
          ...(latency && { ttftSeconds: fresh(latency.ttft, observation.atMs), itlSeconds: fresh(latency.itl, observation.atMs) }),
        },
      })),
    })),
  };
}

/** The misses of so many cycles of 15 s, had so many replicas been desired in each. */
function missesOf(observation: Observation, desired: readonly number[], rules: MissRules): { requests: number; actual: number; decided: number } {
  const model = new MissModel(rules);
  const [conclusion] = conclude(observation, defaultPolicySet, emptyMemory, observation.atMs).conclusions;
  const { variant } = (conclusion as Conclusion).subject;
  const share = model.share(variant);
  for (const [cycle, number] of desired.entries()) {
    model.see(share, { ...(conclusion as Conclusion), desired: number }, cycle * 15_000);
    model.judge(15);
  }
  return totalMisses(model.works());
}

const half = scene([{ kv: 0.5, queue: 0 }, { kv: 0.5, queue: 0 }]);

it('shares the load out over the replicas that would be: 0.5 on each of two is 1.0 on one', () => {
  expect(missesOf(half, [2], { startupMs: 0 })).toEqual({ requests: 30, actual: 0, decided: 0 });
  expect(missesOf(half, [1], { startupMs: 0 })).toEqual({ requests: 30, actual: 0, decided: 30 });
});

it('without any replica everything is missed', () => {
  expect(missesOf(half, [0], { startupMs: 0 })).toEqual({ requests: 30, actual: 0, decided: 30 });
});

it('counts replicas that were asked for after their start-up, and those given back as gone at once', () => {
  const full = scene([{ kv: 0.9, queue: 0 }]);
  // one more is asked for in each of four cycles; after 30 s it serves
  expect(missesOf(full, [2, 2, 2, 2], { startupMs: 30_000 })).toEqual({ requests: 60, actual: 60, decided: 0 });
  expect(missesOf(full, [1, 2, 2, 2, 2], { startupMs: 30_000 })).toEqual({ requests: 75, actual: 75, decided: 45 });
  expect(missesOf(half, [2, 1, 2, 2], { startupMs: 30_000 })).toEqual({ requests: 120, actual: 0, decided: 90 });
});

it('judges by latencies where limits of them are set', () => {
  const slow = scene([{ kv: 0.1, queue: 0 }, { kv: 0.1, queue: 0 }], { ttft: 0.6, itl: 0.03 });
  expect(missesOf(slow, [2], { startupMs: 0, ttftSeconds: 1 })).toMatchObject({ actual: 0, decided: 0 });
  expect(missesOf(slow, [1], { startupMs: 0, ttftSeconds: 1 })).toMatchObject({ actual: 0, decided: 30 });
  expect(missesOf(slow, [1], { startupMs: 0, ttftSeconds: 2, itlSeconds: 0.05 })).toMatchObject({ actual: 0, decided: 30 });
});
