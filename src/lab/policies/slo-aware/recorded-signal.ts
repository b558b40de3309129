/** A recorded series and its `avg_over_time`: values of the last window, the window's beginning excluded as in Prometheus 3. */
export interface RecordedSignal {
  record(atMs: number, value: number): void;
  /** Mean of what was recorded within the window; 0 before anything was. */
  mean(): number;
}

export function createRecordedSignal(windowMs: number): RecordedSignal {
  let samples: readonly { readonly atMs: number; readonly value: number }[] = [];
  return {
    record(atMs, value) {
      samples = [...samples.filter((sample) => sample.atMs > atMs - windowMs), { atMs, value }];
    },
    mean: () => (samples.length === 0 ? 0 : samples.reduce((sum, { value }) => sum + value, 0) / samples.length),
  };
}
