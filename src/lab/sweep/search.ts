import type { LawSettings } from '../policies/index.ts';

/** Settings and how good they are: more is better. */
export interface Judged {
  readonly settings: LawSettings;
  readonly score: number;
}

export interface Search<Outcome extends Judged> {
  /** Where it begins: what is published. */
  readonly start: LawSettings;
  /** What an earlier search found, where it begins instead if that is still better. */
  readonly known?: LawSettings | undefined;
  /** Values to try, by setting. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** Judges several settings at once, in their order. Each is asked for once. */
  readonly judge: (candidates: readonly LawSettings[]) => Promise<readonly Outcome[]>;
  /** Rounds over all settings; it ends earlier where a round changes nothing. */
  readonly rounds: number;
}

/**
 * Coordinate search: one setting after the other takes the value that is best while the others stay, until a round changes
 * nothing. It sees a part of the whole grid (dozens of candidates instead of hundreds) and may end where only a change of two settings
 * at once would be better: then what an earlier search found is where to go on from.
 *
 * @returns The best, what was begun with, and how many were tried. Of equals the one that was there first wins.
 */
export async function searchSettings<Outcome extends Judged>(search: Search<Outcome>): Promise<{ readonly best: Outcome; readonly begun: Outcome; readonly tried: number }> {
  const { start, known: knownBefore, values, judge, rounds } = search;
  const known = new Map<string, Outcome>();
  async function judged(candidates: readonly LawSettings[]): Promise<readonly Outcome[]> {
    const fresh = candidates.filter((candidate) => !known.has(textOf(candidate)));
    if (fresh.length > 0) for (const outcome of await judge(fresh)) known.set(textOf(outcome.settings), outcome);
    return candidates.flatMap((candidate) => known.get(textOf(candidate)) ?? []);
  }

  const [begun, found] = await judged([start, ...(knownBefore === undefined ? [] : [knownBefore])]);
  if (begun === undefined) throw new Error(`The settings ${textOf(start)} were not judged.`);
  let best = found !== undefined && found.score > begun.score ? found : begun;
  for (let round = 0; round < rounds; round += 1) {
    const before = best;
    for (const [name, choices] of Object.entries(values)) {
      const { settings } = best;
      const others = choices.filter((choice) => choice !== settings[name]).map((choice) => ({ ...settings, [name]: choice }));
      for (const other of await judged(others)) if (other.score > best.score) best = other;
    }
    if (best === before) break;
  }
  return { best, begun, tried: known.size };
}

function textOf(settings: LawSettings): string {
  return Object.entries(settings)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}
