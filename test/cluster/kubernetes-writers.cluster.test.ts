import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  connectCluster,
  createDiscovery,
  createEventRecorder,
  createKubernetesClient,
  createScales,
  patchStatus,
  resources,
  runLeaderElection,
  type ClusterConnection,
  type KubernetesClient,
  type ResourceKind,
} from '../../src/kubernetes/index.ts';
import { createRandom, silentLog, systemClock, TransportError, type Transport } from '../../src/runtime/index.ts';
import type { KubernetesEvent, KubernetesObject, Lease, Workload } from '../../src/wire/index.ts';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { until } from './until.ts';

const namespace = 'default';
const roles: ResourceKind = { group: 'rbac.authorization.k8s.io', version: 'v1', plural: 'roles', kind: 'Role', namespaced: true };
const roleBindings: ResourceKind = { ...roles, plural: 'rolebindings', kind: 'RoleBinding' };
const fleets: ResourceKind = { group: 'example.com', version: 'v1', plural: 'fleets', kind: 'Fleet', namespaced: true };

describeGenuine('what the product writes through a genuine API server', controlPlaneParts, () => {
  let plane: ControlPlane;
  let connection: ClusterConnection;
  let client: KubernetesClient;

  beforeAll(async () => {
    plane = await startControlPlane({ controllers: false, users: [{ name: 'limited' }] });
    connection = await connectCluster({ kubeconfig: plane.kubeconfig });
    client = createKubernetesClient(connection);
    await client.create(resources.deployments, workload('Deployment', 'decode'), { namespace });
    await client.create(resources.statefulSets, workload('StatefulSet', 'prefill'), { namespace });
    await client.create(resources.customResourceDefinitions, fleetDefinition);
    await until('the API server serves fleets', async () => {
      await client.create(fleets, { apiVersion: 'example.com/v1', kind: 'Fleet', metadata: { name: 'big' }, spec: { size: 2 } }, { namespace });
      return true;
    });
  });
  afterAll(async () => {
    await connection?.close();
    await plane?.stop();
  });

  it('leads by a Lease: one at a time, handed over on stop, taken over after a loss of the network', async () => {
    const leading: string[] = [];
    const most: number[] = [];
    const contend = (identity: string): { cut(): void; stop(): void; done: Promise<void> } => {
      const stop = new AbortController();
      let gone = false;
      const transport: Transport = async (request) => {
        if (gone) throw new TransportError('Unreachable', 'The test has cut the network.');
        return connection.transport(request);
      };
      const done = runLeaderElection({
        client: createKubernetesClient({ transport, baseUrl: connection.baseUrl }),
        clock: systemClock,
        random: createRandom(identity),
        log: silentLog,
        identity,
        namespace,
        leaseName: 'wva-leader',
        leaseDurationMs: 3000,
        renewDeadlineMs: 2000,
        retryPeriodMs: 300,
        signal: stop.signal,
        async onLeading(signal) {
          leading.push(identity);
          most.push(leading.length);
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
          leading.splice(leading.indexOf(identity), 1);
        },
      });
      return { cut: () => (gone = true), stop: () => stop.abort(), done };
    };
    const first = contend('first');
    await until('the first leads', () => leading[0] === 'first' || 'nobody');
    const second = contend('second');
    const third = contend('third');
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(leading).toEqual(['first']);
    first.stop();
    const handedMs = await until('another leads', () => (leading.length === 1 && leading[0] !== 'first' ? true : leading.join()));
    await first.done;
    const [next, last] = leading[0] === 'second' ? [second, third] : [third, second];
    const before = leading[0] ?? '';
    next.cut();
    const takenMs = await until('the last one leads', () => (leading.length === 1 && leading[0] !== before ? true : leading.join()));
    const lease = await client.get<Lease>(resources.leases, 'wva-leader', { namespace });
    expect(lease.spec).toMatchObject({ holderIdentity: leading[0], leaseTransitions: 2, leaseDurationSeconds: 3 });
    next.stop();
    last.stop();
    await Promise.all([next.done, last.done]);
    expect(Math.max(...most)).toBe(1);
    expect((await client.get<Lease>(resources.leases, 'wva-leader', { namespace })).spec?.holderIdentity ?? '').toBe('');
    console.log(`lease of 3 s: handed over in ${handedMs} ms, taken over from a lost leader in ${takenMs} ms`);
  });

  it('records events that kubectl describe shows, repetitions as a series', async () => {
    const recorder = createEventRecorder({ client, clock: systemClock, log: silentLog, component: 'wva', instance: 'wva-0' });
    const { metadata } = await client.get<Workload>(resources.deployments, 'decode', { namespace });
    const regarding = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'decode', uid: metadata?.uid };
    const note = { regarding, type: 'Normal', reason: 'ScaledUp', action: 'Scale', note: 'From 3 to 5 replicas: demand.' } as const;
    recorder.record(note);
    await recorder.flush();
    recorder.record(note);
    recorder.record(note);
    recorder.record({ ...note, note: '€'.repeat(2000) });
    recorder.record({ ...note, regarding: { kind: 'Node', name: 'gpu-1' }, type: 'Warning', reason: 'Lost' });
    await recorder.flush();
    const listed = (await client.list<KubernetesEvent>(resources.events, { namespace })).items;
    // A genuine API server that is slow writes events of its own (about the address of the Service "kubernetes").
    const events = listed.filter((event) => event.reportingController === 'wva');
    const repeated = events.filter((event) => event.note === note.note && event.regarding?.name === 'decode');
    expect(repeated).toMatchObject([{ reason: 'ScaledUp', reportingController: 'wva', series: { count: 3 } }]);
    expect(events).toHaveLength(3);
    const described = await plane.kubectlOk(['describe', 'deployment', 'decode', '-n', namespace]);
    expect(described).toMatch(/ScaledUp.*wva.*From 3 to 5 replicas: demand\./);
  });

  it('reads and writes the scale of Deployments, StatefulSets and custom resources, on condition where asked', async () => {
    const scales = createScales({ client, discovery: createDiscovery({ client, clock: systemClock }) });
    const targets = [
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'decode' },
      { apiVersion: 'apps/v1', kind: 'StatefulSet', namespace, name: 'prefill' },
      { apiVersion: 'example.com/v1', kind: 'Fleet', namespace, name: 'big' },
    ];
    for (const target of targets) {
      const before = await scales.read(target);
      expect(before).toMatchObject({ kind: 'Scale', spec: { replicas: 2 } });
      const version = before.metadata?.resourceVersion ?? '';
      expect(await scales.write(target, 5, { resourceVersion: version, fieldManager: 'wva' })).toMatchObject({ spec: { replicas: 5 } });
      await expect(scales.write(target, 6, { resourceVersion: version }), target.kind).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
      expect((await scales.read(target)).spec?.replicas).toBe(5);
    }
    await expect(scales.read({ ...targets[0], name: 'nope' } as (typeof targets)[0])).rejects.toMatchObject({ status: 404, reason: 'NotFound' });
    await expect(scales.read({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'x' })).rejects.toMatchObject({ reason: 'NotScalable' });
    await expect(scales.read({ apiVersion: 'none.example.com/v1', kind: 'X', namespace, name: 'x' })).rejects.toMatchObject({ reason: 'ResourceUnknown' });
  });

  it('writes a status without touching the spec', async () => {
    await patchStatus(client, fleets, { namespace, name: 'big' }, { size: 4 });
    expect(await client.get<KubernetesObject>(fleets, 'big', { namespace })).toMatchObject({ spec: { size: 5 }, status: { size: 4 } });
  });

  it('all four patches do what they say', async () => {
    const patch = (type: 'merge' | 'json' | 'strategic' | 'apply', body: unknown): Promise<Workload> =>
      client.patch<Workload>(resources.deployments, 'decode', body, { type, namespace, fieldManager: 'patches', ...(type === 'apply' && { force: true }) });
    expect(await patch('merge', { metadata: { labels: { a: '1' } } })).toMatchObject({ metadata: { labels: { a: '1' } } });
    expect(await patch('json', [{ op: 'add', path: '/metadata/labels/b', value: '2' }])).toMatchObject({ metadata: { labels: { a: '1', b: '2' } } });
    const strategic = await patch('strategic', { spec: { template: { spec: { containers: [{ name: 'sidecar', image: 'c' }] } } } });
    expect(strategic.spec?.template?.spec?.containers.map(({ name }) => name).toSorted()).toEqual(['engine', 'sidecar']);
    expect(await patch('apply', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'decode', labels: { c: '3' } } })).toMatchObject({
      metadata: { labels: { b: '2', c: '3' } },
    });
  });

  it('names the right that is missing, and having that right is enough', async () => {
    const limited = await connectCluster({ kubeconfig: plane.kubeconfigFor('limited', plane.tokens['limited'] ?? '', namespace) });
    const theirs = createKubernetesClient(limited);
    const attempt = (): Promise<unknown> =>
      theirs.patch(resources.deployments, 'decode', { spec: { replicas: 1 } }, { type: 'merge', subresource: 'scale', namespace });
    const error = await attempt().catch((e: unknown) => e);
    expect(error).toMatchObject({ status: 403, reason: 'Forbidden' });
    const { message } = error as Error;
    const named = /Give the ServiceAccount the verb "(?<verb>.*)" on "(?<resource>.*)" of apiGroup "(?<group>.*)" in a Role in namespace default\.$/.exec(message)?.groups;
    expect(named, message).toMatchObject({ verb: 'patch', resource: 'deployments/scale', group: 'apps' });
    const rules = [{ apiGroups: [named?.['group']], resources: [named?.['resource']], verbs: [named?.['verb']] }];
    await client.create(roles, { metadata: { name: 'limited' }, rules } as KubernetesObject, { namespace });
    const binding = { metadata: { name: 'limited' }, roleRef: { apiGroup: roles.group, kind: 'Role', name: 'limited' }, subjects: [{ apiGroup: roles.group, kind: 'User', name: 'limited' }] };
    await client.create(roleBindings, binding, { namespace });
    await until('the right is given', async () => {
      await attempt();
      return true;
    });
    await limited.close();
    console.log(message);
  });
});

function workload(kind: string, name: string): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: { replicas: 2, serviceName: name, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'engine', image: 'e' }] } } },
  };
}

const fleetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'fleets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'fleets', singular: 'fleet', kind: 'Fleet' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
      },
    ],
  },
};
