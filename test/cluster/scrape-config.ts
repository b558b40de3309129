import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ControlPlane } from '../support/genuine/index.ts';
import { fromRoot, shipped, tokenOf, writeServingCa } from './product.ts';

interface ScrapeJob {
  job_name: string;
  scrape_interval: string;
  authorization?: object;
  tls_config?: object;
  kubernetes_sd_configs?: object[];
  static_configs?: object[];
}

export interface ScrapeOptions {
  readonly plane: ControlPlane;
  /** Ports of the controller's instances; none: the job is left out. */
  readonly controllers: readonly number[];
  /** Instead of the shipped 10 s. */
  readonly intervalSeconds?: number;
}

/**
 * The shipped scrape configuration, changed only where loopback demands it: model servers are discovered from outside
 * the cluster, and the controller's instances, whose EndpointSlice may not hold loopback addresses, are given with the
 * labels that discovery would have found. Prometheus reads /metrics with the rights of deploy/prometheus.
 */
export async function shippedScrapeConfig({ plane, controllers, intervalSeconds }: ScrapeOptions): Promise<object> {
  const { scrape_configs } = parse(readFileSync(fromRoot('deploy/prometheus/scrape-config.yaml'), 'utf8')) as { scrape_configs: ScrapeJob[] };
  const [own, servers] = ['workload-variant-autoscaler', 'model-servers'].map((name) => scrape_configs.find(({ job_name }) => job_name === name));
  if (!own || !servers) throw new Error('deploy/prometheus/scrape-config.yaml lacks one of its two jobs.');
  const interval = intervalSeconds === undefined ? {} : { scrape_interval: `${intervalSeconds}s` };
  const jobs: ScrapeJob[] = [
    {
      ...servers,
      ...interval,
      kubernetes_sd_configs: [
        {
          role: 'pod',
          api_server: plane.baseUrl,
          authorization: { credentials: plane.adminToken },
          tls_config: { ca_file: join(plane.folder, 'cluster-ca.crt') },
        },
      ],
    },
  ];
  if (controllers.length > 0) {
    const { kubernetes_sd_configs: _discovery, ...rest } = own;
    jobs.push({
      ...rest,
      ...interval,
      authorization: { credentials_file: await readerToken(plane) },
      tls_config: { ...own.tls_config, ca_file: await writeServingCa(plane) },
      static_configs: controllers.map((port, index) => ({
        targets: [`127.0.0.1:${port}`],
        labels: {
          __meta_kubernetes_service_name: shipped.service,
          __meta_kubernetes_endpointslice_port_name: 'https',
          __meta_kubernetes_namespace: shipped.namespace,
          __meta_kubernetes_pod_name: `controller-${index}`,
        },
      })),
    });
  }
  return { global: { scrape_timeout: '4s' }, scrape_configs: jobs };
}

/** The token of the service account to which deploy/prometheus gives /metrics. */
async function readerToken(plane: ControlPlane): Promise<string> {
  const file = join(plane.folder, 'metrics-reader.token');
  await plane.kubectlOk(['apply', '-f', fromRoot('deploy/prometheus/metrics-reader.yaml')]);
  await plane.kubectl(['create', 'namespace', 'monitoring']);
  await plane.kubectl(['-n', 'monitoring', 'create', 'serviceaccount', 'kube-prometheus-stack-prometheus']);
  writeFileSync(file, await tokenOf(plane, 'monitoring', 'kube-prometheus-stack-prometheus'));
  return file;
}
