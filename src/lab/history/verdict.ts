/** What two policies are held against each other by; less is better in all of them. */
export interface Figures {
  readonly money: number;
  /** Requests that probably missed, or did. */
  readonly misses: number;
  readonly requests: number;
  readonly flaps: number;
}

export type Axis = 'money' | 'misses' | 'flaps';

export interface AxisVerdict {
  readonly axis: Axis;
  readonly first: number;
  readonly second: number;
  /** The most that the second may have and still be no worse. */
  readonly allowed: number;
  readonly isWorse: boolean;
}

export const axes: readonly Axis[] = ['money', 'misses', 'flaps'];

/**
 * Whether the second is worse, axis by axis: more than `tolerance` (a fraction) above the first. So that small counts do not fail a
 * pipeline, a thousandth of the requests and one flap are let be as well.
 */
export function judge(first: Figures, second: Figures, tolerance: number, judged: readonly Axis[] = axes): AxisVerdict[] {
  const slack: Readonly<Record<Axis, number>> = { money: 0, misses: Math.max(first.requests, second.requests) / 1000, flaps: 1 };
  return judged.map((axis) => {
    const allowed = first[axis] * (1 + tolerance) + slack[axis];
    // sums of the same numbers in another order differ in their last digits
    return { axis, first: first[axis], second: second[axis], allowed, isWorse: second[axis] > allowed + Math.abs(allowed) * 1e-9 };
  });
}
