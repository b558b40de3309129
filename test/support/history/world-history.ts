import { setImmediate as nextTurn } from 'node:timers/promises';
import { startController } from '../../../src/cli/compose.ts';
import { own, withProductInstalled } from '../../../src/cli/demo/cluster.ts';
import { optionsFrom } from '../../../src/config/index.ts';
import type { CycleRecord } from '../../../src/model/index.ts';
import { createManualClock, createRandom, readText, textResponse, type Log, type Transport } from '../../../src/runtime/index.ts';
import { createWorld, type Scenario } from '../../../src/simulator/index.ts';
import { variantAutoscalingCrd, type KubernetesObject, type Pod, type Workload } from '../../../src/wire/index.ts';

export interface WorldHistoryOptions {
  readonly scenario: Scenario;
  readonly seconds: number;
  readonly startMs: number;
  /** Labels of a pod's series besides its name: what a scrape configuration adds. */
  readonly job?: string;
  /** Series of kube-state-metrics too, as of the moments at which the product looked; without them history has what engines say, and no more. */
  readonly kubeStateMetrics: boolean;
  readonly intervalMs?: number;
  /** Settings of the controller besides those that a world without sockets needs. */
  readonly flags?: Readonly<Record<string, unknown>>;
  readonly seed?: string;
}

export interface WorldHistory {
  readonly records: readonly CycleRecord[];
  /** Everything that a Prometheus would have scraped, for `promtool tsdb create-blocks-from openmetrics`. */
  readonly openMetrics: string;
  /** As `kubectl get variantautoscalings,deployments,hpa,nodes -A -o json` prints them at the end. */
  readonly resources: string;
  readonly endMs: number;
}

const stepMs = 100;

/**
 * The embedded world with the product in it, played through on a manual clock. The pages that the product scraped are kept as a
 * Prometheus that scraped at the same moments would have them.
 */
export async function playWorld(options: WorldHistoryOptions): Promise<WorldHistory> {
  const { scenario, seconds, startMs, kubeStateMetrics, job = 'models' } = options;
  const clock = createManualClock(startMs);
  const world = createWorld({ seed: options.seed ?? 'history', clock, scenario: withProductInstalled(scenario), customResourceDefinitions: [variantAutoscalingCrd()] });
  const { store } = world.apiServer;
  world.start();
  const lines: string[] = [];
  const say = (name: string, labels: Readonly<Record<string, string>>, value: number): void => {
    const written = Object.entries(labels).map(([key, text]) => `${key}=${JSON.stringify(text)}`);
    lines.push(`${name}{${written.join(',')}} ${value} ${clock.now() / 1000}`);
  };
  const podsThere = (): readonly Pod[] => store.list<Pod>({ group: '', plural: 'pods' });

  const pods: Transport = async (request) => {
    const response = await world.transport(request);
    if (response.status !== 200 || !request.url.endsWith('/metrics')) return response;
    const text = await readText(response);
    const { hostname, host } = new URL(request.url);
    const pod = podsThere().find(({ status }) => status?.podIP === hostname)?.metadata;
    for (const line of text.split('\n')) {
      const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
      const target = `namespace="${pod?.namespace}",pod="${pod?.name}",instance="${host}",job="${job}"`;
      if (sample && pod) lines.push(`${sample[1]}{${target}${sample[2] ? `,${sample[2]}` : ''}} ${sample[3]} ${clock.now() / 1000}`);
    }
    return textResponse(200, text);
  };

  function tellState(): void {
    for (const { metadata, spec, status } of store.list<Workload>({ group: 'apps', plural: 'deployments' })) {
      const deployment = { namespace: metadata?.namespace ?? '', deployment: metadata?.name ?? '' };
      say('kube_deployment_spec_replicas', deployment, spec?.replicas ?? 1);
      say('kube_deployment_status_replicas_ready', deployment, status?.readyReplicas ?? 0);
    }
    for (const { metadata, spec, status } of podsThere()) {
      const pod = { namespace: metadata?.namespace ?? '', pod: metadata?.name ?? '', uid: metadata?.uid ?? '' };
      const owner = metadata?.ownerReferences?.[0];
      say('kube_pod_info', { ...pod, node: spec?.nodeName ?? '', pod_ip: status?.podIP ?? '', created_by_kind: owner?.kind ?? '', created_by_name: owner?.name ?? '' }, 1);
      say('kube_pod_created', pod, Date.parse(metadata?.creationTimestamp ?? '') / 1000);
      const scheduled = sinceSeconds(status?.conditions, 'PodScheduled');
      if (scheduled !== undefined) say('kube_pod_status_scheduled_time', pod, scheduled);
      const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
      const ready = sinceSeconds(status?.conditions, 'Ready');
      if (ready !== undefined) say('kube_pod_status_ready_time', pod, ready);
      say('kube_pod_status_ready', { ...pod, condition: 'true' }, isReady ? 1 : 0);
      say('kube_pod_status_phase', { ...pod, phase: 'Pending' }, status?.phase === 'Pending' ? 1 : 0);
      if (metadata?.deletionTimestamp !== undefined) say('kube_pod_deletion_timestamp', pod, Date.parse(metadata.deletionTimestamp) / 1000);
    }
  }

  const read = optionsFrom(
    { interval: `${options.intervalMs ?? 15_000}ms`, metricsSecure: false, metricsBindAddress: '127.0.0.1:0', healthProbeBindAddress: '0', podNamespace: own.namespace, serviceName: own.service, metricSource: 'scrape', ...options.flags },
    {},
  );
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join('\n'));
  const records: CycleRecord[] = [];
  const quiet = (): void => {};
  const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const onCycle = (record: CycleRecord): void => {
    records.push(record);
    if (kubeStateMetrics) tellState();
  };
  const stopping = new AbortController();
  const { server, ended } = await startController(
    read.options,
    { transport: world.transport, pods, baseUrl: world.apiServerUrl, clock, random: createRandom('history'), log, identity: 'history', onCycle },
    stopping.signal,
  );
  world.connectService({ namespace: own.namespace, name: own.service }, server.inProcess);
  for (let left = seconds * 1000; left > 0; left -= stepMs) {
    await clock.advance(stepMs);
    for (let turn = 0; turn < 6; turn++) await nextTurn();
  }
  const kinds = [['llmd.ai', 'variantautoscalings'], ['apps', 'deployments'], ['autoscaling', 'horizontalpodautoscalers'], ['', 'nodes']] as const;
  const items = kinds.flatMap(([group, plural]) => store.list<KubernetesObject>({ group, plural }));
  const resources = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2);
  const endMs = clock.now();
  const ending = { isOver: false };
  void ended.finally(() => (ending.isOver = true));
  stopping.abort(new Error('The history ends.'));
  for (let turn = 0; turn < 300 && !ending.isOver; turn++) {
    await clock.advance(stepMs);
    for (let inner = 0; inner < 6; inner++) await nextTurn();
  }
  await world.stop();
  // of one series together, as the format wants it
  const openMetrics = `${lines.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : nameOf(a) > nameOf(b) ? 1 : 0)).join('\n')}\n# EOF\n`;
  return { records, openMetrics, resources, endMs };
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf('{'));
}

/** Since when a condition is true, as kube-state-metrics tells it. */
function sinceSeconds(conditions: readonly { readonly type: string; readonly status: string; readonly lastTransitionTime?: string }[] | undefined, name: string): number | undefined {
  const said = conditions?.find(({ type, status }) => type === name && status === 'True')?.lastTransitionTime;
  return said === undefined ? undefined : Date.parse(said) / 1000;
}
