// The server that is measured, in a process of its own, as in production: TLS, callers authenticated by the
// aggregator's certificate and headers, authorised by SubjectAccessReviews.
import type { ReplicaSeries, SeriesSnapshot } from '../../src/model/index.ts';
import { connectCluster, createKubernetesClient, type KubernetesClient } from '../../src/kubernetes/index.ts';
import { createMeters, silentLog, systemClock, textResponse, type Transport } from '../../src/runtime/index.ts';
import { createServer } from '../../src/serve/index.ts';
import { servingCertificate } from '../../src/serve/tls/certificates.ts';

export interface ServeJob {
  readonly cert: string;
  readonly key: string;
  readonly targets: readonly { readonly namespace: string; readonly name: string }[];
  /** Of the API server to ask about callers; without it one in this process answers after 2 ms. */
  readonly kubeconfig?: string;
  readonly trust: Readonly<Record<string, string>>;
}

function snapshotOf(targets: ServeJob['targets']): SeriesSnapshot {
  const atMs = Date.now();
  const series = targets.map(
    ({ namespace, name }, i): ReplicaSeries => ({
      targetName: name,
      targetKind: 'Deployment',
      namespace,
      acceleratorType: 'A100',
      variantName: `${name}-a100`,
      modelName: `org/${name}`,
      costPerHour: 10,
      role: 'both',
      current: 1 + (i % 7),
      desired: 1 + ((i + (atMs % 5)) % 9),
      decidedAtMs: atMs,
      held: false,
    }),
  );
  return { atMs, series, source: 'decision' };
}

/** Grants everything, as late as an API server on the same machine. */
function answering(trust: ServeJob['trust']): Transport {
  return async ({ url, body }) => {
    await systemClock.sleep(2);
    if (url.includes('extension-apiserver-authentication')) return textResponse(200, JSON.stringify({ data: trust }));
    const review = JSON.parse(String(body)) as object;
    return textResponse(201, JSON.stringify({ ...review, status: { allowed: true } }));
  };
}

async function clientFor(job: ServeJob): Promise<KubernetesClient> {
  if (job.kubeconfig === undefined) return createKubernetesClient({ transport: answering(job.trust), baseUrl: 'https://cluster.test' });
  return createKubernetesClient(await connectCluster({ kubeconfig: job.kubeconfig }));
}

async function serve(job: ServeJob): Promise<void> {
  let snapshot = snapshotOf(job.targets);
  // A cycle a second, fifteen times as often as in an installation: indexing is part of what is measured.
  setInterval(() => (snapshot = snapshotOf(job.targets)), 1000);
  const certificate = servingCertificate(job);
  const server = await createServer(
    {
      source: { snapshot: () => snapshot, scalings: () => [] },
      leading: () => true,
      readiness: () => ({ ready: true }),
      meters: createMeters(),
      clock: systemClock,
      log: silentLog,
      client: await clientFor(job),
      certificates: { current: () => certificate, onChange: () => () => {}, stop: () => Promise.resolve() },
    },
    { externalMetrics: true, variantNameLabel: false, secure: { host: '127.0.0.1', port: 0 } },
  );
  process.send?.({ result: { port: Number(new URL(server.urls.secure ?? '').port) } });
}

process.on('message', (job: ServeJob) => {
  serve(job).catch((error: unknown) => process.send?.({ error: String(error) }));
});
process.send?.('ready');
