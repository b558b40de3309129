// Load generator, in a process of its own: HTTP/1.1 over TLS written to the socket as prepared bytes, and answers
// read no further than their length. bench/external.ts prints what it reaches against a server that does nothing.
import { performance } from 'node:perf_hooks';
import { connect, type TLSSocket } from 'node:tls';

export interface LoadJob {
  readonly host: string;
  readonly port: number;
  /** Of the server; absent: its certificate is not looked at (prometheus-adapter signs its own). */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  readonly seconds: number;
  /** Closed loop: so many requests in flight all the time. */
  readonly inFlight?: number;
  /** Open loop: so many requests a second at even distances, whatever the answers do. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure?: string;
  readonly sample: string;
}

interface Connection {
  readonly socket: TLSSocket;
  /** Rejects when the server closes the connection, or it breaks: a request on its way then has no answer, and waiting for one would never end. */
  readonly lost: Promise<never>;
  ask(request: Buffer, done: (answer: Buffer) => void): void;
}

function open(job: LoadJob): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let pending: ((answer: Buffer) => void) | undefined;
    let received: Buffer = Buffer.alloc(0);
    const socket = connect({ host: job.host, port: job.port, servername: 'localhost', ...(job.ca === undefined ? { rejectUnauthorized: false } : { ca: job.ca }), ...(job.cert && job.key && { cert: job.cert, key: job.key }) });
    socket.setNoDelay(true);
    const lost = new Promise<never>((_, fail) => {
      socket.once('error', fail);
      socket.once('close', () => fail(new Error('The server closed the connection.')));
    });
    lost.catch(reject);
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      if (!isWhole(received)) return;
      const answer = received;
      received = Buffer.alloc(0);
      const done = pending;
      pending = undefined;
      done?.(answer);
    });
    socket.once('secureConnect', () =>
      resolve({
        socket,
        lost,
        ask(request, done) {
          pending = done;
          socket.write(request);
        },
      }),
    );
  });
}

function isWhole(received: Buffer): boolean {
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const head = received.toString('latin1', 0, headEnd);
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return received.length >= headEnd + 4 + Number(length);
  return received.toString('latin1', received.length - 5) === '0\r\n\r\n';
}

async function run(job: LoadJob): Promise<LoadResult> {
  const requests = job.paths.map((path) => {
    const lines = [`GET ${path} HTTP/1.1`, `Host: localhost:${job.port}`, ...Object.entries(job.headers).map(([name, value]) => `${name}: ${value}`)];
    return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
  });
  const latencies: number[] = [];
  let failures = 0;
  let firstFailure: string | undefined;
  let sample = '';
  let next = 0;
  const take = (): Buffer => requests[next++ % requests.length] as Buffer;
  const note = (answer: Buffer, startedMs: number): void => {
    latencies.push(performance.now() - startedMs);
    if (sample === '') sample = answer.toString();
    // 'HTTP/1.1 200'
    if (answer[9] === 0x32) return;
    failures += 1;
    firstFailure ??= answer.toString().slice(0, 400);
  };

  const startMs = performance.now();
  const endMs = startMs + job.seconds * 1000;
  const connections: Connection[] = [];
  try {
    if (job.inFlight !== undefined) {
      await Promise.all(
        Array.from({ length: job.inFlight }, async () => {
          const connection = await open(job);
          connections.push(connection);
          const over = new Promise<void>((resolve) => {
            const again = (): void => {
              const sentMs = performance.now();
              if (sentMs >= endMs) return resolve();
              connection.ask(take(), (answer) => {
                note(answer, sentMs);
                again();
              });
            };
            again();
          });
          await Promise.race([over, connection.lost]);
        }),
      );
    } else {
      const { perSecond = 1 } = job;
      const idle: Connection[] = await Promise.all(Array.from({ length: 16 }, () => open(job)));
      connections.push(...idle);
      const waiting: number[] = [];
      let asked = 0;
      let answered = 0;
      const total = Math.floor(perSecond * job.seconds);
      const firstMs = performance.now();
      const over = new Promise<void>((resolve) => {
        const send = (connection: Connection, dueMs: number): void =>
          connection.ask(take(), (answer) => {
            // from when it was due, so that a stall counts for all that had to wait
            note(answer, dueMs);
            answered += 1;
            const due = waiting.shift();
            if (due === undefined) idle.push(connection);
            else send(connection, due);
            if (answered === total) resolve();
          });
        const tick = (): void => {
          const nowMs = performance.now();
          for (; asked < total && firstMs + (asked * 1000) / perSecond <= nowMs; asked++) {
            const dueMs = firstMs + (asked * 1000) / perSecond;
            const connection = idle.pop();
            if (connection === undefined) waiting.push(dueMs);
            else send(connection, dueMs);
          }
          if (asked < total) setImmediate(tick);
        };
        tick();
      });
      await Promise.race([over, ...connections.map(({ lost }) => lost)]);
    }
  } finally {
    for (const { socket } of connections) socket.destroy();
  }
  const tookMs = performance.now() - startMs;
  const sorted = Float64Array.from(latencies).toSorted();
  const at = (fraction: number): number => sorted[Math.min(sorted.length - 1, Math.floor(fraction * sorted.length))] ?? Number.NaN;
  return {
    perSecond: latencies.length / (tookMs / 1000),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    maxMs: at(1),
    requests: latencies.length,
    failures,
    ...(firstFailure !== undefined && { firstFailure }),
    sample,
  };
}

process.on('message', (job: LoadJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.('ready');
