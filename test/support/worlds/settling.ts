import { groupBy } from '../../../src/base/index.ts';
import { bornBy } from './capability.ts';
import { hasRoomFor } from './limits-safety.ts';
import type { ModelPlan, VariantPlan, WorldPlan } from './plan.ts';
import { isReady, type WorldPod } from './scale-target.ts';
import type { WorldCycle } from './play-world.ts';
import { requestsAt } from './requests-at.ts';

const lastLooks = 10;

/** What became of one model when the faults were over and its load was constant. */
export interface Settled {
  readonly plan: ModelPlan;
  /** Changes of the desired counts that took back an earlier one, while all was to stay as it is. */
  readonly reversals: number;
  /** Desired at the end, by variant. */
  readonly desired: readonly number[];
  /** Requests that waited in the last looks. */
  readonly waiting: number;
  /** Requests per second now, and at most so far. */
  readonly rate: number;
  readonly highest: number;
  /** Requests per second that those bear that serve at the end, by the law of their servers and the targets of the policy. */
  readonly bears: number;
  /** Replicas that serve at the end. */
  readonly serving: number;
  /** Nothing more can be had: every variant is at its maximum, has no more nodes, or may not grow. */
  readonly full: boolean;
}

/** Watches the last part of a world, in which nothing should happen any more. */
export function watchSettling(world: WorldPlan): { see(cycle: WorldCycle): void; settled(): Settled[] } {
  const fromMs = world.faultyMs + world.settlingMs;
  const counts = world.models.map(({ variants }) => variants.map((): number[] => []));
  const waits = world.models.map((): number[] => []);
  let last: WorldCycle | undefined;

  function see(cycle: WorldCycle): void {
    if (cycle.atMs < fromMs) return;
    last = cycle;
    for (const [model, { variants, namespace }] of world.models.entries()) {
      for (const [index, { name }] of variants.entries()) {
        const decision = cycle.record.decisions.find(({ variant }) => variant.key === `${namespace}/m${model}-${name}`);
        counts[model]?.[index]?.push(decision?.desired ?? -1);
      }
      waits[model]?.push(cycle.traffic[model]?.waiting ?? 0);
    }
  }

  function settled(): Settled[] {
    return world.models.map((plan, model) => {
      const series = counts[model] as number[][];
      const { rate = 0, highest = 0 } = last?.traffic[model] ?? {};
      const desired = series.map((of) => of.at(-1) ?? 0);
      const serving = (last?.targets ?? []).flatMap((target) => (target.model === model ? target.pods.filter((pod) => isReady(pod, last?.atMs ?? 0)) : []));
      return {
        plan, rate, highest, desired,
        reversals: sum(series.map(reversalsIn)),
        waiting: sum((waits[model] ?? []).slice(-lastLooks)) / lastLooks,
        ...leastOf(plan, serving),
        full: [...groupBy([...plan.variants.entries()], ([, { role }]) => role ?? 'both').values()].some((those) => those.every(([index, variant]) => isFull(plan, variant, desired[index] as number) || !canGrow(model, variant))),
      };
    });
  }

  /** Whether there is room for one more in the world as it was last seen. */
  function canGrow(model: number, { name }: VariantPlan): boolean {
    const target = last?.targets.find((one) => one.model === model && (one.variants.length > 1 || one.variants[0]?.name === name));
    return last === undefined || target === undefined || hasRoomFor(target, world, last);
  }

  return { see, settled };
}

/** Requests are served by all roles: what the one bears that bears the least. */
function leastOf(plan: ModelPlan, serving: readonly WorldPod[]): Pick<Settled, 'bears' | 'serving'> {
  const roles = [...new Set(plan.variants.map(({ role }) => role))].map((role) => {
    const those = serving.filter(({ variant }) => variant.role === role);
    return { bears: sum(those.map(({ variant }) => bornBy(variant.server, requestsAt(plan, variant), targetsOf(plan)))), serving: those.length };
  });
  return roles.reduce((least, one) => (one.bears < least.bears ? one : least));
}

/** The analyzers by use know of no latency targets. */
function targetsOf({ policy: { analyzer = 'learned', slo = {} } }: ModelPlan): { readonly itlSeconds?: number } {
  return analyzer === 'learned' || analyzer === 'queueing' ? { ...(slo.itlSeconds !== undefined && { itlSeconds: slo.itlSeconds }) } : {};
}

function isFull({ policy: { analyzer = 'learned' } }: ModelPlan, { max = Infinity, nodes = Infinity, mode }: VariantPlan, desired: number): boolean {
  // those of released versions leave a variant alone that has no replica, for they know nothing of it
  return mode === 'paused' || mode === 'recommend' || desired >= Math.min(max, nodes) || (desired === 0 && analyzer !== 'learned');
}

function reversalsIn(counts: readonly number[]): number {
  const changes = counts.flatMap((count, index) => (index > 0 && count !== counts[index - 1] ? [count - (counts[index - 1] as number)] : []));
  return changes.filter((change, index) => index > 0 && Math.sign(change) !== Math.sign(changes[index - 1] as number)).length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
