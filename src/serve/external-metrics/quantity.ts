const suffixes = ['m', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/**
 * A number as a Kubernetes quantity in its canonical decimal form, with thousandths as the smallest step
 * (what is finer is cut off, as prometheus-adapter does): 2, 333m, 1500, 2k. `value` is finite.
 */
export function quantity(value: number): string {
  let amount = Math.trunc(value * 1000);
  if (amount === 0) return '0';
  let step = 0;
  while (step < suffixes.length - 1 && amount % 1000 === 0) {
    amount /= 1000;
    step += 1;
  }
  return `${amount}${suffixes[step]}`;
}
