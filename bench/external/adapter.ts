import { type CertificateFiles, request, servePage, startAdapter, startControlPlane, startPrometheus } from '../../test/support/genuine/index.ts';

export interface GenuineAdapter {
  readonly port: number;
  readonly kubeconfig: string;
  /** What the API server shows when it aggregates. */
  readonly proxy: CertificateFiles;
}

const metric = 'wva_desired_replicas';

/** A genuine control plane, Prometheus with one series for each target, and prometheus-adapter on both. */
export async function startGenuineAdapter(targets: readonly { readonly namespace: string; readonly name: string }[], endings: (() => Promise<void> | void)[]): Promise<GenuineAdapter> {
  const series = targets.map(({ namespace, name }, i) => `${metric}{target_name="${name}",target_kind="Deployment",namespace="${namespace}",accelerator_type="A100"} ${1 + (i % 9)}\n`);
  const page = await servePage(() => `# TYPE ${metric} gauge\n${series.join('')}`);
  endings.push(() => page.close());
  const plane = await startControlPlane({ controllers: false });
  endings.push(() => plane.stop());
  const reader = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'external-metrics-reader' } };
  await plane.kubectlOk(['apply', '-f', '-'], {
    stdin: JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        { ...reader, kind: 'ClusterRole', rules: [{ apiGroups: ['external.metrics.k8s.io'], resources: ['*'], verbs: ['get', 'list'] }] },
        {
          ...reader,
          kind: 'ClusterRoleBinding',
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'external-metrics-reader' },
          subjects: [{ kind: 'User', name: 'system:serviceaccount:kube-system:horizontal-pod-autoscaler' }],
        },
      ],
    }),
  });
  const prometheus = await startPrometheus({
    config: {
      global: { scrape_interval: '5s' },
      scrape_configs: [{ job_name: 'wva', static_configs: [{ targets: [`${page.host}:${page.port}`], labels: { namespace: 'wva-system' } }] }],
    },
  });
  endings.push(() => prometheus.stop());
  const adapter = await startAdapter({
    plane,
    prometheusUrl: prometheus.baseUrl,
    relistIntervalSeconds: 15,
    config: {
      externalRules: [
        {
          seriesQuery: `${metric}{target_name!="",exported_namespace!=""}`,
          resources: { overrides: { exported_namespace: { resource: 'namespace' } } },
          name: { matches: `^${metric}$`, as: metric },
          metricsQuery: 'max by (exported_namespace, target_name, target_kind, accelerator_type) (<<.Series>>{<<.LabelMatchers>>})',
        },
      ],
    },
  });
  endings.push(() => adapter.stop());
  for (let tries = 0; ; tries++) {
    const listed = await request(`${adapter.baseUrl}/apis/external.metrics.k8s.io/v1beta1`, { insecure: true, token: plane.adminToken });
    if (listed.text.includes(metric)) break;
    if (tries > 120) throw new Error(`prometheus-adapter does not list ${metric}: ${adapter.logs()}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { port: adapter.port, kubeconfig: plane.kubeconfig, proxy: plane.frontProxy };
}
