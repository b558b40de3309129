import { readFile } from 'node:fs/promises';
import { createActuator, createDecisionKeeper, createDeletionCostWriter, createStatusWriter, createTargetBoard, keptDecisionsKey, keptDecisionsName } from '../act/index.ts';
import { writtenPolicy, type Options, type PolicyReading } from '../config/index.ts';
import { createController, createDecisionHistory, createPace, createWakeWatch, keepPolicy, type Controller } from '../controller/index.ts';
import { createDiscovery, createEventRecorder, createKubernetesClient, createScales, runLeaderElection, type EventRecorder, type KubernetesClient } from '../kubernetes/index.ts';
import { type CycleRecord, type ExternalMetricsOwner, type PolicySet } from '../model/index.ts';
import { createObserver, startClusterCaches, type ClusterCaches } from '../observe/index.ts';
import { createRecordFile, engineFingerprint, recordFormat, type RecordFile } from '../record/index.ts';
import { createMeters, type Clock, type Log, type Meters, type Random, type Transport } from '../runtime/index.ts';
import {
  createServer,
  describeOwner,
  followCertificateFiles,
  followOwnership,
  keepCertificates,
  serviceNames,
  type CertificateSource,
  type Server,
  type ServerParts,
} from '../serve/index.ts';
import { metricSourceOf } from './metric-source.ts';
import { version } from './version.ts';

/** What the outside gives to one controller. */
export interface Surroundings {
  readonly transport: Transport;
  /** Of the API server. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** How pods are reached when it is not by sockets. */
  readonly pods?: Transport;
  /** Unique among all controllers and their restarts. */
  readonly identity: string;
  onCycle?(record: CycleRecord): void;
}

export interface RunningController {
  readonly server: Server;
  /** Settles when the signal has ended it, or rejects with our own mistake. */
  readonly ended: Promise<void>;
}

/** Of the Service in front of the controller, as the manifests have it. */
const servicePort = 8443;

/** Builds one controller out of the real things and sets it going. `signal` ends it. */
export async function startController(options: Options, surroundings: Surroundings, signal: AbortSignal): Promise<RunningController> {
  const endings: (() => unknown)[] = [];
  // when one part ends by our own mistake, the others must not keep the process alive: Kubernetes starts a dead one again
  const failing = new AbortController();
  const ending = AbortSignal.any([signal, failing.signal]);
  const end = async (): Promise<void> => {
    failing.abort(new Error('The controller is ending.'));
    for (const close of endings.splice(0).toReversed()) await Promise.allSettled([close()]);
  };
  try {
    const { server, controller, client } = await build(options, surroundings, ending, endings);
    const lead = async (): Promise<void> => {
      try {
        await Promise.all([controller.standBy(ending), contend(options, surroundings, client, controller, ending)]);
      } finally {
        await end();
      }
    };
    return { server, ended: lead() };
  } catch (error) {
    await end();
    throw error;
  }
}

/** @param endings is given how to end each part, in the order in which they were begun. */
async function build(
  options: Options,
  surroundings: Surroundings,
  signal: AbortSignal,
  endings: (() => unknown)[],
): Promise<{ server: Server; controller: Controller; client: KubernetesClient }> {
  const { transport, baseUrl, clock, random, log, identity } = surroundings;
  const meters = createMeters();
  meters.set('wva_build_info', { version }, 1);
  meters.set('wva_config_optimization_interval_seconds', {}, options.intervalMs / 1000);
  const record = recordOf(options, surroundings, meters);
  endings.push(() => record?.close());
  const client = createKubernetesClient({
    transport,
    baseUrl,
    clock,
    userAgent: `workload-variant-autoscaler/${version}`,
    requestTimeoutMs: options.restTimeoutMs,
    onRequest({ verb, resource, status, durationMs }) {
      meters.count('wva_kubernetes_requests_total', { verb, resource, code: String(status) });
      if (verb !== 'watch') meters.observe('wva_kubernetes_request_duration_seconds', { verb }, durationMs / 1000);
    },
  });
  const pace = createPace(clock, options.intervalMs);
  const kept = { namespace: options.podNamespace, name: keptDecisionsName, key: keptDecisionsKey(options.controllerInstance) };
  const caches = startClusterCaches({ client, clock, log, random, namespaces: options.watchNamespaces, kept, onNews: () => pace.wake() });
  endings.push(() => caches.stop());
  const events = createEventRecorder({ client, clock, log, component: 'workload-variant-autoscaler', instance: identity });
  endings.push(() => events.flush());
  const policy = followPolicy(options, surroundings, { client, events }, meters, () => pace.wake());
  endings.push(() => policy.stop());
  const metrics = await metricSourceOf(options, clock, surroundings.pods);
  endings.push(() => metrics.close());
  const scales = createScales({ client, discovery: createDiscovery({ client, clock }) });
  const board = createTargetBoard();
  const ownership: { owner(): ExternalMetricsOwner } = { owner: () => ({ kind: 'disabled' }) };
  const history = createDecisionHistory();
  const observer = createObserver({
    caches,
    scales,
    metrics: metrics.source,
    newsOfRouters: () => wakeWatch.news(),
    clock,
    snapshot: { actuation: options.actuation, watchNamespaces: options.watchNamespaces, ...(options.controllerInstance !== undefined && { controllerInstance: options.controllerInstance }) },
  });
  const wakeWatch = createWakeWatch({
    routers: metrics.routers,
    addresses: () => observer.routers(),
    clock,
    random: random.fork('wake-watch'),
    periodMs: options.wakePollMs,
    patienceMs: options.intervalMs,
    onRequest: () => pace.hurry(),
  });
  const controller = createController({
    observer,
    wakeWatch,
    actuator: createActuator({
      board,
      scales,
      keeper: createDecisionKeeper({ client, clock, log, ...kept, known: () => caches.keptText() }),
      deletionCosts: createDeletionCostWriter({ client, clock, log }),
      events,
      clock,
      log,
      externalMetricsOwner: () => ownership.owner(),
      servesSeries: options.metricSeries && options.metricsAddress !== null,
      statuses: createStatusWriter({
        client,
        clock,
        log,
        known: ({ namespace, name, uid }) => {
          const known = caches.variantAutoscaling(namespace, name);
          return known?.metadata?.uid === uid ? known?.status : undefined;
        },
        onError: () => meters.count('wva_errors_total', { component: 'controller', error_type: 'status' }),
      }),
    }),
    caches,
    board,
    pace,
    clock,
    log,
    meters,
    policy,
    onCycle(cycle) {
      record?.write(cycle);
      history.hear(cycle);
      surroundings.onCycle?.(cycle);
    },
  });

  const parts: ServerParts = {
    source: board,
    leading: () => controller.leading(),
    readiness: () => readinessOf(caches, board.snapshot() !== undefined),
    decisions: history,
    meters,
    clock,
    log,
    client,
    configuration: () => configurationShown(policy.reading()),
  };
  const shown = { replicaSeries: options.metricSeries, externalMetrics: options.externalMetrics, variantNameLabel: options.variantNameLabel, version };
  // The first certificate waits for the API server, however long that is away; liveness must not wait with it.
  const health = await createServer(parts, { ...shown, ...(options.healthAddress && { health: options.healthAddress }) });
  endings.push(() => health.close());
  const certificates = await certificatesOf(options, client, clock, log, signal);
  endings.push(() => certificates?.stop());
  const server = await createServer(
    { ...parts, ...(certificates && { certificates }) },
    { ...shown, ...(options.metricsAddress && (options.metricsSecure ? { secure: options.metricsAddress } : { plain: options.metricsAddress })) },
  );
  endings.push(() => server.close());
  if (options.externalMetrics && options.metricsAddress !== null) {
    const following = followOwnership({
      client,
      clock,
      log,
      service: { namespace: options.podNamespace, name: options.serviceName, port: servicePort },
      bundle: () => certificates?.current().bundle,
      leading: () => controller.leading(),
    });
    certificates?.onChange(() => void following.check());
    ownership.owner = () => following.current();
    endings.push(() => following.stop());
    void following.check().then((owner) => log.info({ owner: owner.kind }, describeOwner(owner)));
  }
  log.info({ ...health.urls, ...server.urls, identity }, 'The controller is up.');

  return { server, controller, client };
}

/** Leads at once where nobody else can, else while the Lease is held. */
async function contend(options: Options, surroundings: Surroundings, client: KubernetesClient, controller: Controller, signal: AbortSignal): Promise<void> {
  const { clock, log, random, identity } = surroundings;
  if (!options.leaderElect) return await controller.lead(signal);
  await runLeaderElection({
    client,
    clock,
    log,
    random: random.fork('leader-election'),
    identity,
    namespace: options.podNamespace,
    leaseName: options.leaderElectionID,
    leaseDurationMs: options.leaseDurationMs,
    renewDeadlineMs: options.renewDeadlineMs,
    retryPeriodMs: options.retryPeriodMs,
    onLeading: (leading) => controller.lead(leading),
    onChange: (holder) => log.info({ holder }, holder === undefined ? 'Nobody leads.' : `${holder === identity ? 'This instance' : holder} leads.`),
    signal,
  });
}

function followPolicy(options: Options, surroundings: Surroundings, doors: { readonly client: KubernetesClient; readonly events: EventRecorder }, meters: Meters, onChange: () => void): ReturnType<typeof keepPolicy> {
  const { clock, log, random } = surroundings;
  const show = ({ global: { saturation } }: PolicySet): void => {
    meters.set('wva_config_kv_spare_threshold', {}, saturation.kvSpareTrigger);
    meters.set('wva_config_queue_spare_threshold', {}, saturation.queueSpareTrigger);
  };
  const { policyFile } = options;
  const keeper = keepPolicy({
    ...doors,
    clock,
    log,
    random: random.fork('policy'),
    namespace: options.podNamespace,
    name: options.saturationConfigMapName,
    ...(options.namespaceConfig && { local: options.watchNamespaces }),
    ...(policyFile !== undefined && { file: { path: policyFile, read: async () => await readFile(policyFile, 'utf8') } }),
    settings: options.scaleToZero ? [{ name: 'setting WVA_SCALE_TO_ZERO', kind: 'setting', data: { '': 'global: {scaleToZero: {enabled: true}}' } }] : [],
    onRead({ policy, sources }) {
      const isGood = sources.every(({ valid }) => valid);
      meters.set('wva_config_reload_success', {}, isGood ? 1 : 0);
      if (isGood) meters.set('wva_config_reload_success_timestamp_seconds', {}, clock.now() / 1000);
      meters.clear('wva_config_source_valid');
      for (const { name, hash, valid } of sources) meters.set('wva_config_source_valid', { source: name, hash }, valid ? 1 : 0);
      show(policy);
      onChange();
    },
  });
  show(keeper.current());
  return keeper;
}

/** What /configz shows: which places were read, what is wrong in them, and the policy in force as one would write it. */
function configurationShown({ policy, sources, problems }: PolicyReading): object {
  return { valid: sources.every(({ valid }) => valid), sources, problems, policy: writtenPolicy(policy) };
}

function recordOf(options: Options, { clock, log, identity }: Surroundings, meters: Meters): RecordFile | undefined {
  const { record: file, recordMaxBytes: maxBytes, recordFiles: keptFiles } = options;
  if (file === undefined) return undefined;
  const { intervalMs, metricSource, actuation, metricSeries, externalMetrics, watchNamespaces } = options;
  const settings = { intervalMs, metricSource, actuation, metricSeries, externalMetrics, watchNamespaces };
  return createRecordFile({
    file,
    maxBytes,
    keptFiles,
    header: { recordFormat, version, node: process.versions.node, engine: engineFingerprint(), run: identity, startedAtMs: clock.now(), settings },
    clock,
    log,
    onLost: (why) => meters.count('wva_errors_total', { component: 'record', error_type: why }),
  });
}

async function certificatesOf(options: Options, client: KubernetesClient, clock: Clock, log: Log, signal: AbortSignal): Promise<CertificateSource | undefined> {
  if (options.metricsAddress === null || !options.metricsSecure) return undefined;
  const { certPath: folder, certName, certKey: keyName, podNamespace: namespace, caSecretName: secretName, serviceName: name } = options;
  if (folder !== undefined) return await followCertificateFiles({ folder, certName, keyName, clock, log });
  return await keepCertificates({ client, clock, log, namespace, secretName, names: serviceNames({ namespace, name }), signal });
}

function readinessOf(caches: ClusterCaches, isServing: boolean): { ready: boolean; because?: string } {
  const waiting = caches.waitingFor();
  if (waiting.length > 0) return { ready: false, because: `Waiting for the first list of ${waiting.join(', ')} from the API server.` };
  if (!isServing) return { ready: false, because: 'Waiting for the first look: nothing is served before it is known.' };
  return { ready: true };
}
