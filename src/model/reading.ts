/**
 * One observed quantity. Not knowing is an ordinary value: a reading is never NaN, and absence is
 * never written as 0.
 */
export type Reading<T = number> =
  | { readonly kind: 'fresh'; readonly value: T; readonly atMs: number }
  | { readonly kind: 'stale'; readonly value: T; readonly atMs: number; readonly ageMs: number }
  | { readonly kind: 'missing'; readonly why: MissingReason; readonly detail?: string };

/** Why a quantity is not known. */
export type MissingReason =
  | 'NotReported' // the server answered, and the series was not there
  | 'NotANumber' // the series was there, and said NaN or infinity
  | 'NoPriorSample' // a rate needs two samples, and there is one
  | 'CounterReset' // the counter went back: the server restarted between two samples
  | 'NothingHappened' // a mean over no events (0/0)
  | 'Unreachable' // the server or Prometheus could not be reached
  | 'TimedOut'
  | 'TooLarge' // the answer passed the byte limit
  | 'Malformed' // the answer could not be understood
  | 'NotScraped'; // nobody has asked yet

export function fresh<T>(value: T, atMs: number): Reading<T> {
  return { kind: 'fresh', value, atMs };
}

export function missing<T = number>(why: MissingReason, detail?: string): Reading<T> {
  if (detail !== undefined) return { kind: 'missing', why, detail };
  let reading = bare.get(why);
  if (reading === undefined) bare.set(why, (reading = { kind: 'missing', why }));
  return reading;
}

/** Readings are never changed, so that a look at 30 000 replicas, each of which lacks something, need not make one for each. */
const bare = new Map<MissingReason, Extract<Reading, { kind: 'missing' }>>();

/** The same reading seen at `nowMs`: fresh until `staleAfterMs` of age, stale after it. */
export function aged<T>(reading: Reading<T>, nowMs: number, staleAfterMs: number): Reading<T> {
  if (reading.kind === 'missing') return reading;
  const { value, atMs } = reading;
  const ageMs = nowMs - atMs;
  if (ageMs > staleAfterMs) return { kind: 'stale', value, atMs, ageMs };
  // most are fresh and stay so: a look at 30 000 replicas need not make half a million of them anew
  return reading.kind === 'fresh' ? reading : { kind: 'fresh', value, atMs };
}

/** The value if it is fresh, else `undefined`: for those who must not act on old news. */
export function freshValue<T>(reading: Reading<T>): T | undefined {
  return reading.kind === 'fresh' ? reading.value : undefined;
}
