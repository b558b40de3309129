import { afterAll, beforeAll, expect, it } from 'vitest';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { fromRoot, installProduct, shipped, startProduct, type Product } from './product.ts';
import { podTemplate, seed } from './seed.ts';
import { until } from './until.ts';

const namespace = seed.namespace;

interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string; readonly deletionTimestamp?: string; readonly annotations?: Readonly<Record<string, string>> } }[];
}

// The genuine ReplicaSet controller removes the younger pods first, of about the same age any, unless it is told what each costs.
describeGenuine('which pod goes', controlPlaneParts, () => {
  let plane: ControlPlane;
  let fleet: Fleet;
  let product: Product;
  const old = new Set<string>();

  beforeAll(async () => {
    plane = await startControlPlane();
    await installProduct(plane);
    await plane.kubectlOk(['apply', '-k', fromRoot('deploy/direct')]);
    await plane.kubectlOk(['create', 'namespace', namespace]);
    // the two that are there first get a tenth of what the others get
    fleet = startFleet(plane, {
      model: seed.modelID,
      namespace,
      share({ metadata: { uid } }) {
        if (old.size < 2) old.add(uid);
        return old.has(uid) ? 0.1 : 1;
      },
    });
    fleet.setRate(8);
    await plane.kubectlOk(['-n', shipped.namespace, 'patch', 'configmap', 'wva-saturation-scaling-config', '--type=merge', '-p', JSON.stringify({ data: { 'policy.yaml': 'global: {analyzer: percent, scaleDownStabilization: 0s, podDeletionCost: true}\n' } })]);
    product = await startProduct({ plane, args: ['--interval=2s'] });
  });
  afterAll(async () => {
    await product?.remove();
    await fleet?.stop();
    await plane?.stop();
  });

  const explain = (): string => product.logs();
  const pods = async (): Promise<Pods['items']> => (await plane.request(`/api/v1/namespaces/${namespace}/pods`)).json<Pods>().items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const bound = async (replicas: number): Promise<void> => {
    await plane.kubectlOk(['-n', namespace, 'patch', 'va', 'which', '--type=merge', '-p', JSON.stringify({ spec: { minReplicas: replicas, maxReplicas: replicas } })]);
    await until(`${replicas} replicas`, async () => ((await pods()).length === replicas && fleet.servers === replicas) || `${fleet.servers} serve`, { timeoutMs: 60_000, explain });
  };

  it('without the right to write to pods any may go, and that is said once', async () => {
    await plane.kubectlOk(['apply', '-f', '-'], {
      stdin: JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'decode', namespace }, spec: { replicas: 2, selector: { matchLabels: { app: 'decode' } }, template: podTemplate('decode') } },
          {
            apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: { name: 'which', namespace },
            spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'decode' }, modelID: seed.modelID, accelerator: 'A100', actuation: 'direct', minReplicas: 2, maxReplicas: 2 },
          },
        ],
      }),
    });
    await bound(2);
    await bound(4);
    // the young ones show what they do
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await bound(2);
    expect(product.entries().filter((entry) => JSON.stringify(entry).includes('deploy/pod-deletion-cost'))).toHaveLength(1);
  });

  it('with it those with the least in flight go, although they are the oldest', async () => {
    await plane.kubectlOk(['apply', '-k', fromRoot('deploy/pod-deletion-cost')]);
    await product.kill();
    await product.remove();
    product = await startProduct({ plane, name: 'again', args: ['--interval=2s'] });
    await bound(4);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    await bound(2);
    expect((await pods()).map(({ metadata }) => old.has(metadata.uid))).toEqual([false, false]);
    expect((await pods()).map(({ metadata }) => metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'])).toEqual([undefined, undefined]);
  });
});
