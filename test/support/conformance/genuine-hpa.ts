import { listen } from '../../../src/runtime/index.ts';
import type { HorizontalPodAutoscaler, Pod, Workload } from '../../../src/wire/index.ts';
import { createAuthority, registerExternalMetrics, startControlPlane, untilExternalMetricsServed } from '../genuine/index.ts';
import { createCountRecorder, outcomeOf } from './hpa-outcome.ts';
import type { HpaOutcome } from './hpa-outcome.ts';
import { autoscalerOf, deploymentOf, syncSeconds } from './hpa-sequences.ts';
import type { HpaSequence } from './hpa-sequences.ts';
import { createScriptedMetrics } from './scripted-metrics.ts';

const pollMs = 250;
/** For those sequences that never ask for their metric: long enough for a few looks. */
const quietMs = 5 * syncSeconds * 1000;

/** Runs all sequences at once through the genuine kube-controller-manager. */
export async function runGenuine(sequences: readonly HpaSequence[], timeoutMs = 120_000): Promise<readonly HpaOutcome[]> {
  const plane = await startControlPlane({
    hpaSyncPeriodSeconds: syncSeconds,
    controllerManagerArgs: ['--kube-api-qps=500', '--kube-api-burst=1000', '--concurrent-horizontal-pod-autoscaler-syncs=50', '--concurrent-deployment-syncs=20', '--concurrent-replicaset-syncs=20'],
  });
  const metrics = createScriptedMetrics(sequences, () => Date.now());
  const authority = await createAuthority(plane.folder, 'scripted-metrics-ca');
  const { cert, key } = await authority.issue('scripted-metrics', 'localhost');
  const server = await listen(metrics.handle, { host: '127.0.0.1', port: 0, tls: { cert, key } });

  async function list<T>(path: string): Promise<readonly T[]> {
    return (await plane.request(path)).json<{ items: T[] }>().items;
  }
  async function apply(items: readonly object[]): Promise<void> {
    await plane.kubectlOk(['apply', '-f', '-'], { stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  }
  async function markReady(): Promise<void> {
    const pods = await list<Pod>('/api/v1/pods');
    await Promise.all(
      sequences.flatMap(({ name, readyPods = Infinity }) => {
        const own = pods.filter((pod) => pod.metadata?.namespace === name && pod.metadata.deletionTimestamp === undefined);
        const unready = own.filter((pod) => pod.status?.phase !== 'Running');
        const missing = Math.max(0, readyPods - (own.length - unready.length));
        return unready.slice(0, missing).map((pod) =>
          plane.request(`/api/v1/namespaces/${name}/pods/${pod.metadata?.name}/status`, {
            method: 'PATCH',
            headers: { 'content-type': 'application/merge-patch+json' },
            body: { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: new Date().toISOString() }] } },
          }),
        );
      }),
    );
  }
  async function until(what: string, done: () => Promise<boolean>): Promise<void> {
    const endMs = Date.now() + timeoutMs;
    while (!(await done())) {
      if (Date.now() > endMs) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}.\n${plane.logs(15)}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  try {
    await registerExternalMetrics(plane, { port: server.port, name: 'scripted-metrics' });
    await untilExternalMetricsServed(plane);
    await apply(sequences.map(({ name }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
    await apply(sequences.map(deploymentOf));
    await until('every target has its pods', async () => {
      await markReady();
      const deployments = await list<Workload>('/apis/apps/v1/deployments');
      return sequences.every(({ name, replicas, readyPods = replicas }) => {
        const status = deployments.find(({ metadata }) => metadata?.namespace === name)?.status;
        return (status?.replicas ?? 0) === replicas && (status?.readyReplicas ?? 0) === Math.min(readyPods, replicas);
      });
    });
    await apply(sequences.map(autoscalerOf));
    const startMs = Date.now();
    const recorders = new Map(sequences.map((sequence) => [sequence.name, createCountRecorder(sequence)]));
    const ends = new Map<string, HorizontalPodAutoscaler>();
    await until('every script has ended', async () => {
      await markReady();
      const served = new Map(sequences.map(({ name }) => [name, metrics.served(name)]));
      const deployments = await list<Workload>('/apis/apps/v1/deployments');
      for (const { metadata, spec } of deployments) {
        const name = metadata?.namespace ?? '';
        // an answer given while the targets were read may or may not have changed them: the next look will tell
        if (metrics.served(name) === served.get(name)) recorders.get(name)?.see(metrics.served(name), spec?.replicas ?? 0);
      }
      const autoscalers = await list<HorizontalPodAutoscaler>('/apis/autoscaling/v2/horizontalpodautoscalers');
      for (const sequence of sequences) {
        const count = served.get(sequence.name) ?? 0;
        const quiet = count === 0 && Date.now() - startMs > quietMs;
        const hpa = autoscalers.find(({ metadata }) => metadata?.namespace === sequence.name);
        // the look that asked last has been written down when the next one has asked
        if (hpa !== undefined && !ends.has(sequence.name) && (count > sequence.load.length || quiet)) ends.set(sequence.name, hpa);
      }
      return ends.size === sequences.length;
    });
    return sequences.map((sequence) => outcomeOf(sequence, recorders.get(sequence.name)?.counts() ?? '', ends.get(sequence.name)));
  } finally {
    await server.close();
    await plane.stop();
  }
}
