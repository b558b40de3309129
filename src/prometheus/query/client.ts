import { readText, type Clock, type HttpResponse, type Transport } from '../../runtime/index.ts';
import { readPrometheusAnswer, type PrometheusAnswer, type PrometheusParse } from '../../wire/index.ts';
import type { LabelBook } from '../answer/label-book.ts';
import { readScanned, scannedOf } from '../answer/read-scanned.ts';
import type { ScannedAnswer } from '../answer/scanned-answer.ts';
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

/** Asks queries. All methods throw a {@link Failure} whose message is to be read after "Prometheus". */
export interface PrometheusClient {
  /** The value of an expression at `atMs`, or at Prometheus' own now. */
  instant(query: string, options: { readonly signal: AbortSignal; readonly atMs?: number }): Promise<PrometheusAnswer>;
  /** Its values from `fromMs` to `toMs`, one every `stepMs`. */
  range(query: string, options: { readonly signal: AbortSignal; readonly fromMs: number; readonly toMs: number; readonly stepMs: number }): Promise<PrometheusAnswer>;
}

export interface ScanningClient extends PrometheusClient {
  /**
   * The value of an expression at Prometheus' own now, read as it comes in: for answers that are large and come again and again.
   * @param options.expected how much is likely to come, such as came the last time.
   */
  scan(query: string, options: { readonly signal: AbortSignal; readonly book: LabelBook; readonly expected?: { readonly series: number; readonly points: number } }): Promise<ScannedAnswer>;
}

const defaultTimeoutMs = 10_000;
/** Twice what a look at thirty thousand replicas needs, at 300 bytes a series with its labels. */
const defaultMaxBytes = 512 * 1024 * 1024;

export function createPrometheusClient(options: PrometheusClientOptions): ScanningClient {
  const { transport, clock, headers = async () => ({}), timeoutMs = defaultTimeoutMs, maxBytes = defaultMaxBytes } = options;
  const base = options.baseUrl.replace(/\/+$/, '');

  async function ask<T>(path: string, parameters: Readonly<Record<string, string>>, signal: AbortSignal, read: (response: HttpResponse) => Promise<T>): Promise<T> {
    const given = await headers().catch((error: unknown) => {
      throw new Failure('Unreachable', `was not asked, because the credentials for it could not be read (${error instanceof Error ? error.message : String(error)})`, error);
    });
    try {
      return await withinDeadline(clock, timeoutMs, signal, async (own) => {
        // GET where possible: proxies that guard Prometheus often allow only that
        const url = `${base}${path}?${new URLSearchParams({ ...parameters, timeout: `${timeoutMs}ms` }).toString()}`;
        const response = await transport({ method: 'GET', url, headers: { accept: 'application/json', ...given }, signal: own });
        return read(response);
      });
    } catch (error) {
      throw asFailure(error, timeoutMs, maxBytes);
    }
  }

  const asObjects = async (response: HttpResponse): Promise<PrometheusAnswer> => understood(response, await readText(response, maxBytes));

  return {
    instant: (query, { signal, atMs }) =>
      ask('/api/v1/query', { query, ...(atMs === undefined ? {} : { time: String(atMs / 1000) }) }, signal, asObjects),
    scan: (query, { signal, book, expected = { series: 0, points: 0 } }) =>
      ask('/api/v1/query', { query }, signal, async (response) => {
        if (response.status !== 200) return scannedOf(await asObjects(response), book);
        const read = await readScanned(response, book, maxBytes, expected);
        if (read.kind === 'answer') return read.answer;
        return read.kind === 'text' ? scannedOf(understood(response, read.text), book) : refused(response.status, read);
      }),
    range: (query, { signal, fromMs, toMs, stepMs }) =>
      ask('/api/v1/query_range', { query, start: String(fromMs / 1000), end: String(toMs / 1000), step: String(stepMs / 1000) }, signal, asObjects),
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
  if (read.kind !== 'answer') return refused(status, read);
  if (status !== 200) throw new Failure('Unreachable', statusSaid(status));
  return read.answer;
}

function refused(status: number, read: Exclude<PrometheusParse, { kind: 'answer' }>): never {
  if (read.kind === 'error') {
    const timedOut = read.errorType === 'timeout';
    throw new Failure(timedOut ? 'TimedOut' : 'Unreachable', `${statusSaid(status)} and the error ${read.errorType}: ${excerpt(read.error, 200)}`);
  }
  if (status !== 200) throw new Failure('Unreachable', statusSaid(status));
  throw new Failure('Malformed', `gave an answer that is not Prometheus' own: ${read.expected} was expected`);
}

function statusSaid(status: number): string {
  const hint = status === 401 || status === 403 ? ' (the credentials are missing, expired or too weak)' : '';
  return `answered with HTTP status ${status}${hint}`;
}
