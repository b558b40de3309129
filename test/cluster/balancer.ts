import { connect, createServer } from 'node:net';

export interface Balancer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * What a Service does in front of several instances, on loopback: each connection goes to the next one, and past
 * one that refuses it.
 */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0;
  const open = new Set<{ destroy(): void }>();
  const server = createServer((incoming) => {
    open.add(incoming);
    incoming.once('close', () => open.delete(incoming));
    incoming.on('error', () => undefined);
    const first = turn++;
    const attempt = (tried: number): void => {
      const port = ports[(first + tried) % ports.length];
      if (port === undefined || tried === ports.length) {
        incoming.destroy();
        return;
      }
      const outgoing = connect(port, '127.0.0.1');
      open.add(outgoing);
      outgoing.once('error', () => attempt(tried + 1));
      outgoing.once('connect', () => {
        outgoing.removeAllListeners('error');
        outgoing.on('error', () => incoming.destroy());
        incoming.pipe(outgoing).pipe(incoming);
      });
      outgoing.once('close', () => {
        open.delete(outgoing);
        if (outgoing.bytesRead > 0 || outgoing.bytesWritten > 0) incoming.destroy();
      });
      incoming.once('close', () => outgoing.destroy());
    };
    attempt(0);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
