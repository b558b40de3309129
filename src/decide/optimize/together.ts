import { carriesBeside, type Sharer } from '../analyze/learned/share.ts';
import { cheapestMix, isBetter, runnerUp, type Mix, type MixOption } from './mix.ts';

/** One kind of replica that may carry a load beside others. */
export type SharedOption = MixOption & Sharer;

/** A mix, and what one replica of each kind carries in it. */
export interface Together {
  readonly mix: Mix;
  readonly carries: readonly number[];
  /** Which kind is full first, and keeps others from being full; absent where none does. */
  readonly first?: number;
}

const epsilon = 1e-9;

/**
 * The cheapest mix that carries `need`, where a router gives replicas their requests without looking at what they are able to. What a kind carries beside others depends on which of them is full first, and on nothing else: once that is
 * settled the mix is an ordinary one. So each kind is thought to be the one that is full first, without those that would be before it, and the cheapest of these mixes is the cheapest of all.
 */
export function cheapestTogether(options: readonly SharedOption[], need: number): Together {
  if (!isShared(options)) return { mix: cheapestMix(options, need), carries: options.map(({ carries }) => carries) };
  const there = enoughAsItIs(options, need);
  if (there !== undefined) return there;
  let best: Together | undefined;
  for (const way of waysOf(options)) {
    const mix = cheapestMix(way.options, need);
    if (best === undefined || isBetter(mix.costPerHour, mix.carries, mix.enough, { cost: best.mix.costPerHour, carries: best.mix.carries, enough: best.mix.enough })) best = told({ first: way.first, carries: way.options.map(({ carries }) => carries) }, mix);
  }
  return best ?? { mix: cheapestMix(options, need), carries: options.map(({ carries }) => carries) };
}

/** The least that there is to be, where that is enough: most looks find it so, and nothing is cheaper. */
function enoughAsItIs(options: readonly SharedOption[], need: number): Together | undefined {
  let first: number | undefined;
  let level = Infinity;
  for (const [index, { share, carries, least }] of options.entries()) if (share !== undefined && carries > 0 && least > 0 && share.fullAt < level) [first, level] = [index, share.fullAt];
  if (first === undefined) return undefined;
  const carries = options.map((option) => carriesBeside(option, level));
  let carried = 0;
  let costPerHour = 0;
  for (const [index, { least, costPerHour: each }] of options.entries()) {
    carried += least * (carries[index] as number);
    costPerHour += least * each;
  }
  return carried < need - epsilon ? undefined : told({ first, carries }, { counts: options.map(({ least }) => least), costPerHour, carries: carried, enough: true });
}

/** The cheapest other one, as `runnerUp` says it of mixes whose replicas do not matter to each other. */
export function secondTogether(options: readonly SharedOption[], best: Mix, need: number): Mix | undefined {
  if (!isShared(options)) return runnerUp(options, best, need);
  let second: Mix | undefined;
  for (const { options: those } of waysOf(options)) {
    const mix = cheapestMix(those, need);
    const other = mix.counts.every((count, index) => count === best.counts[index]) ? runnerUp(those, mix, need) : mix;
    if (other?.enough === true && (second === undefined || other.costPerHour < second.costPerHour - epsilon)) second = other;
  }
  return second;
}

/** Whether more than one kind takes part in what a router gives. */
function isShared(options: readonly SharedOption[]): boolean {
  let sharing = 0;
  for (const { share, carries, most } of options) if (share !== undefined && carries > 0 && most > 0) sharing++;
  return sharing > 1;
}

interface Way {
  readonly first: number;
  readonly options: readonly MixOption[];
}

/** For each kind that may be full first the options that are left then; it is there itself. */
function waysOf(options: readonly SharedOption[]): readonly Way[] {
  return options.flatMap(({ share, carries, most }, first): readonly Way[] => {
    if (share === undefined || carries <= 0 || most <= 0) return [];
    const isBefore = (other: SharedOption, index: number): boolean => other.share !== undefined && other.carries > 0 && (other.share.fullAt < share.fullAt || (other.share.fullAt === share.fullAt && index < first));
    if (options.some((other, index) => other.least > 0 && isBefore(other, index))) return [];
    return [{ first, options: options.map((other, index): MixOption => {
      const { costPerHour, least, most: many } = other;
      if (index === first) return { carries: other.carries, costPerHour, least: Math.max(1, least), most: many };
      return isBefore(other, index) ? { carries: 0, costPerHour, least: 0, most: 0 } : { carries: carriesBeside(other, share.fullAt), costPerHour, least, most: many };
    }) }];
  });
}

function told({ first, carries }: { readonly first: number; readonly carries: readonly number[] }, mix: Mix): Together {
  const isAlone = mix.counts.every((count, index) => index === first || count === 0);
  return { mix, carries, ...(!isAlone && { first }) };
}
