import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectCluster, createKubernetesClient, type KubernetesClient } from '../../src/kubernetes/index.ts';
import type { ReplicaSeries } from '../../src/model/index.ts';
import { type Clock, createMeters, silentLog, systemClock } from '../../src/runtime/index.ts';
import { type CertificateSource, createServer, followOwnership, keepCertificates, type Ownership, type Server, serviceNames } from '../../src/serve/index.ts';
import {
  type Adapter,
  type ControlPlane,
  describeGenuine,
  metricsParts,
  type Prometheus,
  registerExternalMetrics,
  request,
  startAdapter,
  startControlPlane,
  startPrometheus,
  untilExternalMetricsServed,
} from '../support/genuine/index.ts';

const namespace = 'workload-variant-autoscaler-system';
const service = { namespace, name: 'workload-variant-autoscaler-controller-manager-metrics-service' };
const secretName = 'workload-variant-autoscaler-serving-ca';
const controller = `system:serviceaccount:${namespace}:workload-variant-autoscaler-controller-manager`;
const hpa = 'system:serviceaccount:kube-system:horizontal-pod-autoscaler';
const base = '/apis/external.metrics.k8s.io/v1beta1';
const dayMs = 24 * 3600_000;

function series(targetName: string, acceleratorType: string, desired: number, more: Partial<ReplicaSeries> = {}): ReplicaSeries {
  return {
    targetName,
    targetKind: 'Deployment',
    namespace: 'llm-d-inference-scheduling',
    acceleratorType,
    variantName: `${targetName}-${acceleratorType.toLowerCase()}`,
    modelName: 'meta/llama-3.1-8b',
    costPerHour: 10,
    role: 'decode',
    current: 3,
    desired,
    decidedAtMs: 0,
    held: false,
    ...more,
  };
}

const all = [
  series('ms-inference-scheduling-decode', 'A100', 2),
  series('ms-inference-scheduling-decode', 'MI300X', 3),
  series('ms-inference-scheduling-prefill', 'A100', 0),
  series('stateful', 'L40S', 2000, { targetKind: 'StatefulSet' }),
  series('quoted', 'A100 "80GB"\\PCIe', 7),
  series('elsewhere', 'A100', 1, { namespace: 'other' }),
];

/** Time as it is, but for an offset: certificates can be made in the past, so that they age at once and are valid nevertheless. */
function shiftedClock(): Clock & { offsetMs: number } {
  const clock = {
    offsetMs: 0,
    now: () => systemClock.now() + clock.offsetMs,
    schedule: (delayMs: number, fire: () => void) => systemClock.schedule(delayMs, fire),
    sleep: (delayMs: number, signal?: AbortSignal) => systemClock.sleep(delayMs, signal),
  };
  return clock;
}

describeGenuine('the servers beside a genuine API server', ['etcd', 'kube-apiserver', 'kubectl', ...metricsParts], () => {
  let plane: ControlPlane;
  let client: KubernetesClient;
  let server: Server;
  let certificates: CertificateSource;
  let ownership: Ownership;
  let prometheus: Prometheus | undefined;
  let adapter: Adapter | undefined;
  const certificateClock = shiftedClock();
  const meters = createMeters();

  beforeAll(async () => {
    plane = await startControlPlane({
      controllers: false,
      users: [
        { name: controller, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] },
        { name: hpa, groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'] },
        { name: 'prometheus', groups: ['system:authenticated'] },
        { name: 'eve', groups: ['system:authenticated'] },
      ],
    });
    // the shipped roles and nothing beside them
    for (const file of ['controller/namespace.yaml', 'controller/roles.yaml', 'controller/own-role.yaml', 'external-metrics/roles.yaml']) {
      await plane.kubectlOk(['apply', '-f', '-'], { stdin: readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8') });
    }
    await plane.kubectlOk(['create', 'clusterrolebinding', 'prometheus', '--clusterrole=workload-variant-autoscaler-metrics-reader', '--user=prometheus']);
    client = createKubernetesClient(await connectCluster({ kubeconfig: plane.kubeconfigFor('controller', plane.tokens[controller] ?? '') }));

    // 2 500 days ago: the CA of ten years has less than a third left when it is looked at today
    certificateClock.offsetMs = -2500 * dayMs;
    certificates = await keepCertificates({
      client,
      clock: certificateClock,
      log: silentLog,
      namespace,
      secretName,
      names: serviceNames(service),
      // certificates are dated five minutes back, so this is an overlap of five seconds
      times: { authorityLifeMs: 3650 * dayMs, servingLifeMs: 2600 * dayMs, overlapMs: 5 * 60_000 + 5000 },
      checkMs: 500,
    });
    server = await createServer(
      {
        source: { snapshot: () => ({ atMs: Math.floor(Date.now() / 5000) * 5000, series: all, source: 'decision' }), scalings: () => [] },
        leading: () => true,
        readiness: () => ({ ready: true }),
        meters,
        clock: systemClock,
        log: silentLog,
        client,
        certificates,
      },
      { externalMetrics: true, variantNameLabel: false, secure: { host: '127.0.0.1', port: 0 } },
    );
    await registerExternalMetrics(plane, { ...service, port: Number(new URL(server.urls.secure ?? '').port) });
    ownership = followOwnership({ client, clock: systemClock, log: silentLog, service, bundle: () => certificates.current().bundle, leading: () => true });
    certificates.onChange(() => void ownership.check());
    expect(await ownership.check()).toEqual({ kind: 'ours' });
    await untilExternalMetricsServed(plane);
  });

  afterAll(async () => {
    await adapter?.stop();
    await prometheus?.stop();
    await ownership?.stop();
    await server?.close();
    await certificates?.stop();
    await plane?.stop();
  });

  const get = (path: string, user: string): ReturnType<typeof request> => plane.request(path, { token: plane.tokens[user] ?? '' });

  it('is aggregated over a connection that the API server verifies with our bundle', async () => {
    const registered = (await plane.request('/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.external.metrics.k8s.io')).json<{
      spec: { insecureSkipTLSVerify?: boolean; caBundle: string };
    }>();
    expect(registered.spec.insecureSkipTLSVerify).toBeUndefined();
    expect(Buffer.from(registered.spec.caBundle, 'base64').toString()).toBe(certificates.current().bundle);
    const answer = await get(`${base}/namespaces/llm-d-inference-scheduling/wva_desired_replicas?labelSelector=target_name=ms-inference-scheduling-decode,target_kind=Deployment`, hpa);
    expect(answer.json()).toMatchObject({ items: [{ value: '2' }, { value: '3' }] });
  });

  it('lets the HPA read with the shipped role, and nobody else', async () => {
    const path = `${base}/namespaces/other/wva_desired_replicas`;
    expect((await get(path, hpa)).status).toBe(200);
    const refused = await get(path, 'eve');
    expect(refused.status).toBe(403);
    expect(refused.json<{ message: string }>().message).toContain('User "eve" cannot list resource "wva_desired_replicas" in API group "external.metrics.k8s.io" in the namespace "other"');
  });

  it('is discovered by kubectl and merged into what the API server says of itself', async () => {
    expect(await plane.kubectlOk(['get', '--raw', base])).toContain('"wva_target_desired_replicas"');
    await expect
      .poll(async () => (await plane.kubectl(['api-resources', '--api-group=external.metrics.k8s.io', '--cached=false'])).stdout, { timeout: 30_000, interval: 500 })
      .toMatch(/wva_desired_replicas +external\.metrics\.k8s\.io\/v1beta1 +true +ExternalMetricValueList/);
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    await expect
      .poll(async () => (await plane.request('/apis', { headers: { accept } })).text, { timeout: 30_000, interval: 500 })
      .toMatch(/"resource":"wva_desired_ratio"/);
    const v3 = `/openapi/v3${base}`;
    await expect.poll(async () => (await plane.request(v3)).status, { timeout: 60_000, interval: 500 }).toBe(200);
    expect((await plane.request(v3)).text).toContain('ExternalMetricValueList');
    await expect.poll(async () => (await plane.request('/openapi/v2')).text.includes('external_metrics.v1beta1.ExternalMetricValueList'), { timeout: 60_000, interval: 1000 }).toBe(true);
  });

  it('answers what prometheus-adapter answers, but for timestamps, through a genuine Prometheus that scrapes us', async () => {
    const metrics = ['wva_desired_replicas', 'wva_desired_ratio', 'wva_current_replicas'];
    prometheus = await startPrometheus({
      config: {
        global: { scrape_interval: '2s' },
        scrape_configs: [
          {
            job_name: 'wva',
            scheme: 'https',
            authorization: { credentials: plane.tokens['prometheus'] },
            tls_config: { ca: certificates.current().bundle, server_name: serviceNames(service)[0] },
            static_configs: [{ targets: [new URL(server.urls.secure ?? '').host], labels: { namespace } }],
          },
        ],
      },
    });
    adapter = await startAdapter({
      plane,
      prometheusUrl: prometheus.baseUrl,
      relistIntervalSeconds: 5,
      config: {
        externalRules: metrics.map((metric) => ({
          seriesQuery: `${metric}{target_name!="",exported_namespace!=""}`,
          resources: { overrides: { exported_namespace: { resource: 'namespace' } } },
          name: { matches: `^${metric}$`, as: metric },
          metricsQuery: 'max by (exported_namespace, target_name, target_kind, accelerator_type) (<<.Series>>{<<.LabelMatchers>>})',
        })),
      },
    });
    const ask = async (url: string, path: string): Promise<{ status: number; body: unknown }> => {
      const { status, text } = await request(`${url}${base}${path}`, { insecure: true, token: plane.adminToken });
      const body = JSON.parse(text.replaceAll(/"timestamp":"[^"]*"/g, '"timestamp":"-"')) as { items?: { metricLabels: object }[] };
      // neither promises an order, and an HPA adds up
      const items = body.items?.toSorted((a, b) => (JSON.stringify(a.metricLabels) < JSON.stringify(b.metricLabels) ? -1 : 1));
      return { status, body: items === undefined ? body : { ...body, items } };
    };
    const theirs = adapter.baseUrl;
    await expect.poll(async () => JSON.stringify((await ask(theirs, '')).body), { timeout: 60_000, interval: 500 }).toMatch(/(?=.*wva_desired_replicas)(?=.*wva_desired_ratio)(?=.*wva_current_replicas)/);
    const selectors = [
      'target_name=ms-inference-scheduling-decode,target_kind=Deployment',
      'target_name==ms-inference-scheduling-decode',
      'target_name!=ms-inference-scheduling-decode',
      'target_name in (ms-inference-scheduling-decode,stateful)',
      'target_name notin (ms-inference-scheduling-decode)',
      'accelerator_type',
      '!accelerator_type',
      'nope',
      '!nope',
      'nope=',
      'nope!=',
      'nope in (,x)',
      'nope notin (x,y)',
      'exported_namespace=other',
      'exported_namespace!=other',
      'target_kind in (StatefulSet),accelerator_type=L40S',
      'a b',
      'a in (b',
      '!!a',
      'a=b=c',
      '-a=b',
      `a=${'x'.repeat(64)}`,
    ];
    let compared = 0;
    for (const metric of [...metrics, 'nope']) {
      for (const ns of ['llm-d-inference-scheduling', 'other', 'default', 'empty']) {
        for (const selector of ['', ...selectors]) {
          const path = `/namespaces/${ns}/${metric}${selector === '' ? '' : `?labelSelector=${encodeURIComponent(selector)}`}`;
          expect(await ask(server.urls.secure ?? '', path), path).toEqual(await ask(theirs, path));
          compared += 1;
        }
      }
    }
    console.log(`external metrics API and prometheus-adapter: ${compared} answers compared, all equal but for timestamps`);
    const scraped = await prometheus.query('wva_desired_replicas');
    expect(scraped.map(({ metric, value }) => [metric['accelerator_type'], value])).toContainEqual(['A100 "80GB"\\PCIe', 7]);
    expect(await prometheus.query('up{job="wva"}')).toMatchObject([{ value: 1 }]);
  });

  it('changes its CA and its certificate without one failed request through the API server', async () => {
    const before = certificates.current();
    let asked = 0;
    const failed: string[] = [];
    const enough = new AbortController();
    const path = `${base}/namespaces/other/wva_desired_replicas`;
    const asking = (async () => {
      while (!enough.signal.aborted) {
        const { status, text } = await get(path, hpa).catch((error: unknown) => ({ status: 0, text: String(error) }));
        asked += 1;
        if (status !== 200) failed.push(`${status} ${text}`);
        await systemClock.sleep(5);
      }
    })();
    certificateClock.offsetMs = 0;
    await expect.poll(() => certificates.current().bundle?.match(/BEGIN/g)?.length, { timeout: 20_000 }).toBe(2);
    expect(certificates.current().cert).toBe(before.cert);
    await expect.poll(() => certificates.current().cert === before.cert, { timeout: 20_000 }).toBe(false);
    await expect.poll(() => certificates.current().bundle?.match(/BEGIN/g)?.length, { timeout: 20_000 }).toBe(1);
    await systemClock.sleep(1000);
    enough.abort();
    await asking;
    expect(certificates.current().bundle).not.toBe(before.bundle);
    expect(failed).toEqual([]);
    console.log(`rotation of the CA: ${asked} requests through the API server meanwhile, 0 failed`);
  });

  it('lets a scraper that it knows go on while the API server is gone, and takes strangers again when it is back', async () => {
    const scrape = (user: string): ReturnType<typeof request> => request(`${server.urls.secure}/metrics`, { insecure: true, token: plane.tokens[user] ?? '' });
    expect((await scrape('prometheus')).status).toBe(200);
    expect((await scrape('eve')).status).toBe(403);
    expect((await request(`${server.urls.secure}/metrics`, { insecure: true })).status).toBe(401);
    await plane.killApiServer();
    await systemClock.sleep(11_000);
    expect((await scrape('prometheus')).status).toBe(200);
    expect((await scrape(hpa)).status).toBe(503);
    await plane.restartApiServer();
    await expect.poll(async () => (await scrape('eve')).status, { timeout: 20_000, interval: 500 }).toBe(403);
    expect((await scrape('prometheus')).status).toBe(200);
  });
});
