import { createServer } from 'node:http';

export interface PageServer {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** How many requests were answered. */
  readonly served: number;
  close(): Promise<void>;
}

/** Serves a text on every path: a scrape target of the test. `host` may be any loopback address, `port` 0 for a free one. */
export async function servePage(page: () => string | { status: number; text: string }, host = '127.0.0.1', port = 0): Promise<PageServer> {
  let served = 0;
  const server = createServer((_request, response) => {
    served++;
    const given = page();
    const { status, text } = typeof given === 'string' ? { status: 200, text: given } : given;
    response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as { port: number }).port;
  return {
    url: `http://${host}:${bound}`,
    host,
    port: bound,
    get served() {
      return served;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
