import { createManualClock } from '../../../src/runtime/index.ts';
import { createWorld } from '../../../src/simulator/index.ts';
import type { Scenario } from '../../../src/simulator/index.ts';
import type { HorizontalPodAutoscaler, KubernetesObject, Pod, Workload } from '../../../src/wire/index.ts';
import { createCountRecorder, outcomeOf } from './hpa-outcome.ts';
import type { HpaOutcome } from './hpa-outcome.ts';
import { autoscalerOf, deploymentOf, syncSeconds } from './hpa-sequences.ts';
import type { HpaSequence } from './hpa-sequences.ts';
import { createScriptedMetrics } from './scripted-metrics.ts';

const pods = { group: '', plural: 'pods' };
const deployments = { group: 'apps', plural: 'deployments' };
const autoscalers = { group: 'autoscaling', plural: 'horizontalpodautoscalers' };

/**
 * Runs all sequences at once through the simulated autoscaler, on a manual clock.
 * @returns for each sequence what a look at its end saw, and what one a sync later saw: a client cannot tell the two apart.
 */
export async function runSimulated(sequences: readonly HpaSequence[]): Promise<readonly (readonly [HpaOutcome, HpaOutcome])[]> {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const metrics = createScriptedMetrics(sequences, () => clock.now());
  const world = createWorld({ seed: 'hpa-sequences', clock, scenario: scenarioOf(sequences) });
  const { store } = world.apiServer;
  world.connectService({ namespace: 'kube-system', name: 'scripted-metrics' }, metrics.handle);

  function markReady(): void {
    for (const { name, readyPods = Infinity } of sequences) {
      const own = store.list<Pod>(pods, name).filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
      const unready = own.filter(({ status }) => status?.phase !== 'Running');
      for (const pod of unready.slice(0, Math.max(0, readyPods - (own.length - unready.length)))) {
        const status: Pod['status'] = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
        store.update<Pod>(pods, { ...pod, status }, { subresource: 'status' });
      }
    }
  }

  world.start();
  for (let step = 0; step < 20; step++) {
    await clock.advance(100);
    markReady();
  }
  for (const sequence of sequences) store.create<KubernetesObject>(autoscalers, autoscalerOf(sequence));

  const recorders = new Map(sequences.map((sequence) => [sequence.name, createCountRecorder(sequence)]));
  const ends = new Map<string, HorizontalPodAutoscaler[]>();
  const syncs = 2 + Math.max(...sequences.map(({ load }) => load.length), 5);
  for (let step = 0; step < syncs * syncSeconds * 10; step++) {
    await clock.advance(100);
    markReady();
    for (const sequence of sequences) {
      const { name } = sequence;
      const served = metrics.served(name);
      recorders.get(name)?.see(served, store.get<Workload>(deployments, 'server', name)?.spec?.replicas ?? 0);
      const hpa = store.get<HorizontalPodAutoscaler>(autoscalers, 'server', name);
      const seen = ends.get(name) ?? [];
      if (hpa !== undefined && served >= sequence.load.length) seen[served - sequence.load.length] = hpa;
      if (hpa !== undefined && served === 0) seen[0] = hpa;
      ends.set(name, seen);
    }
  }
  await world.stop();
  return sequences.map((sequence) => {
    const counts = recorders.get(sequence.name)?.counts() ?? '';
    const [last, later] = ends.get(sequence.name) ?? [];
    return [outcomeOf(sequence, counts, last), outcomeOf(sequence, counts, later ?? last)];
  });
}

function scenarioOf(sequences: readonly HpaSequence[]): Scenario {
  const object = (apiVersion: string, kind: string, rest: object): KubernetesObject => ({ apiVersion, kind, ...rest });
  return {
    name: 'hpa-sequences',
    durationMs: 60_000,
    objects: [
      object('apiregistration.k8s.io/v1', 'APIService', {
        metadata: { name: 'v1beta1.external.metrics.k8s.io' },
        spec: {
          group: 'external.metrics.k8s.io',
          version: 'v1beta1',
          groupPriorityMinimum: 100,
          versionPriority: 100,
          insecureSkipTLSVerify: true,
          service: { namespace: 'kube-system', name: 'scripted-metrics', port: 443 },
        },
      }),
      ...sequences.map(({ name }) => object('v1', 'Namespace', { metadata: { name } })),
      ...sequences.map((sequence) => deploymentOf(sequence)),
    ],
    profiles: [],
    traffic: [],
    startup: { meanMs: 0, standardDeviationMs: 0, lowestMs: 0 },
    hpaSyncMs: syncSeconds * 1000,
    faults: [],
  };
}
