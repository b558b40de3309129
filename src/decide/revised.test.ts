import { describe, expect, it } from 'vitest';
import { chat, replicaUnder, server, type Server } from '../../test/support/decide/fleet.ts';
import { noonMs, sceneOf, type ReplicaSketch, type VariantSketch } from '../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, policySetOf, type Decision, type Memory, type Policy, type VariantMemory } from '../model/index.ts';
import { decide } from './index.ts';
import { lawOf } from './learn/iteration-law.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };
/** Half the time for everything, and twice the cache: another quantization. */
const quick: Server = { baseMs: 6, perSequenceMs: 0.05, perResidentKiloMs: 0.04, perPromptKiloMs: 46, kvCapacityTokens: 800_000 };
const week = 7 * 86_400_000;

function played() {
  let memory: Memory = emptyMemory;
  let cycle = 0;
  /** So many looks at such replicas. */
  return (looks: number, sketch: (cycle: number) => Omit<VariantSketch, 'name'>): { readonly memory: VariantMemory; readonly decision: Decision } => {
    let decision: Decision | undefined;
    for (let look = 0; look < looks; look++) {
      const scene = sceneOf([{ name: 'v', min: 1, ...sketch(cycle) }], noonMs + cycle * 15_000);
      const outcome = decide(scene, policySetOf(policy), memory, scene.atMs);
      ({ memory } = outcome);
      [decision] = outcome.decisions;
      cycle++;
    }
    return { memory: Object.values(memory.variants)[0] as VariantMemory, decision: decision as Decision };
  };
}

/** Under a load that is now more, now less, so that a law can be learned from it. */
const under = (its: Server, cycle: number, more: Partial<ReplicaSketch> = {}): ReplicaSketch => ({ ...replicaUnder(2 + 1.5 * Math.sin(cycle / 15), its, chat), podAgeMs: week, startedInMs: 300_000, ...more });
const before = (cycle: number) => ({ revision: 'a', replicas: [under(server, cycle), under(server, cycle)] });
const baseMs = ({ law }: VariantMemory): number => lawOf(law as NonNullable<typeof law>).baseMs;
const young = { podAgeMs: 120_000, startedInMs: 60_000 };

describe('pods that are made from something else', () => {
  it('begin a law of their own, which those before do not spoil, and start-up times of their own', () => {
    const play = played();
    expect(baseMs(play(240, before).memory)).toBeCloseTo(12, 0);
    const rollout = (cycle: number) => ({ revision: 'b', replicas: [under(server, cycle, { outdated: true }), under(quick, cycle, young)] });
    const first = play(1, rollout).memory;
    expect(first).toMatchObject({ revision: 'b', revisedAtMs: noonMs + 240 * 15_000 });
    expect(first.law?.windows).toBeLessThan(1);
    expect(first.startup?.timesMs).toEqual([60_000]);
    const later = play(240, rollout).memory;
    expect(baseMs(later)).toBeGreaterThan(4);
    expect(baseMs(later)).toBeLessThan(8);
    expect(later.startup?.timesMs).toEqual([60_000]);
    expect(later.kvCapacityTokens).toBe(quick.kvCapacityTokens);
    expect(later.revisedAtMs).toBe(first.revisedAtMs);
  });

  it('are told of in the trail for half an hour', () => {
    const play = played();
    play(240, before);
    const after = (cycle: number) => ({ revision: 'b', replicas: [under(quick, cycle, young)] });
    const said = (looks: number): string => play(looks, (cycle) => ({ ...after(cycle), replicas: [{ ...under(quick, cycle, young), ...replicaUnder(60, quick, chat) }] })).decision.trail.map(({ sentence }) => sentence).join(' ');
    play(4, after);
    expect(said(1)).toContain('learned anew since its pods were made from something else, 1 min ago');
    expect(said(130)).not.toContain('learned anew');
  });

  it('are believed to follow the law of before, for a few windows, where they show that they do', () => {
    const play = played();
    const old = play(240, before).memory;
    const next = play(1, (cycle) => ({ revision: 'b', replicas: [under(server, cycle, young)] })).memory;
    expect(old.law?.windows).toBeGreaterThan(20);
    expect(next.law?.windows).toBeLessThan(5);
    expect(next.law?.windows).toBeGreaterThan(3);
    expect(baseMs(next) / baseMs(old)).toBeCloseTo(1, 1);
  });

  it('leave the law as it is until they have shown something', () => {
    const play = played();
    const old = play(240, before).memory;
    const silent = play(3, (cycle) => ({ revision: 'b', replicas: [under(server, cycle, { outdated: true }), { kv: 0, queue: 0, ...young }] })).memory;
    expect(silent.revision).toBe('a');
    expect(silent.law).toEqual(old.law);
    expect(silent.startup).toEqual(old.startup);
  });

  it('do not matter while none of them serves', () => {
    const play = played();
    const old = play(240, before).memory;
    const without = play(1, (cycle) => ({ replicas: [{ ...under(server, cycle), state: 'starting' }] })).memory;
    expect([without.revision, without.law]).toEqual(['a', old.law]);
  });
});
