/** What Prometheus' HTTP API (`/api/v1/query`, `/api/v1/query_range`) answers, after it has been checked. */
export interface PrometheusSeries {
  /** Labels, `__name__` among them where the expression keeps it. */
  readonly metric: Readonly<Record<string, string>>;
  /** Oldest first. Values may be NaN or infinite. */
  readonly points: readonly PrometheusPoint[];
}

export interface PrometheusPoint {
  readonly atMs: number;
  readonly value: number;
}

export interface PrometheusAnswer {
  readonly resultType: 'vector' | 'matrix' | 'scalar';
  /** A scalar is one series without labels. */
  readonly series: readonly PrometheusSeries[];
  /** What Prometheus itself warns of, such as parts of it that did not answer. */
  readonly warnings: readonly string[];
}

export type PrometheusParse =
  | { readonly kind: 'answer'; readonly answer: PrometheusAnswer }
  /** Prometheus understood, and says why it does not answer. */
  | { readonly kind: 'error'; readonly errorType: string; readonly error: string }
  /** This is not an answer of Prometheus; `expected` is to be read after "expected". */
  | { readonly kind: 'malformed'; readonly expected: string };

/**
 * Checks a parsed body. Written out by hand: an answer about a thousand pods has a quarter of a million
 * points, which a schema library would check in seconds rather than in tens of milliseconds.
 * @param earlier how many series of the same answer were read before: where one is wrong it is told which.
 */
export function readPrometheusAnswer(body: unknown, earlier = 0): PrometheusParse {
  if (!isRecord(body)) return malformed('an object');
  if (body['status'] === 'error') {
    const { errorType, error } = body;
    return { kind: 'error', errorType: typeof errorType === 'string' ? errorType : 'unknown', error: typeof error === 'string' ? error : 'no reason was given' };
  }
  if (body['status'] !== 'success') return malformed('"status" to be "success" or "error"');
  const data = body['data'];
  if (!isRecord(data)) return malformed('"data" to be an object');
  const warnings = Array.isArray(body['warnings']) ? body['warnings'].filter((warning) => typeof warning === 'string') : [];
  const { resultType, result } = data;
  if (resultType === 'scalar') {
    const point = readPoint(result);
    if (!point) return malformed('a scalar to be a pair of a time and a text');
    return { kind: 'answer', answer: { resultType, series: [{ metric: {}, points: [point] }], warnings } };
  }
  if (resultType !== 'vector' && resultType !== 'matrix') return malformed('"resultType" to be "vector", "matrix" or "scalar"');
  if (!Array.isArray(result)) return malformed('"result" to be a list');
  const series: PrometheusSeries[] = [];
  for (const [index, one] of (result as unknown[]).entries()) {
    const read = readPrometheusSeries(one, resultType);
    if (typeof read === 'string') return malformed(`series ${earlier + index} of the result to have ${read}`);
    series.push(read);
  }
  return { kind: 'answer', answer: { resultType, series, warnings } };
}

/** One series of a result, or what it was expected to have. */
export function readPrometheusSeries(one: unknown, resultType: 'vector' | 'matrix'): PrometheusSeries | string {
  if (!isRecord(one) || !isRecord(one['metric'])) return 'labels';
  const metric = one['metric'];
  for (const label in metric) if (typeof metric[label] !== 'string') return `a text as label ${label}`;
  const given = resultType === 'vector' ? [one['value']] : one['values'];
  // native histograms stand beside, under other keys; nothing here asks for them
  if (given === undefined || (resultType === 'vector' && one['value'] === undefined)) return resultType === 'vector' ? 'a value' : 'values';
  if (!Array.isArray(given)) return 'a list of values';
  const points: PrometheusPoint[] = [];
  for (const pair of given as unknown[]) {
    const point = readPoint(pair);
    if (!point) return 'pairs of a time and a text as values';
    points.push(point);
  }
  return { metric: metric as Record<string, string>, points };
}

/** Times are seconds with three decimals, values are texts. */
function readPoint(pair: unknown): PrometheusPoint | undefined {
  if (!Array.isArray(pair) || pair.length !== 2) return undefined;
  const [seconds, text] = pair as unknown[];
  if (typeof seconds !== 'number' || typeof text !== 'string' || text === '') return undefined;
  const value = text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
  if (Number.isNaN(value) && text !== 'NaN') return undefined;
  return { atMs: Math.round(seconds * 1000), value };
}

function malformed(expected: string): PrometheusParse {
  return { kind: 'malformed', expected };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
