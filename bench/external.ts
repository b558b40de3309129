// The external metrics API under load: 1 000 targets, TLS on loopback, callers authenticated and authorised.
// Server and load generator run in processes of their own. With --adapter the genuine prometheus-adapter on a
// genuine Prometheus answers the same requests from the same generator, and both ask the same genuine API server.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '../test/support/genuine/certificates.ts';
import type { LoadJob, LoadResult } from './external/load.ts';
import { startGenuineAdapter } from './external/adapter.ts';
import type { NothingJob } from './external/nothing.ts';
import type { ServeJob } from './external/serve.ts';
import { startWorker, type Worker } from './external/worker.ts';

const targetCount = 1000;
const namespaceCount = 20;
const withAdapter = process.argv.includes('--adapter');
const seconds = Number(process.argv.find((argument) => argument.startsWith('--seconds='))?.slice(10) ?? 5);

const targets = Array.from({ length: targetCount }, (_, i) => ({ namespace: `team-${i % namespaceCount}`, name: `ms-model-${i}-decode` }));
// as a HorizontalPodAutoscaler asks
const paths = targets.map(
  ({ namespace, name }) =>
    `/apis/external.metrics.k8s.io/v1beta1/namespaces/${namespace}/wva_desired_replicas?labelSelector=${encodeURIComponent(`target_kind=Deployment,target_name=${name}`)}`,
);
const headers = {
  Accept: 'application/json',
  'User-Agent': 'kube-controller-manager',
  'X-Forwarded-For': '10.0.0.1',
  'X-Remote-User': 'system:serviceaccount:kube-system:horizontal-pod-autoscaler',
  'X-Remote-Group': 'system:serviceaccounts',
};

type Door = Pick<LoadJob, 'host' | 'port' | 'ca' | 'cert' | 'key'>;
interface Measured {
  readonly one: LoadResult;
  readonly sixteen: LoadResult;
}

function sure(result: LoadResult, what: string): LoadResult {
  if (result.failures > 0) throw new Error(`${what}: ${result.failures} of ${result.requests} requests failed, first: ${result.firstFailure}`);
  return result;
}

async function measure(load: Worker, door: Door, what: string): Promise<Measured> {
  const ask = async (job: Partial<LoadJob>): Promise<LoadResult> => sure(await load.ask<LoadResult>({ ...door, headers, paths, seconds, ...job }), what);
  await ask({ inFlight: 16, seconds: 2 });
  const one = await ask({ inFlight: 1 });
  const sixteen = await ask({ inFlight: 16 });
  print(what, 1, one);
  print(what, 16, sixteen);
  return { one, sixteen };
}

function print(what: string, inFlight: number | string, { perSecond, p50Ms, p99Ms, maxMs }: LoadResult): void {
  console.log(
    `${what.padEnd(34)} ${String(inFlight).padStart(9)}  ${perSecond.toFixed(0).padStart(7)}/s  p50 ${p50Ms.toFixed(2)} ms  p99 ${p99Ms.toFixed(2)} ms  max ${maxMs.toFixed(1)} ms`,
  );
}

const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));

const folder = mkdtempSync(join(tmpdir(), 'wva-bench-'));
const workers: Worker[] = [];
const endings: (() => Promise<void> | void)[] = [];
async function worker(file: string): Promise<Worker> {
  const started = await startWorker(file);
  workers.push(started);
  return started;
}

try {
  const servingCa = await createAuthority(folder, 'serving-ca');
  const serving = await servingCa.issue('serving', 'localhost');
  const genuine = withAdapter ? await startGenuineAdapter(targets, endings) : undefined;
  const proxyCa = await createAuthority(folder, 'proxy-ca');
  const proxy = genuine?.proxy ?? (await proxyCa.issue('proxy', 'front-proxy-client'));
  const trust = {
    'requestheader-client-ca-file': proxyCa.cert,
    'requestheader-allowed-names': '["front-proxy-client"]',
    'requestheader-username-headers': '["X-Remote-User"]',
    'requestheader-group-headers': '["X-Remote-Group"]',
    'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
  };
  const door = (port: number): Door => ({ host: '127.0.0.1', port, ca: servingCa.cert, cert: proxy.cert, key: proxy.key });

  const load = await worker('./load.ts');
  const ours = await worker('./serve.ts');
  const job: ServeJob = { cert: serving.cert, key: serving.key, targets, trust, ...(genuine && { kubeconfig: genuine.kubeconfig }) };
  const { port } = await ours.ask<{ port: number }>(job);
  await untilAnswering(load, door(port));

  const measured = await measure(load, door(port), 'external metrics API');
  const paced = sure(await load.ask<LoadResult>({ ...door(port), headers, paths, perSecond: 670, seconds: 2 * seconds }), 'paced');
  print('external metrics API', '670/s', paced);
  const [head = '', body = ''] = measured.one.sample.split('\r\n\r\n');
  console.log(`an answer: ${head.split('\r\n')[0]}, ${body.trim()}`);

  const nothing = await worker('./nothing.ts');
  const idle: NothingJob = { cert: serving.cert, key: serving.key, body };
  await measure(load, door((await nothing.ask<{ port: number }>(idle)).port), 'generator, against a constant');

  let compared = {};
  if (genuine !== undefined) {
    const adapter = await measure(load, { host: '127.0.0.1', port: genuine.port, cert: proxy.cert, key: proxy.key }, 'prometheus-adapter');
    // in turns, so that a neighbour on this machine does not speak for one side alone
    const again = await measure(load, door(port), 'external metrics API, again');
    const ratio = (side: 'one' | 'sixteen'): number => (measured[side].perSecond + again[side].perSecond) / 2 / adapter[side].perSecond;
    compared = {
      adapterRps1: rounded(adapter.one.perSecond, 0),
      adapterP99Ms1: rounded(adapter.one.p99Ms),
      adapterRps16: rounded(adapter.sixteen.perSecond, 0),
      adapterP99Ms16: rounded(adapter.sixteen.p99Ms),
      ratio1: rounded(ratio('one'), 2),
      ratio16: rounded(ratio('sixteen'), 2),
    };
  }
  console.log(
    `RESULT ${JSON.stringify({
      bench: 'external',
      rps1: rounded(measured.one.perSecond, 0),
      p99Ms1: rounded(measured.one.p99Ms),
      rps16: rounded(measured.sixteen.perSecond, 0),
      p99Ms16: rounded(measured.sixteen.p99Ms),
      p99MsAt670: rounded(paced.p99Ms),
      ...compared,
    })}`,
  );
} finally {
  for (const one of workers) one.end();
  for (const end of endings.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true });
}

/** The server reads whom to trust when it starts; until then it answers 503. */
async function untilAnswering(load: Worker, door: Door): Promise<void> {
  for (let tries = 0; tries < 50; tries++) {
    const { failures } = await load.ask<LoadResult>({ ...door, headers, paths, seconds: 0.1, inFlight: 1 }).catch(() => ({ failures: 1 }));
    if (failures === 0) return;
  }
  throw new Error('The server does not answer.');
}
