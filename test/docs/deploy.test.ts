import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { localNames, optionsFrom, optionTable, readPolicy, sourceOf, type Options } from '../../src/config/index.ts';
import { resources } from '../../src/kubernetes/index.ts';
import { defaultPolicySet } from '../../src/model/index.ts';
import { keptDecisionsName } from '../../src/act/index.ts';
import { crdYaml, followingBehavior, parseVariantAutoscaling, type HorizontalPodAutoscaler } from '../../src/wire/index.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const files = (folder: string): string[] =>
  readdirSync(new URL(`${folder}/`, root), { recursive: true })
    .map((file) => `${folder}/${String(file)}`)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted();

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  // each test knows the shape of the kind that it asks for
  // oxlint-disable-next-line typescript/no-explicit-any
  [field: string]: any;
}

function documents(file: string): Manifest[] {
  return parseAllDocuments(read(file)).map((document) => {
    expect(document.errors, file).toStrictEqual([]);
    return document.toJS() as Manifest;
  });
}

const notManifests = ['deploy/adapter/values.yaml', 'deploy/adapter/config.yaml', 'deploy/prometheus/scrape-config.yaml'];
const manifestFiles = files('deploy').filter((file) => !notManifests.includes(file) && !file.endsWith('kustomization.yaml'));
const shipped = manifestFiles.flatMap(documents);
const oneOf = (kind: string, name?: RegExp): Manifest => {
  const found = shipped.filter((manifest) => manifest.kind === kind && (name?.test(manifest.metadata.name) ?? true));
  expect(found.map(({ metadata }) => metadata.name), `${kind} ${String(name ?? '')}`).toHaveLength(1);
  return found[0] as Manifest;
};
const defaults = (): Options => {
  const result = optionsFrom({}, {});
  if (!result.ok) throw new Error('the defaults are not good');
  return result.options;
};

describe('the manifests', () => {
  it('are all taken in by the kustomization beside them, which names nothing remote', () => {
    for (const file of files('deploy').filter((name) => name.endsWith('/kustomization.yaml'))) {
      const folder = file.replace(/\/kustomization[.]yaml$/, '');
      const listed = (documents(file)[0] as unknown as { resources: string[] }).resources;
      const local = listed.filter((entry) => !entry.startsWith('../'));
      const beside = manifestFiles.filter((name) => name.startsWith(`${folder}/`)).map((name) => name.slice(folder.length + 1));
      expect(local.toSorted(), file).toStrictEqual(beside);
      for (const entry of listed) expect(entry, file).not.toMatch(/:\/\/|github/);
      for (const entry of listed.filter((name) => name.startsWith('../'))) expect(read(`deploy/${entry.slice(3)}/kustomization.yaml`)).not.toBe('');
    }
  });

  it('name every object once', () => {
    // the same binding for one namespace and for all: kinds differ
    const names = shipped.map(({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toStrictEqual([]);
  });

  it('carry the CRD as it is in the code', () => expect(read('deploy/crd/variantautoscalings.yaml')).toBe(crdYaml()));

  it('agree with the defaults of the settings', () => {
    const options = defaults();
    expect(oneOf('Namespace').metadata.name).toBe(options.podNamespace);
    expect(oneOf('Service').metadata.name).toBe(options.serviceName);
    expect(oneOf('ConfigMap').metadata.name).toBe(options.saturationConfigMapName);
    const named = (oneOf('Role').rules as { resources: string[]; resourceNames?: string[] }[]).flatMap(({ resourceNames }) => resourceNames ?? []);
    expect(named.toSorted()).toStrictEqual([options.leaderElectionID, options.caSecretName, keptDecisionsName].toSorted());
    const ports = oneOf('Deployment').spec.template.spec.containers[0].ports as { name: string; containerPort: number }[];
    expect(ports).toStrictEqual([
      { name: 'https', containerPort: options.metricsAddress?.port },
      { name: 'health', containerPort: options.healthAddress?.port },
    ]);
  });

  it('set only variables that the controller reads, to values that it takes', () => {
    const env = oneOf('Deployment').spec.template.spec.containers[0].env as { name: string; value?: string }[];
    const known = new Set(optionTable.map((row) => row.env));
    expect(env.filter(({ name }) => !known.has(name))).toStrictEqual([]);
    const commented = [...read('deploy/controller/deployment.yaml').matchAll(/# - \{name: (\w+), value: "?([^"}]+)"?\}/g)];
    expect(commented.map(([, name]) => name).filter((name) => !known.has(name ?? ''))).toStrictEqual([]);
    const written = Object.fromEntries([...env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])), ...commented.map(([, name, value]) => [name, value])]) as Record<string, string>;
    expect(optionsFrom({}, written)).toMatchObject({ ok: true, options: { leaderElect: true } });
    expect(read('deploy/namespaced/kustomization.yaml')).toMatch(/name: WATCH_NAMESPACE/);
  });

  it('lead from APIService, ServiceMonitor and scrape configuration to the pods', () => {
    const service = oneOf('Service');
    const pod = oneOf('Deployment').spec.template;
    const { namespace } = service.metadata;
    expect(pod.metadata.labels).toMatchObject(service.spec.selector);
    expect(oneOf('Deployment').spec.selector.matchLabels).toStrictEqual(pod.metadata.labels);
    const [port] = service.spec.ports as { name: string; port: number; targetPort: string }[];
    expect(pod.spec.containers[0].ports.map(({ name }: { name: string }) => name)).toContain(port?.targetPort);
    expect(oneOf('APIService').spec.service).toStrictEqual({ name: service.metadata.name, namespace, port: port?.port });
    const monitor = oneOf('ServiceMonitor');
    expect(service.metadata.labels).toMatchObject(monitor.spec.selector.matchLabels);
    const [endpoint] = monitor.spec.endpoints;
    expect(endpoint).toMatchObject({ port: port?.name, honorLabels: false, tlsConfig: { serverName: `${service.metadata.name}.${namespace}.svc`, ca: { secret: { name: defaults().caSecretName } } } });
    const [job] = (documents('deploy/prometheus/scrape-config.yaml')[0] as Manifest).scrape_configs;
    expect(job.honor_labels).toBe(false);
    expect(job.tls_config.server_name).toBe(endpoint.tlsConfig.serverName);
    expect(job.kubernetes_sd_configs[0].namespaces.names).toStrictEqual([namespace]);
    expect(job.relabel_configs[0].regex).toBe(`${service.metadata.name};${port?.name}`);
    // without a target label of that name there would be no exported_namespace
    expect(job.relabel_configs).toContainEqual({ source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' });
  });

  it('run the controller with no more than it needs of its node', () => {
    const { spec } = oneOf('Deployment').spec.template;
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(spec.containers[0].securityContext).toStrictEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    const { livenessProbe, readinessProbe, startupProbe } = spec.containers[0];
    for (const probe of [livenessProbe, readinessProbe, startupProbe]) expect(probe.httpGet.port).toBe('health');
    expect(oneOf('Deployment').spec.replicas).toBe(2);
    expect(oneOf('ConfigMap')).toMatchObject({ data: { default: expect.stringContaining('kvCacheThreshold') as string } });
    const source = sourceOf(oneOf('ConfigMap'), { namespace: defaults().podNamespace, saturationName: defaults().saturationConfigMapName });
    expect(readPolicy(source ? [source] : [])).toMatchObject({ policy: defaultPolicySet, problems: [], sources: [{ valid: true }] });
  });

  it('build an image on the Node that the package asks for', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const major = /\d+/.exec(engines.node)?.[0] ?? '';
    for (const [, image] of read('deploy/Dockerfile').matchAll(/^FROM (\S+)/gm)) expect(image).toBe(`node:${major}-slim`);
  });

  it('let the adapter take the maximum over instances, in both spellings of its rules alike', () => {
    const [values] = documents('deploy/adapter/values.yaml') as [Manifest];
    const [config] = documents('deploy/adapter/config.yaml') as [Manifest];
    expect(values.rules.external).toStrictEqual(config.externalRules);
    expect(config.externalRules).toMatchObject([
      {
        seriesQuery: 'wva_desired_replicas{target_name!="",exported_namespace!=""}',
        resources: { overrides: { exported_namespace: { resource: 'namespace' }, target_name: { resource: 'deployment' } } },
        metricsQuery: 'max by (exported_namespace, target_name, target_kind, accelerator_type) (<<.Series>>{<<.LabelMatchers>>})',
      },
      { metricsQuery: 'max by (exported_namespace, target_name, target_kind) (<<.Series>>{<<.LabelMatchers>>})' },
    ]);
  });
});

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  verbs: string[];
}

/**
 * All that the controller asks of an API server, as `group/resource[/name] verb`. The roles must grant this and
 * nothing else; a request that is not listed here is refused in the cluster suite, which runs with the shipped roles.
 */
const needs: Readonly<Record<'watch' | 'nodes' | 'own' | 'reviews' | 'looks' | 'external' | 'direct' | 'namespaceConfig' | 'podDeletionCost', readonly string[]>> = {
  watch: [
    ...['/pods', '/resourcequotas', 'apps/deployments', 'apps/replicasets', 'apps/statefulsets', 'leaderworkerset.x-k8s.io/leaderworkersets'].flatMap((name) => reading(name)),
    ...['autoscaling/horizontalpodautoscalers', 'keda.sh/scaledobjects', 'llmd.ai/variantautoscalings'].flatMap((name) => reading(name)),
    'llmd.ai/variantautoscalings/status patch',
    '*/*/scale get',
    'events.k8s.io/events create',
    'events.k8s.io/events patch',
  ],
  nodes: reading('/nodes'),
  own: [
    'coordination.k8s.io/leases create',
    'coordination.k8s.io/leases[72dd1cf1.llm-d.ai] get',
    'coordination.k8s.io/leases[72dd1cf1.llm-d.ai] update',
    ...reading('/configmaps'),
    '/configmaps create',
    '/configmaps[wva-kept-decisions] patch',
    '/secrets create',
    '/secrets[workload-variant-autoscaler-serving-ca] get',
    '/secrets[workload-variant-autoscaler-serving-ca] update',
    'events.k8s.io/events create',
    'events.k8s.io/events patch',
  ],
  reviews: ['authentication.k8s.io/tokenreviews create', 'authorization.k8s.io/subjectaccessreviews create'],
  looks: ['apiregistration.k8s.io/apiservices[v1beta1.external.metrics.k8s.io] get'],
  external: ['apiregistration.k8s.io/apiservices[v1beta1.external.metrics.k8s.io] get', 'apiregistration.k8s.io/apiservices[v1beta1.external.metrics.k8s.io] patch'],
  namespaceConfig: localNames(defaults().saturationConfigMapName).flatMap((name) => reading(`/configmaps[${name}]`)),
  podDeletionCost: ['/pods patch'],
  direct: ['*/*/scale get', '*/*/scale patch', '*/*/scale update'],
};

function reading(name: string): string[] {
  return ['get', 'list', 'watch'].map((verb) => `${name} ${verb}`);
}

function granted(role: Manifest): string[] {
  return (role.rules as Rule[])
    .flatMap(({ apiGroups = [], resources: of = [], resourceNames, verbs }) =>
      apiGroups.flatMap((group) => of.flatMap((resource) => (resourceNames?.map((name) => `[${name}]`) ?? ['']).flatMap((name) => verbs.map((verb) => `${group}/${resource}${name} ${verb}`)))),
    )
    .toSorted();
}

describe('the roles', () => {
  it.each([
    ['ClusterRole', /-watch$/, 'watch'],
    ['ClusterRole', /-nodes$/, 'nodes'],
    ['Role', /-own$/, 'own'],
    ['ClusterRole', /-reviews$/, 'reviews'],
    ['ClusterRole', /-api-service-viewer$/, 'looks'],
    ['ClusterRole', /-api-service-keeper$/, 'external'],
    ['ClusterRole', /-scale$/, 'direct'],
    ['ClusterRole', /-pod-deletion-cost$/, 'podDeletionCost'],
    ['ClusterRole', /-namespace-config$/, 'namespaceConfig'],
  ] as const)('%s %s grants what is needed, and nothing else', (kind, name, part) => {
    expect(granted(oneOf(kind, name))).toStrictEqual([...needs[part]].toSorted());
  });

  it('are bound, each to the account under which the controller runs', () => {
    const roles = new Set(shipped.filter(({ kind }) => kind === 'ClusterRole' || kind === 'Role').map(({ kind, metadata }) => `${kind} ${metadata.name}`));
    const account = oneOf('ServiceAccount').metadata;
    expect(oneOf('Deployment').spec.template.spec.serviceAccountName).toBe(account.name);
    const bindings = shipped.filter(({ kind }) => kind.endsWith('RoleBinding'));
    for (const { metadata, roleRef, subjects } of bindings) {
      const shippedBy = roleRef.name === 'extension-apiserver-authentication-reader' ? 'Kubernetes' : 'us';
      if (shippedBy === 'us') expect(roles.has(`${roleRef.kind} ${roleRef.name}`), metadata.name).toBe(true);
      else expect(metadata.namespace).toBe('kube-system');
      if (!metadata.name.endsWith('reader') || shippedBy === 'Kubernetes') expect(subjects, metadata.name).toStrictEqual([{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }]);
    }
    const bound = new Set(bindings.map(({ roleRef }) => `${roleRef.kind} ${roleRef.name}`));
    const forPeople = /-(editor|viewer)$/;
    expect([...roles].filter((role) => !bound.has(role) && (!forPeople.test(role) || role.includes('api-service')))).toStrictEqual([]);
  });

  it('cover every kind of object that the product names', () => {
    const listed = Object.values(needs).flat().map((need) => need.replace(/(\[.*\])? \w+$/, ''));
    const used = new Set<string>();
    for (const room of ['kubernetes', 'observe', 'act', 'serve', 'controller', 'cli'])
      for (const file of readdirSync(new URL(`src/${room}/`, root), { recursive: true }).map(String))
        if (file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('demo'))
          for (const [, name] of read(`src/${room}/${file}`).matchAll(/\bresources[.](\w+)/g)) used.add(name ?? '');
    const missing = [...used].filter((name) => {
      const resource = (resources as Readonly<Record<string, { group: string; plural: string }>>)[name];
      return resource !== undefined && !listed.includes(`${resource.group}/${resource.plural}`);
    });
    expect(missing).toStrictEqual([]);
  });

  it('for people name the right group and join the roles that Kubernetes ships', () => {
    for (const manifest of shipped.filter(({ metadata }) => /^workload-variant-autoscaler-(editor|viewer)$/.test(metadata.name))) {
      expect(manifest.rules.flatMap(({ apiGroups }: Rule) => apiGroups)).toStrictEqual(manifest.rules.map(() => 'llmd.ai'));
      expect(Object.keys(manifest.metadata.labels ?? {}).some((label) => label.startsWith('rbac.authorization.k8s.io/aggregate-to-'))).toBe(true);
    }
  });
});

describe('the examples', () => {
  // those of the laboratory run it and scale nothing: test/docs/laboratory.test.ts
  it.each(files('examples').filter((file) => !file.startsWith('examples/laboratory/')))('%s fits together', (file) => {
    const all = documents(file);
    const targets = new Map<string, { max: number; accelerators: Set<string> }>();
    for (const object of all.filter(({ kind }) => kind === 'VariantAutoscaling')) {
      const result = parseVariantAutoscaling(object);
      expect(result).toMatchObject({ ok: true, warnings: [] });
      if (!result.ok) continue;
      const { scaleTargetRef: target, maxReplicas = 0, accelerator = '' } = result.value.spec;
      const sum = targets.get(`${target.kind}/${target.name}`) ?? { max: 0, accelerators: new Set() };
      expect(sum.accelerators.has(accelerator)).toBe(false);
      targets.set(`${target.kind}/${target.name}`, { max: sum.max + maxReplicas, accelerators: sum.accelerators.add(accelerator) });
    }
    expect(targets.size).toBeGreaterThan(0);
    for (const hpa of all.filter(({ kind }) => kind === 'HorizontalPodAutoscaler') as HorizontalPodAutoscaler[]) {
      const target = hpa.spec?.scaleTargetRef;
      const [metric] = hpa.spec?.metrics ?? [];
      expect(metric?.external?.target).toStrictEqual({ type: 'AverageValue', averageValue: '1' });
      expect(metric?.external?.metric.selector).toStrictEqual({ matchLabels: { target_name: target?.name, target_kind: target?.kind } });
      expect(hpa.spec?.maxReplicas).toBe(targets.get(`${target?.kind}/${target?.name}`)?.max);
      expect(hpa.spec?.behavior).toStrictEqual(followingBehavior);
    }
  });
});
