import { describe, expect, it } from 'vitest';
import { chat, createFleet, replicaUnder, server } from '../../../test/support/decide/fleet.ts';
import { noonMs, refusal, sceneOf, times } from '../../../test/support/decide/scene.ts';
import { defaultPolicy, emptyMemory, policySetOf, type AcceleratorPool, type Decision, type Observation, type Policy } from '../../model/index.ts';
import { decide } from '../index.ts';

const policy: Policy = { ...defaultPolicy, slo: { ttftSeconds: 2, itlSeconds: 0.1, attainment: 0.99 } };
/** Two variants, the cheap one with places for three replicas. The pool shows what is free of its places. */
function story({ shows = true, dear = true }: { readonly shows?: boolean; readonly dear?: boolean } = {}) {
  let places = 3;
  const look = (scene: Observation): Observation => {
    const held = scene.variants.find(({ variant }) => variant.name === 'cheap')?.replicas.filter(({ scheduled }) => scheduled).length ?? 0;
    const pool: AcceleratorPool = { accelerator: 'A100', products: ['A100'], nodes: 1, capacity: places, usedByVariants: held, usedByOthers: 0, freeOnNodes: places > held ? [places - held] : [], complete: true };
    return shows ? { ...scene, inventory: [pool] } : scene;
  };
  const fleet = createFleet([
    { name: 'cheap', server, replicas: 2, places: () => places, sketch: { cost: 5 } },
    ...(dear ? [{ name: 'dear', server, replicas: 1, sketch: { cost: 12, accelerator: 'H100' } }] : []),
  ], policy, chat, look);
  const play = (cycles: number, rate: number): readonly Decision[] => {
    let last: readonly Decision[] = [];
    for (let cycle = 0; cycle < cycles; cycle++) last = fleet.step(rate);
    return last;
  };
  return { ...fleet, play, grow: (by: number) => (places += by) };
}

const conditionOf = (decisions: readonly Decision[]): string => {
  const found = decisions[0]?.conditions.find(({ type }) => type === 'AcceleratorsAvailable');
  return `${found?.status} ${found?.reason}: ${found?.message}`;
};

describe('a variant that no node takes', () => {
  it('is given up for another after two minutes, with what the scheduler says, and asked for no more than has a node', () => {
    const { play, counts, memory } = story({ shows: false });
    play(20, 10);
    play(6, 40);
    expect(counts.at(-1)?.[0]).toBeGreaterThan(3);
    expect(counts.at(-1)?.[1]).toBe(1);
    let decisions = play(3, 40);
    const reasons = new Set<string>();
    for (let cycle = 0; cycle < 20; cycle++) {
      decisions = play(1, 40);
      for (const { reason } of decisions[0]?.trail ?? []) reasons.add(reason);
    }
    expect(reasons).toContain('GivenUpUnschedulable');
    const [cheap = 0, dear = 0] = counts.at(-1) ?? [];
    expect(cheap).toBe(3);
    expect(dear).toBeGreaterThanOrEqual(4);
    expect(conditionOf(decisions)).toMatch(/^False Unschedulable: No node takes \d+ replicas \(0\/2 nodes are available: 2 Insufficient nvidia\.com\/gpu\)\. Other variants are asked for .* until 2026-01-05T12:\d\d:\d\dZ or until a node has room\.$/);
    expect(memory().variants['prod/cheap']?.avoided).toMatchObject({ waitMs: 300_000, placed: 3, message: refusal });
  });

  it('is tried again after pauses that grow', () => {
    const { play, counts, memory } = story({ shows: false });
    play(20, 10);
    const tries: number[] = [];
    const waits = new Set<number>();
    // four hours
    for (let cycle = 0; cycle < 960; cycle++) {
      play(1, 40);
      const [now = 0, before = 0] = [counts.at(-1)?.[0], counts.at(-2)?.[0]];
      if (before === 3 && now > 3) tries.push(cycle * 15_000);
      const { waitMs } = memory().variants['prod/cheap']?.avoided ?? {};
      if (waitMs !== undefined) waits.add(waitMs);
    }
    expect(tries.length).toBeGreaterThanOrEqual(2);
    expect(tries.length).toBeLessThanOrEqual(8);
    expect([...waits].slice(0, 3)).toEqual([300_000, 600_000, 1_200_000]);
    for (const [index, at] of tries.entries()) if (index > 1) expect(at - (tries[index - 1] ?? 0)).toBeGreaterThanOrEqual((tries[index - 1] ?? 0) - (tries[index - 2] ?? 0));
  });

  it('is tried at once when the nodes, which had no room, have it', () => {
    const { play, counts, grow, memory } = story();
    play(20, 10);
    play(20, 40);
    expect(counts.at(-1)?.[0]).toBe(3);
    expect((memory().variants['prod/cheap']?.avoided?.untilMs ?? 0) - (noonMs + 40 * 15_000)).toBeGreaterThan(60_000);
    grow(8);
    play(4, 40);
    expect(counts.at(-1)?.[0]).toBeGreaterThan(3);
  });

  it('goes on waiting where nothing else carries the load: a node may be on its way', () => {
    const { play, counts, grow } = story({ dear: false, shows: false });
    play(20, 10);
    const decisions = play(60, 40);
    const asked = counts.at(-1)?.[0] ?? 0;
    expect(asked).toBeGreaterThanOrEqual(6);
    expect(conditionOf(decisions)).toMatch(/^False Unschedulable/);
    grow(20);
    expect(conditionOf(play(4, 40))).toBe('True AcceleratorsFound: There is room for everything that is called for.');
  });

  it('is not given up for another one that finds no node either', () => {
    const fleet = createFleet([{ name: 'a', server, replicas: 1, places: () => 1, sketch: { cost: 5 } }, { name: 'b', server, replicas: 1, places: () => 1, sketch: { cost: 5.2, accelerator: 'H100' } }], policy);
    for (let cycle = 0; cycle < 20; cycle++) fleet.step(4);
    for (let cycle = 0; cycle < 400; cycle++) fleet.step(22);
    const last = fleet.counts.slice(-200);
    expect(last.at(-1)?.reduce((all, count) => all + count)).toBeGreaterThan(2);
    const changes = last.filter((counts, index) => index > 0 && counts.join() !== last[index - 1]?.join()).length;
    expect(changes).toBeLessThanOrEqual(2);
  });

  it('counts those of its pods that are asked for: of more, the ones without a node go first', () => {
    const refused = { state: 'unscheduled', podAgeMs: 300_000, refusedForMs: 300_000 } as const;
    const scene = sceneOf([{ name: 'v', current: 2, replicas: [...times(2, replicaUnder(2, server, chat)), ...times(8, refused)] }]);
    const { decisions, memory } = decide(scene, policySetOf(policy), emptyMemory, noonMs);
    expect(decisions[0]).toMatchObject({ current: 2, desired: 2 });
    expect(memory.variants['prod/v']).not.toHaveProperty('avoided');
    const asked = decide({ ...scene, variants: scene.variants.map((seen) => ({ ...seen, currentReplicas: 7 })) }, policySetOf(policy), emptyMemory, noonMs);
    expect(asked.decisions[0]).toMatchObject({ current: 7, desired: 2, reason: 'GivenUpUnschedulable' });
    expect(asked.memory.variants['prod/v']?.avoided).toMatchObject({ refused: 5, placed: 2, untilMs: noonMs + 300_000 });
  });
});
