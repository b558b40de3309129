/** The highest rate up to `most` that is borne: a higher one is borne no more easily. */
export function highest(most: number, isBorne: (perSecond: number) => boolean): number {
  if (isBorne(most)) return most;
  let low = 0;
  let high = most;
  for (let round = 0; round < 24 && high - low > 0.003 * high; round++) {
    const middle = (low + high) / 2;
    if (isBorne(middle)) low = middle;
    else high = middle;
  }
  return low;
}
