import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDecisionHistory } from '../../src/controller/index.ts';
import { connectCluster, createKubernetesClient } from '../../src/kubernetes/index.ts';
import { readRecord } from '../../src/record/index.ts';
import { createMeters, silentLog, systemClock } from '../../src/runtime/index.ts';
import { type CertificateSource, createServer, keepCertificates, type Server, serviceNames } from '../../src/serve/index.ts';
import { type ControlPlane, describeGenuine, startControlPlane } from '../support/genuine/index.ts';

const root = new URL('../../', import.meta.url);
const namespace = 'workload-variant-autoscaler-system';
const controller = `system:serviceaccount:${namespace}:workload-variant-autoscaler-controller-manager`;
const variant = 'llm-d-inference-scheduling/qwen3-32b-a100';

describeGenuine('wva explain beside a genuine API server', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  let folder: string;
  let plane: ControlPlane;
  let server: Server;
  let certificates: CertificateSource;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wva-explain-'));
    plane = await startControlPlane({
      controllers: false,
      users: [
        { name: controller, groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'] },
        { name: 'oncall', groups: ['system:authenticated'] },
        { name: 'eve', groups: ['system:authenticated'] },
      ],
    });
    for (const file of ['crd/variantautoscalings.yaml', 'controller/namespace.yaml', 'controller/roles.yaml', 'controller/own-role.yaml', 'controller/user-roles.yaml']) {
      await plane.kubectlOk(['apply', '-f', '-'], { stdin: readFileSync(new URL(`deploy/${file}`, root), 'utf8') });
    }
    await plane.kubectlOk(['create', 'clusterrolebinding', 'oncall-decisions', '--clusterrole', 'workload-variant-autoscaler-decisions-viewer', '--user', 'oncall']);
    for (const user of ['oncall', 'eve']) writeFileSync(join(folder, user), plane.tokens[user] ?? '');
    const client = createKubernetesClient(await connectCluster({ kubeconfig: plane.kubeconfigFor('controller', plane.tokens[controller] ?? '') }));
    const service = { namespace, name: 'workload-variant-autoscaler-controller-manager-metrics-service' };
    certificates = await keepCertificates({ client, clock: systemClock, log: silentLog, namespace, secretName: 'workload-variant-autoscaler-serving-ca', names: serviceNames(service) });
    const decisions = createDecisionHistory();
    for await (const entry of readRecord(fileURLToPath(new URL('test/golden/record.jsonl.zst', root)))) if (entry.kind === 'cycle') decisions.hear(entry.record);
    server = await createServer(
      { source: { snapshot: () => undefined, scalings: () => [] }, leading: () => true, readiness: () => ({ ready: true }), decisions, meters: createMeters(), clock: systemClock, log: silentLog, client, certificates },
      { externalMetrics: false, variantNameLabel: false, secure: { host: '127.0.0.1', port: 0 } },
    );
  });
  afterAll(async () => {
    await server?.close();
    await certificates?.stop();
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function explain(...args: readonly string[]): Promise<{ status: number; out: string; err: string }> {
    return new Promise((resolve) => {
      execFile(process.execPath, [fileURLToPath(new URL('src/cli/main.ts', root)), 'explain', ...args], { cwd: folder, env: { PATH: process.env['PATH'] } }, (error, out, err) =>
        resolve({ status: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  }

  it('tells whom the shipped role is bound to, and nobody else', async () => {
    const url = server.urls.secure ?? '';
    expect(await explain(variant, '--server', url, '--token-file', 'oncall', '--insecure')).toMatchObject({ status: 0, err: '', out: expect.stringContaining('\n\nHow the number came about\n') as string });
    expect(await explain(variant, '--server', url, '--token-file', 'eve', '--insecure')).toMatchObject({
      status: 2,
      err: expect.stringMatching(new RegExp(`answered 403: Forbidden: User "eve" cannot get path "/debug/decisions/${variant}"\\.? The role workload-variant-autoscaler-decisions-viewer`)) as string,
    });
    expect((await explain(variant, '--server', url, '--insecure')).err).toContain('answered 401');
    // without --insecure the certificate is looked at, and it is not for this address
    expect((await explain(variant, '--server', url, '--token-file', 'oncall')).status).toBe(2);
  });

  it('tells what status says to whoever may read the resource', async () => {
    const chat = { apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: { name: 'chat', namespace: 'default' }, spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat' }, modelID: 'org/chat' } };
    await plane.kubectlOk(['create', '-f', '-'], { stdin: JSON.stringify(chat) });
    const status = { desiredOptimizedAlloc: { numReplicas: 3, lastUpdate: { updateTime: '2026-01-31T08:10:00Z', numReplicasChanged: 2, reason: 'Demand', message: 'The load calls for 2 more.' } }, trail: [{ from: 1, to: 3, reason: 'Demand', message: 'The load calls for 2 more.' }] };
    await plane.kubectlOk(['patch', 'variantautoscaling', 'chat', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status })]);
    await plane.kubectlOk(['create', 'clusterrolebinding', 'oncall-reads', '--clusterrole', 'workload-variant-autoscaler-viewer', '--user', 'oncall']);
    const kubeconfig = (user: string): string => plane.kubeconfigFor(user, plane.tokens[user] ?? '');
    expect((await explain('default/chat', '--kubeconfig', kubeconfig('oncall'))).out).toMatch(/^default\/chat: 3 replicas desired \(Demand\)\.\n[^]*1 -> 3 Demand: The load calls for 2 more\./);
    expect(await explain('default/chat', '--kubeconfig', kubeconfig('eve'))).toMatchObject({ status: 2, err: expect.stringContaining('eve') as string });
    expect((await explain('default/none', '--kubeconfig', kubeconfig('oncall'))).status).toBe(1);
  });
});
