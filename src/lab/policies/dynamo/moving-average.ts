/** Mean of the last values; zeros from before the first load do not count. */
export interface MovingAverage {
  add(value: number): void;
  /** 0 before there is any. */
  value(): number;
}

export function createMovingAverage(length: number): MovingAverage {
  let values: readonly number[] = [];
  return {
    add(value) {
      if (value === 0 && values.length === 0) return;
      values = [...values, value].slice(-length);
    },
    value: () => (values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length),
  };
}
