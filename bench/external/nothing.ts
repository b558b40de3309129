// A TLS server that answers every request with the same bytes: what the load generator reaches against it is the
// generator's own ceiling.
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';

export interface NothingJob {
  readonly cert: string;
  readonly key: string;
  readonly body: string;
}

process.on('message', (job: NothingJob) => {
  const answer = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(job.body)}\r\n\r\n${job.body}`);
  const server = createServer({ cert: job.cert, key: job.key, requestCert: true, rejectUnauthorized: false, ca: [] }, (socket) => {
    socket.setNoDelay(true);
    socket.on('data', () => socket.write(answer)).on('error', () => {});
  });
  server.listen(0, '127.0.0.1', () => process.send?.({ result: { port: (server.address() as AddressInfo).port } }));
});
process.send?.('ready');
