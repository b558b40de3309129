/** The least that a number was within the last `spanMs`: what has been there for all of that time. */
export class SlidingMinimum {
  readonly #spanMs: number;
  // those that may still become the least: values ascend, and so do the times until which each held
  readonly #values: number[] = [];
  readonly #untilMs: number[] = [];

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** The least, with `value` holding from `atMs` until the next is told. Times never go back. */
  push(atMs: number, value: number): number {
    const values = this.#values;
    const untilMs = this.#untilMs;
    if (values.length > 0) untilMs[untilMs.length - 1] = atMs;
    while (values.length > 0 && (untilMs[0] as number) <= atMs - this.#spanMs) {
      values.shift();
      untilMs.shift();
    }
    while (values.length > 0 && (values.at(-1) as number) >= value) {
      values.pop();
      untilMs.pop();
    }
    values.push(value);
    untilMs.push(atMs);
    return values[0] as number;
  }
}
