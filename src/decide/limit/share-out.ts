import { compareText, sum } from '../../base/index.ts';
import type { Limit, Taking } from './limits.ts';
import { placedOn, type FreeNodes } from './nodes.ts';
import { blockedBy, take, type Room } from './room.ts';

/** Replicas that one variant is to have beyond those that are asked for already. */
export interface Wish {
  /** Of the variant. */
  readonly key: string;
  readonly more: number;
  /** What one replica carries, in the unit of its model. */
  readonly carries: number;
  readonly costPerHour: number;
  readonly takings: readonly Taking[];
}

/** What the variants of one model wish for together. */
export interface Wishes {
  /** Of the model. */
  readonly work: string;
  readonly priority: number;
  /** Nothing follows its decisions: it gets what the others leave. */
  readonly onTrial: boolean;
  /** What serves or will without them, in the unit of the model. */
  readonly has: number;
  /** What it needs in all, in that unit, where that is not what it has and wishes for. */
  readonly needs?: number;
  readonly of: readonly Wish[];
}

/** What was given less than was wished for. */
export interface Cut {
  readonly given: number;
  /** What the next replica did not fit. */
  readonly by: Limit;
  /** Models that ask for it too. */
  readonly others: number;
  /** There is room for it, and somebody who comes first waits for the rest of his. */
  readonly kept?: true;
  /** Replicas whose room is coming, and kept for it. */
  readonly coming?: number;
}

interface Standing {
  readonly of: Wishes;
  readonly needs: number;
  reached: number;
  /** Those that are not given or cut yet, cheapest capacity first. */
  open: { readonly wish: Wish; left: number }[];
}

/**
 * Shares out what is scarce: the wishes that are cut, by variant key; empty where everybody gets all.
 *
 * Weighted max-min fairness by filling up: the next replica goes to the model that has the least of what it needs, divided by its priority, until nobody's next replica fits. So a model with
 * nothing comes before all that have something, whatever its priority, and one whose priority is 0 otherwise gets what the others leave. Whole replicas: one that does not fit leaves its room to smaller ones.
 * The order in which models are told changes nothing.
 * @param laterOf what there is room for once replicas that are going are gone: who comes first and fits only then has its room kept, and others get none of it meanwhile
 */
export function shareOut(told: readonly Wishes[], laterOf?: () => Room): ReadonlyMap<string, Cut> {
  const cuts = new Map<string, Cut>();
  const coming = new Map<string, number>();
  const scarce = scarceOf(told);
  if (scarce.size === 0) return cuts;
  const later = laterOf?.();
  const asking = askingFor(told);
  const left: Room = new Map([...scarce].map((limit) => [limit, limit.free]));
  const standings = told.flatMap((of) => standingOf(of, scarce)).toSorted((a, b) => compareText(a.of.work, b.of.work));
  for (let next = first(standings); next !== undefined; next = first(standings)) {
    const [one] = next.open;
    if (one === undefined) break;
    const { key, more, takings } = one.wish;
    const now = blockedBy(takings, left);
    const then = later && blockedBy(takings, later);
    const by = now ?? then;
    if (by !== undefined && !cuts.has(key)) {
      const others = (asking.get(by) ?? []).filter((work) => work !== next?.of.work).length;
      cuts.set(key, { given: more - one.left, by, others, ...(now === undefined && { kept: true as const }) });
    }
    const gets = by === undefined || (later !== undefined && then === undefined);
    if (gets) {
      if (by === undefined) take(takings, left);
      if (later) take(takings, later);
      if (by !== undefined) coming.set(key, (coming.get(key) ?? 0) + 1);
      one.left--;
      next.reached += one.wish.carries;
    }
    if (!gets || one.left === 0) next.open = next.open.slice(1);
  }
  for (const [key, count] of coming) cuts.set(key, { ...(cuts.get(key) as Cut), coming: count });
  return cuts;
}

/** The models that ask for something of each limit. */
function askingFor(told: readonly Wishes[]): ReadonlyMap<Limit, readonly string[]> {
  const asking = new Map<Limit, string[]>();
  for (const { work, of } of told) {
    for (const limit of new Set(of.flatMap(({ more, takings }) => (more > 0 ? takings.map((taking) => taking.limit) : [])))) {
      const before = asking.get(limit);
      if (before === undefined) asking.set(limit, [work]);
      else before.push(work);
    }
  }
  return asking;
}

/** Limits that do not suffice for all that is wished for. */
function scarceOf(told: readonly Wishes[]): Set<Limit> {
  const asked = new Map<Limit, { readonly onPods: readonly number[]; readonly more: number }[]>();
  for (const { of } of told) {
    for (const { more, takings } of of) {
      for (const { limit, onPods } of more > 0 ? takings : []) {
        const before = asked.get(limit);
        if (before === undefined) asked.set(limit, [{ onPods, more }]);
        else before.push({ onPods, more });
      }
    }
  }
  return new Set([...asked].flatMap(([limit, wanted]) => (suffices(limit.free, wanted) ? [] : [limit])));
}

function suffices(free: number | FreeNodes, wanted: readonly { readonly onPods: readonly number[]; readonly more: number }[]): boolean {
  if (typeof free === 'number') return sum(wanted.map(({ onPods, more }) => sum(onPods) * more)) <= free;
  let nodes: FreeNodes | undefined = free;
  for (const { onPods, more } of wanted.toSorted((a, b) => Math.max(...b.onPods) - Math.max(...a.onPods))) {
    for (let count = 0; count < more; count++) {
      nodes = placedOn(nodes, onPods);
      if (nodes === undefined) return false;
    }
  }
  return true;
}

function standingOf(of: Wishes, scarce: ReadonlySet<Limit>): Standing[] {
  const held = of.of.filter(({ more, takings }) => more > 0 && takings.some(({ limit }) => scarce.has(limit)));
  if (held.length === 0) return [];
  const open = held.toSorted((a, b) => a.costPerHour / a.carries - b.costPerHour / b.carries || compareText(a.key, b.key)).map((wish) => ({ wish, left: wish.more }));
  const all = sum(of.of.map(({ more, carries }) => more * carries));
  const free = all - sum(held.map(({ more, carries }) => more * carries));
  return [{ of, needs: of.needs ?? of.has + all, reached: of.has + free, open }];
}

/** Whose turn it is. */
function first(standings: readonly Standing[]): Standing | undefined {
  let best: Standing | undefined;
  for (const one of standings) if (one.open.length > 0 && (best === undefined || comesBefore(one, best))) best = one;
  return best;
}

function comesBefore(a: Standing, b: Standing): boolean {
  if (a.of.onTrial !== b.of.onTrial) return b.of.onTrial;
  const [ofA, ofB] = [satisfactionOf(a.reached, a.needs, a.of.priority), satisfactionOf(b.reached, b.needs, b.of.priority)];
  if (ofA !== ofB) return ofA < ofB;
  return a.of.priority > b.of.priority;
}

/** Share of what a model needs, by its priority; with nothing it is 0 whatever the priority. */
export function satisfactionOf(reached: number, needs: number, priority: number): number {
  return reached <= 0 || needs <= 0 ? 0 : reached / needs / priority;
}
