import { freshValue, type LawMemory, type Policy, type ReplicaObservation, type RouterReadings, type SequencesMemory, type ShapeMemory, type StartupMemory } from '../../../model/index.ts';
import { lawOf, learnLaw, translated, type Evidence, type Hardware, type IterationLaw } from '../../learn/iteration-law.ts';
import { learnSequences } from '../../learn/most-sequences.ts';
import { ofToday, revisedLaw } from '../../learn/revise.ts';
import { shapeOf, type Shape } from '../../learn/shape.ts';
import { learnStartup, startingForMs, startupOf, type Startup } from '../../learn/startup.ts';
import type { Group, Member, Stage } from '../group.ts';
import { batchOf, type Batch } from './batch.ts';
import { limitsOf, type Limits } from './limits.ts';
import { decodeLimitsOf, prefillLimitsOf } from './stage-limits.ts';

/** What is known of one member's replicas, and what is to be remembered of it. */
export interface Known {
  readonly member: Member;
  readonly startup: Startup;
  readonly batch: Batch;
  /** Absent where nothing is known, and nothing can be concluded from another variant. */
  readonly law?: IterationLaw;
  readonly limits?: Limits;
  /** Tokens that the KV cache of one replica holds, seen or concluded with the law. */
  readonly kvCapacityTokens?: number | undefined;
  /** True where no replica of it has been seen: what it carries follows from another variant and from data sheets. */
  readonly guessed: boolean;
  /** Key of that other variant. */
  readonly guessedFrom?: string;
  /** What there is to say of it beside the numbers. */
  readonly note?: string;
  readonly learned: Learned;
}

/** The law that most is known of, and whose it is. */
export interface Best {
  readonly member: Member;
  readonly law: IterationLaw;
}

/** What is to be remembered of one member, and of which revision of its pods it tells. */
interface Learned {
  readonly law?: LawMemory;
  readonly startup?: StartupMemory;
  readonly sequences?: SequencesMemory;
  readonly revision?: string;
  readonly revisedAtMs?: number;
}

/** For how long people are told that a law is that of new pods. */
const noteMs = 1_800_000;
/** Readings are means over a minute: a law that has seen some learns from each minute once. */
const learnEveryMs = 55_000;
const windowsToBeginWith = 4;

/** What the replicas of each member showed, in the group's order. */
export function knownOf(group: Group, router: RouterReadings | undefined, shapeMemory: ShapeMemory, policy: Policy, nowMs: number): readonly Known[] {
  const shape = shapeOf(shapeMemory);
  // what a router holds back waits for either stage
  const heldAtRouter = group.stage === 'all' && router !== undefined && (freshValue(router.waiting) ?? 0) > 0;
  const shown = group.members.map((member): Known => {
    const its = learnedOf(member, { stage: group.stage, shape, heldAtRouter }, nowMs);
    const batch = batchOf(member, its.sequences, nowMs);
    const { law: memory, startup, revisedAtMs } = its;
    const found = { member, batch, kvCapacityTokens: member.supply.kvCapacityTokens, startup: startupOf(startup, policy.startupMs, startup === undefined || startup.timesMs.length === 0 ? startingForMs(member.seen.replicas, nowMs) : 0), learned: its, ...(revisedAtMs !== undefined && nowMs - revisedAtMs < noteMs && { note: noteOf(revisedAtMs, nowMs) }) };
    return memory === undefined ? { ...found, guessed: false } : { ...found, guessed: false, law: lawOf(memory), limits: limitsFor(memory, member, batch, group.stage, shapeMemory, policy) };
  });
  const best = bestOf(shown);
  return best === undefined ? shown : shown.map((one) => (one.law === undefined ? guessedBy(best, one, group.stage, shape, policy) : one));
}

/** What is known of a member whose replicas have shown nothing, by the law of others. */
function guessedBy(best: Best, known: Known, stage: Stage, shape: Shape, policy: Policy): Known {
  const { member } = known;
  const { law, kvCapacityTokens } = translated(best.law, hardwareOf(best.member), hardwareOf(member));
  return { ...known, guessed: true, guessedFrom: best.member.variant.key, law, kvCapacityTokens, limits: limitsIn(member, known.batch, stage, law, shape, kvCapacityTokens, policy) };
}

/**
 * The same, where nothing is known of any of them, by servers that do the other stage of the requests: weights are read for each token of an answer, and two operations a parameter are done for
 * each of a prompt, so one follows from the other.
 */
export function knownBy(best: Best | undefined, known: readonly Known[], { stage }: Group, shape: ShapeMemory, policy: Policy): readonly Known[] {
  if (best === undefined || known.some(({ law }) => law !== undefined)) return known;
  return known.map((one) => guessedBy(best, one, stage, shapeOf(shape), policy));
}

/** Of laws that replicas have shown, the one with the most windows. */
export function bestOf(known: readonly Known[]): Best | undefined {
  let best: Best | undefined;
  for (const { member, law, guessed } of known) if (law !== undefined && !guessed && (best === undefined || law.windows > best.law.windows)) best = { member, law };
  return best;
}

/** What the look at a group tells of each of its members. */
interface Look {
  readonly stage: Stage;
  readonly shape: Shape;
  readonly heldAtRouter: boolean;
}

/** What one member is known by after this look. What its pods were made from before says little of those that they are made from now. */
function learnedOf(member: Member, look: Look, nowMs: number): Learned {
  const { recalled, seen } = member;
  const serving = ofToday(member.supply.serving);
  const { revision = recalled.revision } = seen;
  if (recalled.revision !== undefined && revision !== recalled.revision) {
    const law = revisedLaw(recalled.law, serving, evidenceOf(member, look), nowMs);
    // until the new pods have shown something the old law is the best guess
    if (law === undefined && recalled.law !== undefined) return present(recalled);
    return present({ law, startup: learnStartup(undefined, ofToday(seen.replicas)), sequences: sequencesOf(undefined, serving, member, look), revision, revisedAtMs: nowMs });
  }
  const startup = learnStartup(recalled.startup, ofToday(seen.replicas));
  const law = isTime(recalled.law, nowMs) ? learnLaw(recalled.law, serving, evidenceOf(member, look), nowMs) : recalled.law;
  return present({ law, startup, sequences: sequencesOf(recalled.sequences, serving, member, look), revision, revisedAtMs: recalled.revisedAtMs });
}

function sequencesOf(before: SequencesMemory | undefined, serving: readonly ReplicaObservation[], { seen }: Member, { stage, shape, heldAtRouter }: Look): SequencesMemory | undefined {
  return stage === 'prompts' ? before : learnSequences(before, serving, { stage, shape, heldAtRouter, budgetTokens: budgetOf(seen) });
}

function present({ law, startup, sequences, revision, revisedAtMs }: { readonly [K in keyof Learned]?: Learned[K] | undefined }): Learned {
  const learned: { -readonly [K in keyof Learned]: Learned[K] } = {};
  if (revision !== undefined) learned.revision = revision;
  if (revisedAtMs !== undefined) learned.revisedAtMs = revisedAtMs;
  if (law !== undefined) learned.law = law;
  if (startup !== undefined) learned.startup = startup;
  if (sequences !== undefined) learned.sequences = sequences;
  return learned;
}

function noteOf(revisedAtMs: number, nowMs: number): string {
  return `what a replica carries is learned anew since its pods were made from something else, ${Math.round((nowMs - revisedAtMs) / 60_000)} min ago`;
}

function isTime(law: LawMemory | undefined, nowMs: number): boolean {
  return law === undefined || law.windows < windowsToBeginWith || nowMs - law.atMs >= learnEveryMs;
}

function evidenceOf({ supply, variant, seen }: Member, { stage, shape }: Look): Evidence {
  return { accelerator: variant.accelerator, kvCapacityTokens: supply.kvCapacityTokens, shape, stage, budgetTokens: budgetOf(seen) };
}

/** Tokens that one iteration computes at the most: `--max-num-batched-tokens`, 2048 or 8192 by default. */
const untoldBudget = 2048;

function budgetOf({ engineArguments }: Member['seen']): number {
  return engineArguments?.maxBatchedTokens ?? untoldBudget;
}

function hardwareOf({ variant }: Member): Hardware {
  return { accelerator: variant.accelerator, count: variant.acceleratorCount };
}

/** By what the replicas do: prompts, answers, or both. */
function limitsIn(member: Member, { most }: Batch, stage: Stage, law: IterationLaw, shape: Shape, kvCapacityTokens: number | undefined, { slo, saturation }: Policy): Limits {
  if (stage === 'prompts') return prefillLimitsOf(law, shape, slo, saturation, budgetOf(member.seen));
  return stage === 'answers' ? decodeLimitsOf(law, shape, kvCapacityTokens, slo, saturation, most) : limitsOf(law, shape, kvCapacityTokens, slo, saturation, most);
}

interface Found {
  readonly shape: ShapeMemory;
  readonly kvCapacityTokens: number | undefined;
  readonly policy: Policy;
  readonly mostSequences: number;
  readonly stage: Stage;
  readonly limits: Limits;
}

const found = new WeakMap<LawMemory, Found>();

/** The same law, shape, cache and targets have the same limits, and change once a minute. */
function limitsFor(law: LawMemory, member: Member, batch: Batch, stage: Stage, shape: ShapeMemory, policy: Policy): Limits {
  const { kvCapacityTokens } = member.supply;
  const mostSequences = batch.most;
  const before = found.get(law);
  if (before !== undefined && before.shape === shape && before.kvCapacityTokens === kvCapacityTokens && before.policy === policy && before.mostSequences === mostSequences && before.stage === stage) return before.limits;
  const limits = limitsIn(member, batch, stage, lawOf(law), shapeOf(shape), kvCapacityTokens, policy);
  found.set(law, { shape, kvCapacityTokens, policy, mostSequences, stage, limits });
  return limits;
}
