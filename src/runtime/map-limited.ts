/**
 * Maps with at most `limit` calls under way, results in the order of the items. After a rejection no further call begins, those under way
 * are waited for, and the first error is thrown; an aborted signal does the same with its reason.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  map: (item: T, index: number) => Promise<R>,
  signal?: AbortSignal,
): Promise<R[]> {
  const results: R[] = [];
  results.length = items.length;
  const failures: unknown[] = [];
  let next = 0;
  async function work(): Promise<void> {
    while (next < items.length && failures.length === 0) {
      if (signal?.aborted) {
        failures.push(signal.reason);
        return;
      }
      const index = next++;
      try {
        results[index] = await map(items[index] as T, index);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(Math.max(1, limit), items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
