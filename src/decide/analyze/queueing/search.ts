export interface Found {
  readonly x: number;
  /** Where the target lies: within the range, below all values, or above them. */
  readonly where: 'within' | 'below' | 'above';
}

const halvings = 100;
const tolerance = 1e-6;

/** Whether two values agree to a share of the second. */
export function agree(value: number, target: number, share: number): boolean {
  return value === target || (target !== 0 && Math.abs((value - target) / target) <= share);
}

/** Where a function that only rises, or only falls, has a value; the nearer end where it has it nowhere. `undefined` for no range, or a function that is not known at its ends. */
export function solve(f: (x: number) => number | undefined, low: number, high: number, target: number): Found | undefined {
  if (!(low <= high)) return undefined;
  const [first, last] = [f(low), f(high)];
  if (first === undefined || last === undefined || !Number.isFinite(first) || !Number.isFinite(last)) return undefined;
  if (agree(first, target, tolerance)) return { x: low, where: 'within' };
  if (agree(last, target, tolerance)) return { x: high, where: 'within' };
  const rises = first < last;
  if (rises ? target < first : target > first) return { x: low, where: rises ? 'below' : 'above' };
  if (rises ? target > last : target < last) return { x: high, where: rises ? 'above' : 'below' };
  let [a, b] = [low, high];
  let x = (a + b) / 2;
  for (let step = 0; step < halvings; step++) {
    x = (a + b) / 2;
    const value = f(x);
    if (value === undefined) return undefined;
    if (agree(value, target, tolerance)) break;
    if (value < target === rises) a = x;
    else b = x;
  }
  return { x, where: 'within' };
}
