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

/** Letters to add, drop or change to make one of the other (Levenshtein). */
function letters(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
