import { distance as letters } from 'fastest-levenshtein';

/**
 * Names that somebody may have meant: those that begin or end alike, then those a few letters away.
 *
 * @returns At most `most`, nearest first.
 */
export function nearNames(name: string, all: readonly string[], most = 5): readonly string[] {
  const close = Math.max(2, Math.floor(name.length / 3));
  return all
    .map((other) => ({ other, distance: other.includes(name) || name.includes(other) ? 0 : letters(name, other) }))
    .filter(({ distance }) => distance <= close)
    .toSorted((a, b) => a.distance - b.distance || (a.other < b.other ? -1 : 1))
    .slice(0, most)
    .map(({ other }) => other);
}
