/** Groups values by a key, keeping the order of first appearance. */
export function groupBy<K, V>(values: Iterable<V>, key: (value: V) => K): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  for (const value of values) {
    const k = key(value);
    const group = groups.get(k);
    if (group) group.push(value);
    else groups.set(k, [value]);
  }
  return groups;
}

/** The list in order; itself where it is in order already, as a list of one is, and most that are sorted in every cycle. Sorting allocates half a kilobyte even for those. */
export function inOrder<T>(values: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  for (let index = 1; index < values.length; index++) {
    if (compare(values[index - 1] as T, values[index] as T) > 0) return values.toSorted(compare);
  }
  return values;
}

/** Orders by Unicode code units, the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
