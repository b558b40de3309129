import { expect, it } from 'vitest';
import { createDelegatingCluster, type DelegatingCluster } from '../../../test/support/delegating-cluster.ts';
import { createManualClock, type ManualClock, silentLog } from '../../runtime/index.ts';
import type { APIService } from '../../wire/index.ts';
import { apiServiceName, describeOwner, followOwnership, type Ownership, type OwnershipOptions } from './ownership.ts';

const path = `/apis/apiregistration.k8s.io/v1/apiservices/${apiServiceName}`;
const ours = { namespace: 'system', name: 'wva' };

function register(cluster: DelegatingCluster, service: { namespace: string; name: string } | undefined, more: object = {}): void {
  const spec = { group: 'external.metrics.k8s.io', version: 'v1beta1', ...(service && { service }), groupPriorityMinimum: 100, versionPriority: 100, ...more };
  cluster.objects.set(path, { metadata: { name: apiServiceName, resourceVersion: '1' }, spec });
}

function spec(cluster: DelegatingCluster): NonNullable<APIService['spec']> {
  return (cluster.objects.get(path) as unknown as APIService).spec as NonNullable<APIService['spec']>;
}

function follow(cluster: DelegatingCluster, clock: ManualClock, options: Partial<OwnershipOptions> = {}): Ownership {
  return followOwnership({ client: cluster.client, clock, log: silentLog, service: ours, bundle: () => 'PEM', leading: () => true, ...options });
}

it.each([
  [undefined, { kind: 'none' }],
  [ours, { kind: 'ours' }],
  [{ namespace: 'keda', name: 'keda-operator-metrics-apiserver' }, { kind: 'other', service: 'keda/keda-operator-metrics-apiserver' }],
])('knows whose %j is', async (service, owner) => {
  const clock = createManualClock();
  const cluster = createDelegatingCluster(clock);
  if (service) register(cluster, service);
  const ownership = follow(cluster, clock);
  expect(await ownership.check()).toEqual(owner);
  await ownership.stop();
});

it('writes its bundle into its own APIService, as the leader and where it differs', async () => {
  const clock = createManualClock();
  const cluster = createDelegatingCluster(clock);
  register(cluster, ours, { insecureSkipTLSVerify: true });
  let leading = false;
  let bundle = 'first';
  const ownership = follow(cluster, clock, { leading: () => leading, bundle: () => bundle });
  await ownership.check();
  expect(spec(cluster).caBundle).toBeUndefined();
  leading = true;
  await ownership.check();
  expect(spec(cluster)).toMatchObject({ caBundle: Buffer.from('first').toString('base64'), service: ours });
  expect(spec(cluster).insecureSkipTLSVerify).toBeUndefined();
  const version = cluster.objects.get(path)?.metadata.resourceVersion;
  await ownership.check();
  expect(cluster.objects.get(path)?.metadata.resourceVersion).toBe(version);
  bundle = 'second';
  await clock.advance(30_000);
  expect(spec(cluster).caBundle).toBe(Buffer.from('second').toString('base64'));
  await ownership.stop();
});

it("never touches another server's, not even when it changes hands between a look and a write", async () => {
  const clock = createManualClock();
  const cluster = createDelegatingCluster(clock);
  const keda = { namespace: 'keda', name: 'metrics' };
  register(cluster, keda, { caBundle: 'theirs' });
  const ownership = follow(cluster, clock, { register: true });
  await ownership.check();
  expect(spec(cluster)).toMatchObject({ service: keda, caBundle: 'theirs' });
  await ownership.stop();

  register(cluster, ours);
  cluster.beforeWrite = () => {
    cluster.beforeWrite = () => {};
    const theirs = { service: keda, caBundle: 'theirs' };
    cluster.objects.set(path, { metadata: { name: apiServiceName, resourceVersion: '99' }, spec: theirs });
  };
  const again = follow(cluster, clock, { register: true });
  await again.check();
  expect(spec(cluster)).toEqual({ service: keda, caBundle: 'theirs' });
  expect(await again.check()).toEqual({ kind: 'other', service: 'keda/metrics' });
  await again.stop();
});

it('looks again at once when it was overtaken, as while a new APIService finds its status', async () => {
  const clock = createManualClock();
  const cluster = createDelegatingCluster(clock);
  register(cluster, ours);
  let overtakings = 3;
  cluster.beforeWrite = () => {
    if (overtakings-- <= 0) return;
    const found = cluster.objects.get(path) as unknown as APIService;
    cluster.objects.set(path, { metadata: { name: apiServiceName, resourceVersion: `status-${overtakings}` }, spec: found.spec });
  };
  const ownership = follow(cluster, clock);
  await ownership.check();
  expect(spec(cluster).caBundle).toBe(Buffer.from('PEM').toString('base64'));
  await ownership.stop();
});

it('registers itself only where it was told to, and only as the leader', async () => {
  const clock = createManualClock();
  const cluster = createDelegatingCluster(clock);
  let leading = false;
  const ownership = follow(cluster, clock, { register: true, leading: () => leading });
  expect(await ownership.check()).toEqual({ kind: 'none' });
  leading = true;
  expect(await ownership.check()).toEqual({ kind: 'ours' });
  expect(spec(cluster)).toMatchObject({ service: { ...ours, port: 443 }, caBundle: Buffer.from('PEM').toString('base64') });
  await ownership.stop();
});

it('says that it does not know while it cannot ask', async () => {
  const clock = createManualClock();
  const cluster = createDelegatingCluster(clock);
  cluster.reachable = false;
  const ownership = follow(cluster, clock);
  expect(await ownership.check()).toMatchObject({ kind: 'unknown', why: expect.stringContaining('connection refused') });
  await ownership.stop();
});

it('names the ways that remain', () => {
  const words = describeOwner({ kind: 'other', service: 'keda/metrics' });
  expect(words).toContain('keda/metrics');
  expect(words).toContain('Prometheus');
  expect(words).toContain('actuation: direct');
});
