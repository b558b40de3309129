// Runs the cycle of one size of cluster in a process of its own: `node --expose-gc bench/cycle/measure.ts MODELS VARIANTS REPLICAS ROUNDS`.
import { createActuator, createDecisionKeeper, createDeletionCostWriter, createStatusWriter, createTargetBoard } from '../../src/act/index.ts';
import { decide, planEmission } from '../../src/decide/index.ts';
import { createDiscovery, createEventRecorder, createKubernetesClient, createScales } from '../../src/kubernetes/index.ts';
import { defaultPolicySet, emptyMemory, type Observation } from '../../src/model/index.ts';
import { createObserver, type ClusterCaches } from '../../src/observe/index.ts';
import { createPrometheusSource } from '../../src/prometheus/index.ts';
import { createManualClock, silentLog, textResponse, type HttpRequest, type HttpResponse } from '../../src/runtime/index.ts';
import { createFleet, type FleetSize } from './fleet.ts';
import { createFleetPrometheus } from './prometheus.ts';

/** Medians over the rounds, of one size. */
export interface MeasuredCycle {
  readonly replicas: number;
  /** `decide` alone. */
  readonly decideMs: number;
  /** Look, decide, act. */
  readonly cycleMs: number;
  /** CPU time of a cycle, the collector's threads included: what other programs on the machine take is not in it. */
  readonly cycleCpuMs: number;
  /** The whole look: queries, what they say, whose pods are whose, joined. */
  readonly observeMs: number;
  /** What the world is told, decided and carried out: series, statuses, events. */
  readonly actMs: number;
  /** Of a whole cycle. */
  readonly queries: number;
  /** Of the answers of one cycle. */
  readonly answerMb: number;
  /** In use after a collection: objects, memory, board, statuses, pages of the window and whose they are; numbers that stand outside of the heap are in it. */
  readonly bytesPerReplica: number;
  /** Desired counts that changed in the rounds: it is no bench of a cluster at rest. */
  readonly changes: number;
}

const intervalMs = 15_000;
/** By then every function is compiled, and some loads have turned. */
const warmUpRounds = 3;

export async function measureCycle(size: FleetSize, rounds: number): Promise<MeasuredCycle> {
  const emptyBytes = usedBytes();
  const startMs = Date.UTC(2026, 0, 5, 12);
  const clock = createManualClock(startMs);
  const fleet = createFleet(size, startMs);
  const prometheus = createFleetPrometheus(fleet.pods, startMs - 3_600_000);
  const signal = new AbortController().signal;
  const client = createKubernetesClient({ transport: storing, baseUrl: 'https://in-process', clock });
  const caches: ClusterCaches = {
    objects: () => fleet.objects,
    variantAutoscaling: () => undefined,
    keptText: () => undefined,
    problems: () => [],
    current: () => true,
    waitingFor: () => [],
    whenSynced: () => Promise.resolve(),
    stop: () => Promise.resolve(),
  };
  const scales = createScales({ client, discovery: createDiscovery({ client, clock }) });
  const board = createTargetBoard();
  const observer = createObserver({
    caches, scales, clock, snapshot: { actuation: 'metric' },
    metrics: createPrometheusSource({ transport: prometheus.transport, clock, baseUrl: 'http://in-process' }),
  });
  const actuator = createActuator({
    board, scales, clock, log: silentLog, servesSeries: true, externalMetricsOwner: () => ({ kind: 'ours' }),
    events: createEventRecorder({ client, clock, log: silentLog, component: 'bench', instance: 'bench' }),
    keeper: createDecisionKeeper({ client, clock, log: silentLog, namespace: 'wva', name: 'kept', key: 'decisions', known: () => undefined }),
    deletionCosts: createDeletionCostWriter({ client, clock, log: silentLog }),
    statuses: createStatusWriter({ client, clock, log: silentLog, known: () => undefined }),
  });

  const times = { observe: [] as number[], decide: [] as number[], act: [] as number[], cycle: [] as number[], cpu: [] as number[] };
  let memory = emptyMemory;
  let changes = 0;
  let answerBytes = 0;
  let queries = 0;
  for (let round = 0; round < warmUpRounds + rounds; round++) {
    await clock.advance(intervalMs);
    answerBytes = prometheus.prepare(clock.now());
    // what was built for this round is no part of the cycle, and nor is its garbage
    globalThis.gc?.();
    const before = prometheus.asked();
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    const observation = await observer.observe(defaultPolicySet.global, signal);
    const observed = performance.now();
    const outcome = decide(observation, defaultPolicySet, memory, clock.now());
    const decided = performance.now();
    const emission = planEmission(observation, outcome.decisions, memory, clock.now(), defaultPolicySet);
    await actuator.perform(emission, observation, signal);
    const acted = performance.now();
    const cpu = process.cpuUsage(cpuBefore);
    memory = outcome.memory;
    queries = prometheus.asked() - before;
    assertSeen(observation, fleet.pods.length);
    if (round < warmUpRounds) continue;
    changes += emission.scalings.length;
    times.observe.push(observed - began);
    times.decide.push(decided - observed);
    times.act.push(acted - decided);
    times.cycle.push(acted - began);
    times.cpu.push((cpu.user + cpu.system) / 1000);
  }
  prometheus.forget();
  const bytes = usedBytes() - emptyBytes;
  if (board.snapshot() === undefined) throw new Error('Nothing was shown on the board.');
  return {
    replicas: fleet.pods.length,
    decideMs: median(times.decide),
    cycleMs: median(times.cycle),
    cycleCpuMs: median(times.cpu),
    observeMs: median(times.observe),
    actMs: median(times.act),
    queries,
    answerMb: answerBytes / 1e6,
    bytesPerReplica: Math.round(bytes / fleet.pods.length),
    changes,
  };
}

/** An API server that takes everything. */
function storing({ body }: HttpRequest): Promise<HttpResponse> {
  return Promise.resolve(textResponse(200, typeof body === 'string' ? body : '{}', { 'content-type': 'application/json' }));
}

/** A cycle that sees nothing holds everything, and is fast. */
function assertSeen({ variants, problems, invalid }: Observation, pods: number): void {
  const [problem] = [...problems, ...invalid.flatMap((one) => one.problems)];
  if (problem !== undefined) throw new Error(`The look had a problem: ${problem.message}`);
  const seen = variants.reduce((total, { replicas }) => total + replicas.filter(({ readings }) => readings.arrivalsPerSecond.kind === 'fresh').length, 0);
  if (seen !== pods) throw new Error(`Arrivals are known of ${seen} of ${pods} replicas.`);
}

function usedBytes(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}

if (import.meta.main) {
  const [models = 1, variantsPerModel = 3, replicasPerVariant = 10, rounds = 7] = process.argv.slice(2).map(Number);
  console.log(JSON.stringify(await measureCycle({ models, variantsPerModel, replicasPerVariant }, rounds)));
}
