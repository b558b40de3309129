import type { LawMemory, Policy, ShapeMemory, StartupMemory } from '../../../model/index.ts';
import { lawOf, learnLaw, translated, type Hardware, type IterationLaw } from '../../learn/iteration-law.ts';
import { shapeOf, type Shape } from '../../learn/shape.ts';
import { learnStartup, startingForMs, startupOf, type Startup } from '../../learn/startup.ts';
import type { Group, Member } from '../group.ts';
import { limitsOf, type Limits } from './limits.ts';

/** What is known of one member's replicas, and what is to be remembered of it. */
export interface Known {
  readonly member: Member;
  readonly startup: Startup;
  /** Absent where nothing is known, and nothing can be concluded from another variant. */
  readonly law?: IterationLaw;
  readonly limits?: Limits;
  /** True where no replica of it has been seen: what it carries follows from another variant and from data sheets. */
  readonly guessed: boolean;
  readonly learned: { readonly law?: LawMemory; readonly startup?: StartupMemory };
}

/** Readings are means over a minute: a law that has seen some learns from each minute once. */
const learnEveryMs = 55_000;
const windowsToBeginWith = 4;

/** What the replicas of each member showed, in the group's order. */
export function knownOf(group: Group, shapeMemory: ShapeMemory, policy: Policy, nowMs: number): readonly Known[] {
  const shape = shapeOf(shapeMemory);
  let best: { readonly member: Member; readonly law: IterationLaw } | undefined;
  const learned = group.members.map((member) => {
    const { recalled, seen } = member;
    const startup = learnStartup(recalled.startup, seen.replicas);
    const law = isTime(recalled.law, nowMs) ? learnedLaw(member, shape, nowMs) : recalled.law;
    if (law !== undefined && (best === undefined || law.windows > best.law.windows)) best = { member, law: lawOf(law) };
    return { law, startup };
  });
  return group.members.map((member, index): Known => {
    const { law: memory, startup } = learned[index] as (typeof learned)[number];
    const found = { member, startup: startupOf(startup, policy.startupMs, startup === undefined || startup.timesMs.length === 0 ? startingForMs(member.seen.replicas, nowMs) : 0), learned: { ...(memory && { law: memory }), ...(startup && { startup }) } };
    if (memory !== undefined) return { ...found, guessed: false, law: lawOf(memory), limits: limitsFor(memory, member, shapeMemory, policy) };
    if (best === undefined) return { ...found, guessed: false };
    const { law, kvCapacityTokens } = translated(best.law, hardwareOf(best.member), hardwareOf(member));
    return { ...found, guessed: true, law, limits: limitsOf(law, shape, kvCapacityTokens, policy.slo, policy.saturation) };
  });
}

function isTime(law: LawMemory | undefined, nowMs: number): boolean {
  return law === undefined || law.windows < windowsToBeginWith || nowMs - law.atMs >= learnEveryMs;
}

function learnedLaw({ recalled, supply, variant }: Member, shape: Shape, nowMs: number): LawMemory | undefined {
  return learnLaw(recalled.law, supply.serving, { accelerator: variant.accelerator, kvCapacityTokens: supply.kvCapacityTokens, shape }, nowMs);
}

function hardwareOf({ variant }: Member): Hardware {
  return { accelerator: variant.accelerator, count: variant.acceleratorCount };
}

interface Found {
  readonly shape: ShapeMemory;
  readonly kvCapacityTokens: number | undefined;
  readonly policy: Policy;
  readonly limits: Limits;
}

const found = new WeakMap<LawMemory, Found>();

/** The same law, shape, cache and targets have the same limits, and change once a minute. */
function limitsFor(law: LawMemory, { supply: { kvCapacityTokens } }: Member, shape: ShapeMemory, policy: Policy): Limits {
  const before = found.get(law);
  if (before !== undefined && before.shape === shape && before.kvCapacityTokens === kvCapacityTokens && before.policy === policy) return before.limits;
  const limits = limitsOf(lawOf(law), shapeOf(shape), kvCapacityTokens, policy.slo, policy.saturation);
  found.set(law, { shape, kvCapacityTokens, policy, limits });
  return limits;
}
