/** Milliseconds of a Kubernetes time, or `undefined` when there is none. */
export function instant(text: string | undefined): number | undefined {
  const ms = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
