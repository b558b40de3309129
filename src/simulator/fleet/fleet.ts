import type { Clock, HttpRequest, HttpResponse, Random } from '../../runtime/index.ts';
import { textResponse, TransportError } from '../../runtime/index.ts';
import type { Node, Pod } from '../../wire/index.ts';
import type { ClockedAgenda } from '../agenda.ts';
import type { PodRuntime } from '../controllers/kubelet.ts';
import type { Scenario, Traffic } from '../scenario.ts';
import type { TrafficStats } from '../statistics.ts';
import { createCostMeter } from './cost-meter.ts';
import type { CostMeter } from './cost-meter.ts';
import { createEngine } from '../serving/engine.ts';
import { createModelServer } from './model-server.ts';
import type { ModelServer, PageFault } from './model-server.ts';
import { nodeHasAccelerator, servedModel, targetOf } from './pod-reading.ts';
import type { InferenceRequest } from '../serving/request.ts';
import { routerCounts, writeRouterPage } from '../serving/router-page.ts';
import type { RouterCounts } from '../serving/router-page.ts';
import { createRouter } from '../serving/router.ts';
import type { Router } from '../serving/router.ts';
import { openWorkload } from '../workload/index.ts';
import type { Workload } from '../workload/index.ts';
import { createTrafficLedger } from '../serving/traffic-ledger.ts';
import type { TrafficLedger } from '../serving/traffic-ledger.ts';

/** All model servers of the world, the routers before them and the clients that ask them. */
export interface Fleet {
  readonly runtime: PodRuntime;
  readonly cost: CostMeter;
  startTraffic(): void;
  stopTraffic(): void;
  trafficStats(): readonly TrafficStats[];
  /** Answers for a pod's address, or rejects as a connection to it would. */
  handle(request: HttpRequest): Promise<HttpResponse>;
  /** Faults of pods whose name matches, those that start later included; returns what ends them. */
  impair(pods: RegExp, impairment: Impairment): () => void;
}

export interface Impairment {
  readonly neverReady?: boolean;
  readonly slowness?: number;
  readonly page?: PageFault;
}

interface Server {
  readonly key: string;
  readonly ip: string;
  readonly modelKey: string;
  readonly web: ModelServer;
}

/** The requests of one served model in one namespace. */
interface Lane {
  readonly modelID: string;
  readonly namespace: string;
  readonly router: Router;
  readonly ledger: TrafficLedger;
  /** What comes, since it began to. */
  readonly workloads: { readonly workload: Workload; readonly beganAtMs: number }[];
}

/** A pod of a router: the oldest of its Deployment leads, and the others show nothing of requests, as with leader election. */
interface RouterPod {
  readonly deployment: string;
  readonly lane: Lane;
  readonly since: RouterCounts;
}

/** Port on which every router shows its metrics. */
const routerPort = 9090;

/** Port of every model server. */
export const serverPort = 8000;

export function createFleet(scenario: Scenario, agenda: ClockedAgenda, clock: Clock, random: Random): Fleet {
  const servers = new Map<string, Server>();
  const byAddress = new Map<string, Server>();
  const lanes = new Map<string, Lane>();
  const routerPods = new Map<string, RouterPod & { readonly ip: string }>();
  const cost = createCostMeter();
  const impairments = new Set<{ readonly pods: RegExp; readonly what: Impairment }>();
  let requests = 0;
  let endTraffic: readonly (() => void)[] = [];

  function laneOf(namespace: string, modelID: string, flowControl = false): Lane {
    const key = `${namespace}/${modelID}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { modelID, namespace, router: createRouter(agenda, { flowControl }), ledger: createTrafficLedger(), workloads: [] };
      lanes.set(key, lane);
    }
    return lane;
  }
  const routerLanes = new Map<string, Lane>();
  for (const { namespace, modelID, router } of scenario.traffic) {
    const lane = laneOf(namespace, modelID, router?.flowControl);
    if (router) routerLanes.set(`${namespace}/Deployment/${router.deployment}`, lane);
  }

  function impairmentOf(key: string): Impairment {
    const name = key.slice(key.indexOf('/') + 1);
    return Object.assign({}, ...[...impairments].filter(({ pods }) => pods.test(name)).map(({ what }) => what)) as Impairment;
  }

  function applyImpairments(): void {
    for (const { key, web } of servers.values()) {
      const { slowness = 1, page } = impairmentOf(key);
      web.engine.slowDown(slowness);
      web.breakPage(page);
    }
  }

  function start(pod: Pod, node: Node | undefined): void {
    agenda.catchUp();
    const key = keyOfPod(pod);
    const modelID = servedModel(pod);
    const profile = scenario.profiles.find((candidate) => candidate.modelID === modelID && nodeHasAccelerator(node, candidate.accelerator));
    cost.begin(key, targetOf(pod), profile?.costPerHour ?? 0, clock.now());
    const routed = routerLanes.get(targetOf(pod));
    if (routed) routerPods.set(key, { deployment: targetOf(pod), lane: routed, since: routerCounts(routed.router), ip: pod.status?.podIP ?? '' });
    if (profile === undefined) return;
    const lane = laneOf(pod.metadata?.namespace ?? '', profile.modelID);
    const web = createModelServer({
      engine: createEngine(profile, agenda),
      agenda,
      clock,
      metricNames: scenario.metricNames ?? 'current',
      nextRequestId: () => requests++,
      onAccepted: (request) => lane.ledger.arrived(request),
      onEnded: (request) => lane.ledger.ended(request),
    });
    const server: Server = { key, ip: pod.status?.podIP ?? '', modelKey: `${lane.namespace}/${lane.modelID}`, web };
    servers.set(key, server);
    byAddress.set(server.ip, server);
    applyImpairments();
  }

  function routerPage(ip: string): string | undefined {
    const pod = [...routerPods.values()].find((one) => one.ip === ip);
    if (!pod) return undefined;
    agenda.catchUp();
    const leader = [...routerPods.values()].find(({ deployment }) => deployment === pod.deployment);
    return pod === leader ? writeRouterPage(pod.lane.router, pod.lane.modelID, pod.since) : '# TYPE llm_d_epp_info gauge\nllm_d_epp_info{build_ref="simulated",commit="simulated"} 1.0\n';
  }

  function routerOf(server: Server): Router | undefined {
    return lanes.get(server.modelKey)?.router;
  }

  function begin({ modelID, namespace, sources }: Traffic, index: number): () => void {
    const lane = laneOf(namespace, modelID);
    const workload = openWorkload(sources, random.fork(`traffic/${index}`));
    const beganAtMs = agenda.now();
    lane.workloads.push({ workload, beganAtMs });
    let cancel = (): void => {};
    function awaitNext(): void {
      const arrival = workload.next();
      if (arrival === undefined) return;
      const { atMs, promptTokens, generationTokens, prefix } = arrival;
      cancel = agenda.at(beganAtMs + atMs, () => {
        const arrivedAtMs = agenda.now();
        const request: InferenceRequest = {
          id: requests++, modelID, arrivedAtMs, promptTokens, generationTokens, ...(prefix && { prefix }), onEnd: (ended) => lane.ledger.ended(ended),
        };
        lane.ledger.arrived(request);
        lane.router.submit(request);
        awaitNext();
      });
    }
    awaitNext();
    return () => cancel();
  }

  const runtime: PodRuntime = {
    startupMs(pod) {
      if (impairmentOf(keyOfPod(pod)).neverReady === true) return undefined;
      const { meanMs, standardDeviationMs, lowestMs } = scenario.startup;
      return Math.max(lowestMs, random.fork(`startup/${keyOfPod(pod)}`).normal(meanMs, standardDeviationMs));
    },
    start,
    admit(key) {
      agenda.catchUp();
      const server = servers.get(key);
      if (server !== undefined) routerOf(server)?.addServer(key, server.web.engine);
    },
    drain(key, done) {
      agenda.catchUp();
      const server = servers.get(key);
      if (server === undefined) {
        done();
        return;
      }
      routerOf(server)?.removeServer(key);
      server.web.engine.whenEmpty(done);
    },
    kill(key) {
      agenda.catchUp();
      cost.end(key, clock.now());
      routerPods.delete(key);
      const server = servers.get(key);
      if (server === undefined) return;
      routerOf(server)?.removeServer(key);
      servers.delete(key);
      byAddress.delete(server.ip);
      server.web.engine.kill();
    },
  };

  return {
    runtime,
    cost,
    startTraffic() {
      const warmUpMs = scenario.warmUpMs ?? 0;
      if (warmUpMs === 0) endTraffic = scenario.traffic.map(begin);
      else endTraffic = [clock.schedule(warmUpMs, () => (endTraffic = scenario.traffic.map(begin)))];
    },
    stopTraffic() {
      for (const end of endTraffic) end();
      endTraffic = [];
    },
    trafficStats() {
      agenda.catchUp();
      const nowMs = clock.now();
      return [...lanes.values()].map(({ modelID, namespace, router, ledger, workloads }) => ({
        modelID,
        namespace,
        ...ledger.stats(nowMs),
        held: router.held(),
        offeredPerSecond: workloads.reduce((total, { workload, beganAtMs }) => total + workload.offeredPerSecond(nowMs - beganAtMs), 0),
      }));
    },
    async handle(request) {
      const { hostname, port } = new URL(request.url);
      if (Number(port || 80) === routerPort) {
        const page = routerPage(hostname);
        if (page !== undefined) return textResponse(200, page, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      }
      const server = byAddress.get(hostname);
      if (server === undefined || Number(port || 80) !== serverPort) {
        throw new TransportError('Unreachable', `Nothing listens on ${hostname}:${port || 80}.`);
      }
      return server.web.handle(request);
    },
    impair(pods, what) {
      const entry = { pods, what };
      impairments.add(entry);
      applyImpairments();
      return () => {
        impairments.delete(entry);
        applyImpairments();
      };
    },
  };
}

function keyOfPod(pod: Pod): string {
  return `${pod.metadata?.namespace ?? ''}/${pod.metadata?.name ?? ''}`;
}
