import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { controlPlaneParts, describeGenuine, startControlPlane, type ControlPlane } from '../support/genuine/index.ts';
import { startFleet, type Fleet } from './fleet.ts';
import { fromRoot, installProduct, shipped, startProduct, type Product } from './product.ts';
import { seed } from './seed.ts';
import { until } from './until.ts';

const user = `system:serviceaccount:${shipped.namespace}:${shipped.serviceAccount}`;

// The other journeys run with the shipped rights too, and look for refusals in the log. This one asks whether those
// rights are the least, whether all manifests are accepted as they ship, and what is said when a right is missing.
describeGenuine('the shipped manifests and rights', controlPlaneParts, () => {
  let plane: ControlPlane;
  let fleet: Fleet;
  let product: Product;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installProduct(plane);
    await plane.kubectlOk(['create', 'namespace', seed.namespace]);
    fleet = startFleet(plane, { model: seed.modelID, namespace: seed.namespace });
    await plane.kubectlOk(['apply', '-f', '-'], {
      stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [seed.deployment(1), seed.variant({ name: seed.resource, accelerator: 'A100' })] }),
    });
    product = await startProduct({ plane, args: ['--interval=2s', '--leader-elect'] });
  });
  afterAll(async () => {
    await product?.remove();
    await fleet?.stop();
    await plane?.stop();
  });

  const can = async (verb: string, resource: string, ...more: string[]): Promise<boolean> =>
    (await plane.kubectl(['auth', 'can-i', verb, resource, `--as=${user}`, ...more])).stdout.trim() === 'yes';
  const readyCondition = async (): Promise<string> =>
    await plane.kubectlOk(['-n', seed.namespace, 'get', 'va', seed.resource, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}']);

  it.each(['deploy/cluster', 'deploy/namespaced', 'deploy/direct', 'deploy/pod-deletion-cost', 'deploy/external-metrics'])('%s is accepted with strict validation', async (folder) => {
    await plane.kubectlOk(['apply', '-k', fromRoot(folder), '--dry-run=server', '--validate=strict']);
  });

  it.each(['one-accelerator', 'two-accelerators', 'direct'])('examples/%s.yaml is accepted with strict validation', async (name) => {
    await plane.kubectl(['create', 'namespace', 'serving']);
    await plane.kubectlOk(['apply', '-f', fromRoot(`examples/${name}.yaml`), '--dry-run=server', '--validate=strict']);
  });

  it('they suffice: the controller decides and writes status, and nothing was forbidden', async () => {
    await until('the variant is Ready', async () => (await readyCondition()) === 'True' || product.logs(20), { explain: () => product.logs() });
    // A Lease is held, a CA is kept, an event is written: each of its own rights was used.
    await plane.kubectlOk(['-n', shipped.namespace, 'get', 'lease', '72dd1cf1.llm-d.ai']);
    await plane.kubectlOk(['-n', shipped.namespace, 'get', 'secret', shipped.caSecret]);
    expect(product.entries().filter((entry) => /forbidden/i.test(JSON.stringify(entry)))).toEqual([]);
  });

  it.each([
    ['update', 'deployments.apps'],
    ['patch', 'deployments.apps'],
    ['patch', 'deployments.apps', '--subresource=scale'],
    ['delete', 'pods'],
    ['create', 'pods'],
    ['update', 'variantautoscalings.llmd.ai'],
    ['get', 'secrets'],
    ['list', 'secrets', `--namespace=${shipped.namespace}`],
    ['get', 'secrets/other', `--namespace=${shipped.namespace}`],
    ['list', 'configmaps'],
    ['patch', 'apiservices.apiregistration.k8s.io'],
    ['escalate', 'clusterroles.rbac.authorization.k8s.io'],
    ['impersonate', 'users'],
  ])('they are no more than needed: it may not %s %s %s', async (verb, resource, ...more) => {
    expect(await can(verb, resource, ...more.filter((one): one is string => one !== undefined))).toBe(false);
  });

  it('direct writing is a right of its own', async () => {
    await plane.kubectlOk(['apply', '-k', fromRoot('deploy/direct')]);
    expect(await can('patch', 'deployments.apps', '--subresource=scale')).toBe(true);
    expect(await can('patch', 'deployments.apps')).toBe(false);
    await plane.kubectlOk(['delete', '-k', fromRoot('deploy/direct')]);
  });

  it('a right that is missing is named in the log, and the process goes on', async () => {
    const roles = parseAllDocuments(await plane.kubectlOk(['kustomize', fromRoot('deploy/cluster')])).map(
      (document) => document.toJS() as { kind: string; metadata: { name: string }; rules?: { resources: string[]; verbs: string[] }[] },
    );
    const watch = roles.find(({ kind, metadata }) => kind === 'ClusterRole' && metadata.name === 'workload-variant-autoscaler-watch');
    expect(watch?.rules).toBeDefined();
    const weakened = { ...watch, rules: watch?.rules?.filter(({ resources }) => !resources.includes('pods')) };
    await plane.kubectlOk(['replace', '-f', '-'], { stdin: JSON.stringify(weakened) });
    await product.kill();
    const crippled = await startProduct({ plane, name: 'crippled', args: ['--interval=2s'], ready: false });
    try {
      await until(
        'the log says what is forbidden',
        () => crippled.entries().some((entry) => /pods/.test(JSON.stringify(entry)) && /forbidden|may not|not allowed/i.test(JSON.stringify(entry))) || crippled.logs(20),
        { timeoutMs: 30_000 },
      );
      const entry = crippled.entries().find((one) => /pods/.test(JSON.stringify(one)) && /forbidden|may not|not allowed/i.test(JSON.stringify(one)));
      console.log(`without the right to list pods: ${JSON.stringify(entry?.['msg'] ?? entry)}`);
      expect(crippled.program.running).toBe(true);
      // And once the right is given it recovers by itself.
      await plane.kubectlOk(['replace', '-f', '-'], { stdin: JSON.stringify(watch) });
      await until('the controller is ready', async () => (await fetch(`${crippled.healthUrl}/readyz`)).status === 200, { timeoutMs: 90_000, explain: () => crippled.logs() });
    } finally {
      await crippled.remove();
    }
  });
});
