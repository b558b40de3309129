import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byPercent, decisionAbout, noonMs, sceneOf, times, type ReplicaSketch, type VariantSketch } from '../../../test/support/decide/scene.ts';
import { emptyMemory, noQuotas, policySetOf, type AcceleratorPool, type Decision, type Memory, type Observation, type Policy, type Quotas } from '../../model/index.ts';
import { decide, planEmission, type Outcome } from '../index.ts';

/** One look decides what the load calls for; nobody waits, and a quarter goes at once. */
const policy: Policy = { ...byPercent, scaleUpMaxFactor: 100, scaleDownStabilizationMs: 0, reclaim: true };

interface Model {
  readonly name: string;
  /** Replicas that its load calls for. */
  readonly needs: number;
  readonly holds: number;
  readonly sketch?: Partial<VariantSketch>;
}

/** So many ready replicas under a load that calls for `needs`: a tenth of the KV cache is kept free of 0.8. */
function under({ name, needs, holds, sketch }: Model, ending = 0, starting = 0): VariantSketch {
  const load = 0.7 * needs - 0.01;
  const each: ReplicaSketch = { kv: Math.min(1, load / holds), running: 40, queue: Math.max(0, 40 * (load / holds - 1)) };
  return { name, model: name, target: name, accelerators: 1, current: holds + starting, ...sketch, replicas: [...times(holds, each), ...times(starting, { state: 'starting', podAgeMs: 1000 }), ...times(ending, { state: 'terminating' })] };
}

interface Limited {
  readonly quotas?: Partial<Quotas>;
  readonly seen?: Partial<Observation>;
  readonly policy?: Policy;
}

/** Decides twice about the same, as nothing is taken by who remembers nothing. */
function decideAbout(sketches: readonly VariantSketch[], { quotas = {}, seen = {}, policy: said = policy }: Limited): Outcome {
  const set = { ...policySetOf(said), quotas: { ...noQuotas, ...quotas } };
  const first = decide({ ...sceneOf(sketches), ...seen }, set, emptyMemory, noonMs);
  expect(first.decisions.flatMap(({ trail }) => trail).filter(({ reason }) => reason === 'Reclaimed')).toEqual([]);
  return decide({ ...sceneOf(sketches, noonMs + 15_000), ...seen }, set, first.memory, noonMs + 15_000);
}
const desiredIn = ({ decisions }: Outcome): number[] => decisions.map(({ desired = -1 }) => desired);
const pool = (freeOnNodes: number[]): AcceleratorPool => ({ accelerator: 'A100', products: ['A100'], nodes: 4, capacity: 16, usedByVariants: 0, usedByOthers: 0, freeOnNodes, complete: true });
const eight: Limited = { quotas: { cluster: { A100: 8 } } };
const rich: Model = { name: 'a', needs: 8, holds: 7 };
const poor: Model = { name: 'b', needs: 8, holds: 1, sketch: { policy: { priority: 3 } } };

describe('what runs beyond a fair share', () => {
  it('stays unless the policy lets it be taken back', () => {
    expect(desiredIn(decideAbout([under(rich), under(poor)], { ...eight, policy: { ...policy, reclaim: false } }))).toEqual([7, 1]);
    expect(desiredIn(decideAbout([under({ ...rich, sketch: { policy: { reclaim: false } } }), under(poor)], eight))).toEqual([7, 1]);
  });

  it('is given back a share at a time, with the reason in trail, condition and status', () => {
    const outcome = decideAbout([under(rich), under(poor)], eight);
    expect(desiredIn(outcome)).toEqual([6, 1]);
    const { trail, reason, conditions } = decisionAbout(outcome, 'a');
    const sentence = 'The quota of the cluster has 0 of 8 A100 left, and prod/b (priority 3) is to have 25 % of what it needs: 1 of 7 replicas goes for it, which leaves prod/a (priority 1) 75 %.';
    expect(reason).toBe('Reclaimed');
    expect(trail.map(({ from, to, reason: why }) => [from, to, why])).toEqual([[7, 8, 'Demand'], [8, 7, 'LimitedByQuota'], [7, 6, 'Reclaimed']]);
    expect(trail.at(-1)?.sentence).toBe(sentence);
    expect(conditions.find(({ type }) => type === 'AcceleratorsAvailable')).toMatchObject({ status: 'False', reason: 'Reclaimed', message: sentence });
    expect(desiredIn(decideAbout([under(rich), under(poor)], { ...eight, policy: { ...policy, scaleDownMaxFraction: 1 } }))).toEqual([2, 1]);
  });

  it('is told in the event and counted by its reason', () => {
    const observed = [under(rich), under(poor)];
    const set = { ...policySetOf(policy), quotas: { ...noQuotas, cluster: { A100: 8 } } };
    const { memory } = decide(sceneOf(observed), set, emptyMemory, noonMs);
    const scene = sceneOf(observed, noonMs + 15_000);
    const { decisions } = decide(scene, set, memory, noonMs + 15_000);
    const { events, scalings } = planEmission(scene, decisions, memory, noonMs + 15_000);
    expect(events.map(({ reason, message }) => [reason, message.slice(0, 66)])).toEqual([['ScaledDown', 'Desired replicas of Deployment a on A100: 7 -> 6, Reclaimed. The l']]);
    expect(scalings).toMatchObject([{ direction: 'down', reason: 'Reclaimed' }]);
  });

  it('is kept, while it comes free, for who comes first', () => {
    const small = under({ name: 'a', needs: 10, holds: 8 }, 1);
    const large = under({ name: 'b', needs: 4, holds: 1, sketch: { accelerators: 4 } });
    const { desired, trail } = decisionAbout(decideAbout([small, large], { quotas: { cluster: { A100: 16 } } }), 'a');
    expect([desired, trail.at(-1)?.sentence]).toEqual([8, 'The quota of the cluster has 3 of 16 A100 left, which another model asks for too, and what is free is kept for who comes first: none of the 2 more that are called for.']);
    expect(desiredIn(decideAbout([small, large], { quotas: { cluster: { A100: 16 } }, policy: { ...policy, reclaim: false } }))).toEqual([10, 1]);
  });

  it('goes a share at a time under a quota that was lowered, too', () => {
    expect(desiredIn(decideAbout([under(rich), under(poor)], { quotas: { cluster: { A100: 5 } } }))).toEqual([6, 1]);
    expect(desiredIn(decideAbout([under(rich)], { quotas: { cluster: { A100: 5 } } }))).toEqual([7]);
  });

  it.each<[string, VariantSketch[], Limited]>([
    ['while replicas of it are ending', [under(rich, 1), under(poor)], { quotas: { cluster: { A100: 9 } } }],
    ['while what is ending anyway is enough', [under({ ...rich, needs: 7 }), under({ ...poor, needs: 7 }), under({ name: 'c', needs: 1, holds: 1 }, 6)], { quotas: { cluster: { A100: 15 } } }],
    ['where it is a recommendation', [under({ ...rich, sketch: { mode: 'recommend' } }), under(poor)], eight],
    ['where it is paused', [under({ ...rich, sketch: { mode: 'paused' } }), under(poor)], eight],
    ['where it is paused downwards', [under({ ...rich, sketch: { mode: 'pausedDown' } }), under(poor)], eight],
    ['below a minimum', [under({ ...rich, sketch: { min: 7 } }), under(poor)], eight],
    ['while a replica is silent', [{ ...under(rich), replicas: [...under({ ...rich, holds: 6 }).replicas, {}], current: 7 }, under(poor)], eight],
    ['while a replica counts nothing', [{ ...under(rich), replicas: [...under({ ...rich, holds: 6 }).replicas, { kv: 0.7, queue: 0, running: 40, readings: { recentArrivalsPerSecond: 0, generationTokensPerSecond: 0 } }], current: 7 }, under(poor)], eight],
    ['where nothing is known', [{ ...under(rich), replicas: times(7, {}) }, under(poor)], eight],
    ['where variants share a target', [under({ ...rich, sketch: { target: 'one' } }), { ...under({ name: 'h', needs: 1, holds: 0 }), accelerator: 'H100', model: 'a', target: 'one' }, under(poor)], eight],
    ['for a priority of 0', [under(rich), under({ ...poor, sketch: { policy: { priority: 0 } } })], eight],
    ['for who is only tried out', [under(rich), under({ ...poor, sketch: { mode: 'recommend' } })], eight],
    ['for pods that the scheduler refuses', [under(rich), { ...under({ ...poor, holds: 1 }), replicas: [{ kv: 1, queue: 300, running: 40 }, { state: 'unscheduled', refusedForMs: 130_000 }], current: 2 }], { quotas: { cluster: { A100: 9 } } }],
    ['for pods that hang in their start', [under(rich), { ...under({ ...poor, holds: 1 }), min: 2, replicas: [{ state: 'starting', podAgeMs: 3_600_000 }] }], eight],
    ['where nothing is scarce', [under(rich), under(poor)], { quotas: { cluster: { A100: 16 } } }],
    ['on nodes that it does not leave with enough', [under(rich), under({ ...poor, needs: 3, sketch: { policy: { priority: 9 }, accelerators: 2 } })], { seen: { inventory: [pool([])] }, policy: { ...policy, limitToInventory: true, scaleDownMaxFraction: 1 } }],
  ])('stays %s', (_, sketches, limited) => {
    const outcome = decideAbout(sketches, limited);
    expect(outcome.decisions.flatMap(({ trail }) => trail.map(({ reason }) => reason))).not.toContain('Reclaimed');
    expect(outcome.decisions[0]?.desired).toBeGreaterThanOrEqual(7);
  });

  it('goes on nodes in replicas that leave one with enough', () => {
    const pairs: Model = { ...rich, sketch: { accelerators: 2 } };
    expect(desiredIn(decideAbout([under(pairs), under(poor)], { seen: { inventory: [pool([])] }, policy: { ...policy, limitToInventory: true } }))).toEqual([6, 1]);
  });

  it('goes in groups of pods for groups of pods', () => {
    const request = { resource: 'nvidia.com/gpu', onPods: [8, 8] };
    const sketches = [under({ ...rich, needs: 4, holds: 4, sketch: { accelerators: 16 } }), under({ ...poor, sketch: { accelerators: 16, policy: { priority: 3 } } })];
    const grouped = (nowMs: number): Observation => {
      const scene = sceneOf(sketches, nowMs);
      return { ...scene, inventory: [pool([])], variants: scene.variants.map((variant) => ({ ...variant, request })) };
    };
    const set = policySetOf({ ...policy, limitToInventory: true });
    const { memory } = decide(grouped(noonMs), set, emptyMemory, noonMs);
    expect(desiredIn(decide(grouped(noonMs + 15_000), set, memory, noonMs + 15_000))).toEqual([3, 1]);
  });

  it('goes from the dearest capacity of a model, and from decode or prefill servers, whichever have more of what they need', () => {
    const dear = { ...under({ ...rich, needs: 4, holds: 3 }), cost: 40 };
    const cheap = { ...under({ ...rich, name: 'cheap', needs: 4, holds: 4 }), model: 'a', cost: 5 };
    expect(desiredIn(decideAbout([dear, cheap, under({ ...poor, needs: 2 })], eight))).toEqual([2, 4, 1]);
    const decode: VariantSketch = { ...under({ name: 'd', needs: 4, holds: 4 }), model: 'llama', role: 'decode' };
    const prefill: VariantSketch = { ...under({ name: 'p', needs: 6, holds: 1 }), model: 'llama', role: 'prefill' };
    expect(desiredIn(decideAbout([decode, prefill], { quotas: { cluster: { A100: 5 } } }))).toEqual([3, 1]);
  });

  it('goes when others have claimed it for as long as removals wait, and at once for who has nothing', () => {
    const set = { ...policySetOf({ ...policy, scaleDownStabilizationMs: 60_000 }), quotas: { ...noQuotas, cluster: { A100: 8 } } };
    const playing = (sketches: readonly VariantSketch[]): number[] => {
      let memory: Memory = emptyMemory;
      return [0, 1, 2, 3, 4, 5, 6].map((look) => {
        const outcome = decide(sceneOf(sketches, noonMs + 15_000 * look), set, memory, noonMs + 15_000 * look);
        memory = outcome.memory;
        return outcome.decisions[0]?.desired ?? -1;
      });
    };
    // a minute after the first look at which anything is remembered
    expect(playing([under(rich), under(poor)])).toEqual([7, 7, 7, 7, 7, 6, 6]);
    // who has no replica, and asks for its minimum
    expect(playing([under({ ...rich, holds: 8 }), { name: 'b', model: 'b', target: 'b', accelerators: 1, min: 1, replicas: [] }])).toEqual([8, 7, 7, 7, 7, 7, 7]);
  });
});

interface World {
  readonly models: readonly { readonly needs: number; readonly holds: number; readonly priority: number; readonly each: number; readonly min: number; readonly namespace: string; readonly accelerator: string; readonly reclaim: boolean }[];
  readonly slack: readonly [number, number];
  readonly fraction: number;
  readonly endingFor: number;
}
const worlds: fc.Arbitrary<World> = fc.record({
  models: fc.array(
    fc.record({ needs: fc.integer({ min: 1, max: 10 }), holds: fc.nat(6), priority: fc.constantFrom(0, 0.5, 1, 1, 3, 10), each: fc.constantFrom(1, 1, 2, 4), min: fc.constantFrom(0, 0, 1, 2), namespace: fc.constantFrom('prod', 'prod', 'test'), accelerator: fc.constantFrom('A100', 'A100', 'H100'), reclaim: fc.constantFrom(true, true, true, false) }),
    { minLength: 2, maxLength: 5 },
  ),
  slack: fc.tuple(fc.nat(4), fc.nat(4)),
  fraction: fc.constantFrom(0.25, 0.5, 1),
  endingFor: fc.integer({ min: 1, max: 4 }),
});

interface Running {
  spec: number;
  /** Looks until each is gone, or ready. */
  ending: number[];
  starting: number[];
}

/** Plays a world forward with pods that end and start; what is told is each look's decisions, and who held how much before them. */
function play({ models, slack, fraction, endingFor }: World, looks: number, watch: (look: number, decisions: readonly Decision[], running: readonly Running[], hard: Readonly<Record<string, number>>) => void): void {
  const sum = (is: (model: World['models'][number]) => boolean): number => models.filter(is).reduce((total, { holds, each }) => total + holds * each, 0);
  const hard = { A100: sum(({ accelerator }) => accelerator === 'A100') + slack[0], H100: sum(({ accelerator }) => accelerator === 'H100') + slack[1], prod: sum(({ accelerator, namespace }) => accelerator === 'A100' && namespace === 'prod') + slack[1] };
  const set = { ...policySetOf({ ...policy, scaleDownMaxFraction: fraction }), quotas: { ...noQuotas, cluster: { A100: hard.A100, H100: hard.H100 }, namespaces: { prod: { A100: hard.prod } } } };
  let memory: Memory = emptyMemory;
  let running = models.map(({ holds }): Running => ({ spec: holds, ending: [], starting: [] }));
  for (let look = 0; look < looks; look++) {
    const sketches = models.map(({ needs, priority, each, min, namespace, accelerator, reclaim }, index) => {
      const { spec, ending, starting } = running[index] as Running;
      return under({ name: `m${index}`, needs, holds: spec - starting.length, sketch: { namespace, accelerator, accelerators: each, min, policy: { priority, reclaim } } }, ending.length, starting.length);
    });
    const nowMs = noonMs + 15_000 * look;
    const outcome = decide(sceneOf(sketches, nowMs), set, memory, nowMs);
    memory = outcome.memory;
    watch(look, outcome.decisions, running, hard);
    running = running.map(({ spec, ending, starting }, index) => {
      const next = outcome.decisions[index]?.desired ?? spec;
      const unready = starting.map((left) => left - 1).filter((left) => left > 0).slice(0, next);
      const more = Array.from({ length: Math.max(0, next - spec) }, () => 3);
      const less = Array.from({ length: Math.max(0, spec - next) }, () => endingFor);
      return { spec: next, ending: [...ending.map((left) => left - 1).filter((left) => left > 0), ...less], starting: [...unready, ...more] };
    });
  }
}

it('plays out within all limits, takes nobody below what stays, and comes to rest for good', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const { models } = world;
      const looks = 150;
      const late: string[] = [];
      play(world, looks, (look, decisions, running, hard) => {
        const heldIn = (is: (model: World['models'][number]) => boolean): number => models.reduce((total, model, index) => {
          const { spec, ending } = running[index] as Running;
          return is(model) ? total + Math.max(spec + ending.length, decisions[index]?.desired ?? 0) * model.each : total;
        }, 0);
        for (const accelerator of ['A100', 'H100'] as const) expect(heldIn((model) => model.accelerator === accelerator)).toBeLessThanOrEqual(hard[accelerator] ?? 0);
        expect(heldIn(({ accelerator, namespace }) => accelerator === 'A100' && namespace === 'prod')).toBeLessThanOrEqual(hard['prod'] ?? 0);
        for (const [index, { trail, current, desired = 0, variant }] of decisions.entries()) {
          const { min, reclaim } = models[index] as World['models'][number];
          if (trail.some(({ reason }) => reason === 'Reclaimed')) {
            expect(reclaim).toBe(true);
            expect(desired).toBeGreaterThanOrEqual(Math.max(1, min));
          }
          if (look >= looks - 40 && desired !== current) late.push(`${variant.name} ${current} -> ${desired} at ${look}`);
        }
      });
      expect(late).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
