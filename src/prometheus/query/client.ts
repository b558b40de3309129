import { readText, type Clock, type HttpResponse, type Transport } from '../../runtime/index.ts';
import { readPrometheusAnswer, type PrometheusAnswer } from '../../wire/index.ts';
import { withinDeadline } from '../deadline.ts';
import { asFailure, excerpt, Failure } from '../failure.ts';

export interface PrometheusClientOptions {
  readonly transport: Transport;
  /** Such as `https://thanos.monitoring:9091`, with a path prefix if there is one. */
  readonly baseUrl: string;
  readonly clock: Clock;
  /** Asked for each query, so that a token that changes on disk is seen. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** How long a query may take, from asking to the last byte. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** Asks queries. Both methods throw a {@link Failure} whose message is to be read after "Prometheus". */
export interface PrometheusClient {
  /** The value of an expression at `atMs`, or at Prometheus' own now. */
  instant(query: string, options: { readonly signal: AbortSignal; readonly atMs?: number }): Promise<PrometheusAnswer>;
  /** Its values from `fromMs` to `toMs`, one every `stepMs`. */
  range(query: string, options: { readonly signal: AbortSignal; readonly fromMs: number; readonly toMs: number; readonly stepMs: number }): Promise<PrometheusAnswer>;
}

const defaultTimeoutMs = 10_000;
/** Ten times what a fleet of a thousand pods needs. */
const defaultMaxBytes = 192 * 1024 * 1024;

export function createPrometheusClient(options: PrometheusClientOptions): PrometheusClient {
  const { transport, clock, headers = async () => ({}), timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = options;
  const base = options.baseUrl.replace(/\/+$/, '');

  async function ask(path: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal): Promise<PrometheusAnswer> {
    const given = await headers().catch((error: unknown) => {
      throw new Failure('Unreachable', `was not asked, because the credentials for it could not be read (${error instanceof Error ? error.message : String(error)})`, error);
    });
    try {
      return await withinDeadline(clock, timeoutMs, signal, async (own) => {
        // GET where possible: proxies that guard Prometheus often allow only that
        const url = `${base}${path}?${new URLSearchParams({ ...parameters, timeout: `${timeoutMs}ms` }).toString()}`;
        const response = await transport({ method: 'GET', url, headers: { accept: 'application/json', ...given }, signal: own });
        return understood(response, await readText(response, maxBytes));
      });
    } catch (error) {
      throw asFailure(error, timeoutMs, maxBytes);
    }
  }

  return {
    instant: (query, { signal, atMs }) =>
      ask('/api/v1/query', { query, ...(atMs === undefined ? {} : { time: String(atMs / 1000) }) }, signal),
    range: (query, { signal, fromMs, toMs, stepMs }) =>
      ask('/api/v1/query_range', { query, start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) }, signal),
  };
}

function understood(response: HttpResponse, text: string): PrometheusAnswer {
  const { status } = response;
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    const what = /^\s*</.test(text) ? 'a web page' : 'something that is not JSON';
    if (status !== 200) throw new Failure('Unreachable', `${statusSaid(status)}, and said "${excerpt(text)}"`);
    throw new Failure('Malformed', `answered with ${what} ("${excerpt(text, 60)}"); the address may be another server's`);
  }
  const read = readPrometheusAnswer(body);
  if (read.kind === 'error') {
    const timedOut = read.errorType === 'timeout';
    throw new Failure(timedOut ? 'TimedOut' : 'Unreachable', `${statusSaid(status)} and the error ${read.errorType}: ${excerpt(read.error, 200)}`);
  }
  if (status !== 200) throw new Failure('Unreachable', statusSaid(status));
  if (read.kind === 'malformed') throw new Failure('Malformed', `gave an answer that is not Prometheus' own: ${read.expected} was expected`);
  return read.answer;
}

function statusSaid(status: number): string {
  const hint = status === 401 || status === 403 ? ' (the credentials are missing, expired or too weak)' : '';
  return `answered with HTTP status ${status}${hint}`;
}
