/** A value that holds until it is changed, looked back on. */
export interface HeldValues {
  set(atMs: number, value: number): void;
  /** Of all values that held at some moment of the last `periodMs`; `undefined` before the first. */
  lowest(nowMs: number, periodMs: number): number | undefined;
  highest(nowMs: number, periodMs: number): number | undefined;
}

/** @param keepMs The longest period that will be asked for. */
export function createHeldValues(keepMs: number): HeldValues {
  let spans: { readonly value: number; readonly untilMs: number }[] = [];
  let last: number | undefined;

  function within(nowMs: number, periodMs: number): readonly number[] {
    const past = spans.filter(({ untilMs }) => untilMs >= nowMs - periodMs).map(({ value }) => value);
    return last === undefined ? past : [...past, last];
  }

  function of(values: readonly number[], choose: (...values: readonly number[]) => number): number | undefined {
    return values.length === 0 ? undefined : choose(...values);
  }

  return {
    set(atMs, value) {
      spans = spans.filter(({ untilMs }) => untilMs >= atMs - keepMs);
      if (last !== undefined && last !== value) spans.push({ value: last, untilMs: atMs });
      last = value;
    },
    lowest: (nowMs, periodMs) => of(within(nowMs, periodMs), Math.min),
    highest: (nowMs, periodMs) => of(within(nowMs, periodMs), Math.max),
  };
}
