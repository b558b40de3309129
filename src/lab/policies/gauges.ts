/** `sum(gauge)`; `undefined` where there is no series, as PromQL answers. */
export function total(values: ReadonlyMap<string, number>): number | undefined {
  if (values.size === 0) return undefined;
  let sum = 0;
  for (const value of values.values()) sum += value;
  return sum;
}
