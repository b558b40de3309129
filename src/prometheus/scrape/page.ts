import { readText, type Clock, type HttpResponse, type Transport } from '../../runtime/index.ts';
import { parseExposition, type Exposition } from '../../wire/index.ts';
import { excerpt, Failure } from '../failure.ts';

/** A page of metrics and when it was made, as nearly as one can tell from outside. */
export interface Page {
  readonly atMs: number;
  readonly exposition: Exposition;
}

export interface PageRequest {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** Names of the series that are wanted of it. */
  readonly keep: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/**
 * Fetches and reads one page.
 * @throws {Failure} what the server answered instead, or a TransportError.
 */
export async function fetchPage(request: PageRequest): Promise<Page> {
  const { clock, maxBytes, keep } = request;
  const askedMs = clock.now();
  const response = await followed(request);
  // the page was made between the question and the first byte of the answer
  const atMs = Math.round((askedMs + clock.now()) / 2);
  if (response.status !== 200) {
    // read, so that the connection can serve again
    const body = await readText(response, 64 * 1024).catch(() => '');
    const said = body === '' ? '' : ` ("${excerpt(body)}")`;
    throw new Failure(response.status === 404 ? 'NotReported' : 'Unreachable', `answered with HTTP status ${response.status}${said}`);
  }
  const announced = Number(response.headers['content-length']);
  if (announced > maxBytes) throw new Failure('TooLarge', `announced an answer of ${announced} bytes, and ${maxBytes} are the limit`);
  const text = await readText(response, maxBytes);
  if (/^\s*</.test(text)) throw new Failure('Malformed', `answered with a web page instead of metrics ("${excerpt(text, 60)}")`);
  return { atMs, exposition: parseExposition(text, { keep }) };
}

/** Older vLLM redirects /metrics to /metrics/. One redirect on the same server is followed, no more. */
async function followed(request: PageRequest): Promise<HttpResponse> {
  const { transport, url, signal } = request;
  const headers = { accept: 'text/plain;version=0.0.4;q=0.9,*/*;q=0.1', ...request.headers };
  const response = await transport({ method: 'GET', url, headers, signal });
  const location = response.headers['location'];
  if (![301, 302, 307, 308].includes(response.status) || location === undefined) return response;
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (target?.host !== new URL(url).host) throw new Failure('Unreachable', `redirected to ${excerpt(location)}, another server`);
  await readText(response, 64 * 1024).catch(() => '');
  return transport({ method: 'GET', url: target.href, headers, signal });
}
