import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { fromRoot, installProduct, startProduct, type Product } from './product.ts';
import { podTemplate, seed } from './seed.ts';
import { until } from './until.ts';

const namespace = seed.namespace;

interface Variant {
  status?: { desiredOptimizedAlloc?: { numReplicas?: number }; conditions?: { type: string; status: string; reason: string; message: string }[] };
}

// Targets other than deployments, and direct writing of the scale subresource in place of an HPA.
describeGenuine('other targets, written to directly', controlPlaneParts, () => {
  let plane: ControlPlane;
  let fleet: Fleet;
  let product: Product;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installProduct(plane);
    await plane.kubectlOk(['apply', '-k', fromRoot('deploy/direct')]);
    await plane.kubectlOk(['create', 'namespace', namespace]);
    fleet = startFleet(plane, { model: seed.modelID, namespace });
    product = await startProduct({ plane, args: ['--interval=2s'] });
  });
  afterAll(async () => {
    await product?.remove();
    await fleet?.stop();
    await plane?.stop();
  });

  const explain = (): string => product.logs();
  const apply = async (...items: object[]): Promise<void> => {
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  };
  const variant = (name: string, scaleTargetRef: object, spec: object = {}): object => ({
    apiVersion: 'llmd.ai/v1alpha1',
    kind: 'VariantAutoscaling',
    metadata: { name, namespace },
    spec: { scaleTargetRef, modelID: seed.modelID, accelerator: 'A100', actuation: 'direct', minReplicas: 1, maxReplicas: 6, ...spec },
  });
  const readVariant = async (name: string): Promise<Variant> =>
    (await plane.request(`/apis/llmd.ai/v1alpha1/namespaces/${namespace}/variantautoscalings/${name}`)).json<Variant>();
  const scaleOf = async (group: string, plural: string, name: string): Promise<number | undefined> =>
    (await plane.request(`/apis/${group}/namespaces/${namespace}/${plural}/${name}/scale`)).json<{ spec?: { replicas?: number } }>().spec?.replicas;

  it('a StatefulSet follows its load, up through its scale subresource', async () => {
    await apply(
      {
        apiVersion: 'apps/v1',
        kind: 'StatefulSet',
        metadata: { name: 'decode', namespace },
        spec: { replicas: 1, serviceName: 'decode', podManagementPolicy: 'Parallel', selector: { matchLabels: { app: 'decode' } }, template: podTemplate('decode') },
      },
      variant('stateful', { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'decode' }, { maxReplicas: 12 }),
    );
    await until('its one replica serves', () => fleet.servers === 1 || `${fleet.servers} servers`);
    const startMs = Date.now();
    fleet.setRate(20);
    await until(
      'three replicas or more, and as many as desired',
      async () => {
        const [desired, replicas] = [(await readVariant('stateful')).status?.desiredOptimizedAlloc?.numReplicas ?? 0, (await scaleOf('apps/v1', 'statefulsets', 'decode')) ?? 0];
        return (desired >= 3 && replicas === desired && fleet.servers === desired) || `desired ${desired}, spec ${replicas}, serving ${fleet.servers}`;
      },
      { timeoutMs: 90_000, explain },
    );
    console.log(`direct: a StatefulSet had ${fleet.servers} serving replicas ${((Date.now() - startMs) / 1000).toFixed(1)} s after the load rose from 0 to 20 requests/s`);
  });

  it('it is said in a condition, and no one else wrote', async () => {
    const { status } = await readVariant('stateful');
    expect(status?.conditions?.filter(({ reason }) => reason === 'ScaleWritten' || reason === 'ScaleUnchanged')).toHaveLength(1);
    const managed = (await plane.request(`/apis/apps/v1/namespaces/${namespace}/statefulsets/decode`)).json<{ metadata: { managedFields: { subresource?: string; manager: string }[] } }>();
    expect(managed.metadata.managedFields.filter(({ subresource }) => subresource === 'scale').map(({ manager }) => manager)).toHaveLength(1);
  });

  it('nothing is written while an HPA has the same target, and a condition says so', async () => {
    const before = await scaleOf('apps/v1', 'statefulsets', 'decode');
    await apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'decode', namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'decode' },
        minReplicas: 1,
        maxReplicas: 10,
        metrics: [{ type: 'External', external: { metric: { name: 'nobody_serves_this' }, target: { type: 'AverageValue', averageValue: '1' } } }],
      },
    });
    await until(
      'the refusal is in a condition',
      async () => {
        const { status } = await readVariant('stateful');
        const refusal = status?.conditions?.find(({ reason }) => reason === 'ScaleRefusedOtherScaler');
        return refusal?.message.includes('decode') === true || JSON.stringify(status?.conditions?.map(({ type, reason }) => `${type}=${reason}`));
      },
      { timeoutMs: 30_000, explain },
    );
    fleet.setRate(90);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(await scaleOf('apps/v1', 'statefulsets', 'decode')).toBe(before);
    await plane.kubectlOk(['-n', namespace, 'delete', 'hpa', 'decode']);
    await until('the target is written again', async () => ((await scaleOf('apps/v1', 'statefulsets', 'decode')) ?? 0) > (before ?? 0), { timeoutMs: 60_000, explain });
  });

  it('a target that is absent, of an unknown kind or of one that cannot be scaled is named in a condition', async () => {
    await apply(
      variant('absent', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nowhere' }),
      variant('unknown', { apiVersion: 'example.org/v1', kind: 'ServingFleet', name: 'fleet' }),
      variant('unscalable', { apiVersion: 'v1', kind: 'ConfigMap', name: 'kube-root-ca.crt' }),
    );
    for (const [name, reason] of [['absent', 'TargetNotFound'], ['unknown', 'TargetKindUnknown'], ['unscalable', 'TargetKindUnknown']] as const) {
      await until(
        `${name} shows ${reason}`,
        async () => {
          const condition = (await readVariant(name)).status?.conditions?.find(({ type }) => type === 'TargetResolved');
          return (condition?.status === 'False' && condition.reason === reason) || JSON.stringify(condition ?? 'no condition');
        },
        { timeoutMs: 30_000, explain },
      );
    }
    await plane.kubectlOk(['-n', namespace, 'delete', 'va', 'absent', 'unknown', 'unscalable']);
  });

  it('a LeaderWorkerSet is scaled by its CRD alone, which appears while the controller runs', async () => {
    const crds = leaderWorkerSetCrds();
    if (crds === undefined) {
      console.warn('skipped: LeaderWorkerSet (its Go module cannot be had here)');
      return;
    }
    await plane.kubectlOk(['apply', '--server-side', '-f', '-'], { stdin: crds });
    // Discovery lags a new kind by a moment, and kubectl trusts discovery.
    await until('kubectl knows the kind', async () => {
      const { stdout } = await plane.kubectl(['api-resources', '--api-group=leaderworkerset.x-k8s.io', '--cached=false']);
      return stdout.includes('leaderworkersets');
    });
    await apply(
      {
        apiVersion: 'leaderworkerset.x-k8s.io/v1',
        kind: 'LeaderWorkerSet',
        metadata: { name: 'wide', namespace },
        spec: { replicas: 1, leaderWorkerTemplate: { size: 2, workerTemplate: podTemplate('wide') } },
      },
      variant('wide', { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet', name: 'wide' }, { minReplicas: 3, maxReplicas: 3 }),
    );
    await until('minReplicas is written to its scale', async () => {
      const replicas = await scaleOf('leaderworkerset.x-k8s.io/v1', 'leaderworkersets', 'wide');
      return replicas === 3 || `spec.replicas ${replicas ?? 'unknown'}`;
    }, { timeoutMs: 90_000, explain });
  });
});

/** The CRD out of the Go module of the LeaderWorkerSet project; undefined where Go or the module cannot be had. */
function leaderWorkerSetCrds(): string | undefined {
  try {
    const listed = execFileSync('go', ['mod', 'download', '-json', 'sigs.k8s.io/lws@v0.8.0'], { encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'ignore'] });
    const { Dir } = JSON.parse(listed) as { Dir: string };
    return readFileSync(join(Dir, 'config/crd/bases/leaderworkerset.x-k8s.io_leaderworkersets.yaml'), 'utf8');
  } catch {
    return undefined;
  }
}
