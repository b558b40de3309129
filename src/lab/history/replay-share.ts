import { compareText } from '../../base/index.ts';
import { conclude, memoryOf, type Conclusion } from '../../decide/index.ts';
import { emptyMemory, hasQuotas, type Memory, type ModelMemory, type PolicySet, type VariantMemory } from '../../model/index.ts';
import { DivergenceKeeper, type VariantDivergence } from './divergence.ts';
import type { HistoryChunk } from './history.ts';
import { LedgerKeeper, type LedgerPart, type ReplayedDecision } from './ledger.ts';
import type { MissRules } from './misses.ts';

export interface ReplayPolicy {
  readonly name: string;
  readonly policy: PolicySet;
}

export interface ShareOptions {
  readonly policies: readonly ReplayPolicy[];
  readonly misses: MissRules;
  readonly stepMs: number;
  /** Whether anybody wants to read the decisions. */
  readonly tells: boolean;
}

/** A decision, and the policy that made it. */
export interface ToldDecision {
  readonly policy: number;
  readonly decision: ReplayedDecision;
}

/** Books about the variants of one share; plain data. */
export interface ShareBooks {
  readonly ledgers: readonly LedgerPart[];
  /** Of each policy after the first, against the first. */
  readonly divergences: readonly (readonly VariantDivergence[])[];
}

/** Whether groups of variants can be decided about without the others: quotas are shared by all. */
export function decidesApart(policies: readonly ReplayPolicy[]): boolean {
  return !policies.some(({ policy }) => hasQuotas(policy.quotas));
}

/** A missed cycle or two is a slow cycle; more is time that nobody watched, and counts for nothing. */
const longestSteps = 4;

/** What one thread does of a replay: the same variants from the first chunk to the last, with their memory and their books. */
export class ReplayShare {
  readonly #stepMs: number;
  readonly #apart: boolean;
  readonly #replayers: readonly { readonly replayer: Replayer; readonly against: DivergenceKeeper }[];
  #told: ToldDecision[] = [];

  constructor({ policies, misses, stepMs, tells }: ShareOptions) {
    this.#stepMs = stepMs;
    this.#apart = decidesApart(policies);
    this.#replayers = policies.map(({ policy }, index) => ({
      replayer: createReplayer(policy, misses, tells ? (decision) => this.#told.push({ policy: index, decision }) : undefined),
      against: new DivergenceKeeper(),
    }));
  }

  /** Decides about the next chunk; returns what is told of it. */
  pass(chunk: HistoryChunk): ToldDecision[] {
    for (const { replayer } of this.#replayers) replayer.begin(chunk);
    for (const part of (this.#apart ? chunk.parts?.() : undefined) ?? [chunk]) {
      this.#passPart(part);
      for (const { replayer } of this.#replayers) replayer.endPart();
    }
    const told = this.#told;
    this.#told = [];
    return told;
  }

  #passPart(part: HistoryChunk): void {
    const [first, ...others] = this.#replayers;
    if (!first) return;
    for (let cycle = 0; cycle < part.cycles; cycle++) {
      const lastsMs = lastsFor(part, cycle, this.#stepMs);
      const decided = first.replayer.pass(part, cycle, lastsMs);
      for (const { replayer, against } of others) against.add(part.atMs(cycle), decided, replayer.pass(part, cycle, lastsMs), lastsMs / 3_600_000);
    }
  }

  books(): ShareBooks {
    return {
      ledgers: this.#replayers.map(({ replayer }) => replayer.part()),
      divergences: this.#replayers.slice(1).map(({ against }) => against.byVariant()),
    };
  }
}

/** The order in which decisions are told, however the variants were shared out. */
export function inOrderOfTime(told: readonly ToldDecision[]): ToldDecision[] {
  return told.toSorted((a, b) => a.decision.atMs - b.decision.atMs || a.policy - b.policy || compareText(a.decision.variant, b.decision.variant));
}

/** How long what was decided in a cycle is taken to have lasted. */
function lastsFor(chunk: HistoryChunk, cycle: number, stepMs: number): number {
  if (cycle + 1 >= chunk.cycles) return stepMs;
  const lastsMs = chunk.atMs(cycle + 1) - chunk.atMs(cycle);
  return lastsMs > longestSteps * stepMs ? 0 : lastsMs;
}

/** One policy on its way through a history. */
export interface Replayer {
  /** Each part of a chunk begins with what was remembered before the chunk, or with what the controller of the time remembered where the chunk says it. */
  begin(chunk: HistoryChunk): void;
  pass(part: HistoryChunk, cycle: number, lastsMs: number): readonly Conclusion[];
  /** What is remembered of this part's variants is kept for the next chunk. */
  endPart(): void;
  part(): LedgerPart;
}

export function createReplayer(policy: PolicySet, misses: MissRules, onDecision?: (decision: ReplayedDecision) => void): Replayer {
  const books = new LedgerKeeper(misses, onDecision);
  let before: Memory = emptyMemory;
  let memory: Memory = emptyMemory;
  let after = { variants: {} as Record<string, VariantMemory>, models: {} as Record<string, ModelMemory> };
  return {
    begin(chunk) {
      before = chunk.memory ?? after;
      memory = before;
      after = { variants: {}, models: {} };
    },
    endPart() {
      Object.assign(after.variants, memory.variants);
      Object.assign(after.models, memory.models);
      memory = before;
    },
    pass(part, cycle, lastsMs) {
      const observation = part.observe(cycle, policy.global.staleAfterMs);
      const atMs = part.atMs(cycle);
      const concluded = conclude(observation, policy, memory, atMs);
      memory = memoryOf(concluded, observation, memory);
      books.add(atMs, concluded.conclusions, lastsMs);
      return concluded.conclusions;
    },
    part: () => books.part(),
  };
}
