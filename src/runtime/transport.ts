/**
 * The one way in which the product reaches Kubernetes, Prometheus and pods. Production gives it
 * sockets, tests give it a simulator's handler directly.
 */
export type Transport = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'HEAD';
  /** Absolute URL. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Ends the request, also while the body streams. */
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Streams; reading it to the end, or aborting the request's signal, frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The world failed us: what, whether trying again may help, and the cause. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly code: 'Unreachable' | 'TimedOut' | 'TooLarge' | 'Aborted' | 'Malformed';
  readonly retryable: boolean;
  constructor(code: TransportError['code'], message: string, options?: { cause?: unknown; retryable?: boolean }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options?.retryable ?? (code === 'Unreachable' || code === 'TimedOut');
  }
}

/**
 * Reads a body whole, as UTF-8.
 * @throws {TransportError} `TooLarge` when it passes `maxBytes`.
 */
export async function readText(response: HttpResponse, maxBytes = 64 * 1024 * 1024): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw new TransportError('TooLarge', `The answer is larger than ${maxBytes} bytes.`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** A response from text, for handlers that are called directly. */
export function textResponse(status: number, text: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, headers, body: once(new TextEncoder().encode(text)) };
}

async function* once(chunk: Uint8Array): AsyncIterable<Uint8Array> {
  yield chunk;
}
