import { createManualClock, createRandom, readText } from '../../src/runtime/index.ts';
import type { HttpRequest, ManualClock } from '../../src/runtime/index.ts';
import type { ApiServer, ApiServerOptions } from '../../src/simulator/apiserver/index.ts';
import { createApiServer } from '../../src/simulator/apiserver/index.ts';

export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
  // The shape is what the test expects it to be.
  // oxlint-disable-next-line typescript/no-explicit-any
  json: any;
}

export interface Requester {
  clock: ManualClock;
  server: ApiServer;
  ask: (method: HttpRequest['method'], path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
}

/** A server on a manual clock, and a way to ask it without sockets; for tests. */
export function createRequester(options: Partial<ApiServerOptions> = {}): Requester {
  const clock = createManualClock(Date.parse('2026-01-01T00:00:00Z'));
  const server = createApiServer({ clock, random: createRandom('tests'), ...options });
  return {
    clock,
    server,
    async ask(method, path, body, headers = {}) {
      const response = await server.handle({
        method,
        url: `http://cluster${path}`,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await readText(response);
      const json: unknown = response.headers['content-type']?.includes('json') && !text.includes('\n{') ? JSON.parse(text) : undefined;
      return { status: response.status, headers: response.headers, text, json };
    },
  };
}
