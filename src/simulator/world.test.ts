import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock, readText, textResponse } from '../runtime/index.ts';
import type { ManualClock, Transport } from '../runtime/index.ts';
import { variantAutoscalingCrd } from '../wire/index.ts';
import type { HorizontalPodAutoscaler, Node, Pod, Workload } from '../wire/index.ts';
import { createWorld, demoScenario } from './index.ts';
import type { Scenario, World } from './index.ts';

const namespace = 'llm-d-inference-scheduling';
const decode = 'ms-inference-scheduling-decode';
const pods = { group: '', plural: 'pods' };
const nodes = { group: '', plural: 'nodes' };
const deployments = { group: 'apps', plural: 'deployments' };
const statefulSets = { group: 'apps', plural: 'statefulsets' };

interface Stage {
  readonly clock: ManualClock;
  readonly world: World;
  /** What the external metrics API says for each target; 1 unless set. */
  readonly desired: Map<string, number>;
  readonly metrics: Transport;
}

const stages: Stage[] = [];

/** The demo's world with a metrics API that says whatever the test wants in place of the product. */
function raise(scenario: Partial<Scenario> = {}, seed = 'test'): Stage {
  const clock = createManualClock(Date.UTC(2026, 0, 1));
  const world = createWorld({
    seed, clock, scenario: { ...demoScenario, warmUpMs: 0, ...scenario, objects: [apiService, ...(scenario.objects ?? demoScenario.objects)] },
    customResourceDefinitions: [variantAutoscalingCrd()],
  });
  const desired = new Map<string, number>();
  const metrics: Transport = async ({ url }) => {
    const target = /target_name=([^,&]+)/.exec(new URL(url).searchParams.get('labelSelector') ?? '')?.[1] ?? '';
    const item = { metricName: 'wva_desired_replicas', metricLabels: {}, timestamp: new Date(clock.now()).toISOString(), value: String(desired.get(target) ?? 1) };
    const list = { kind: 'ExternalMetricValueList', apiVersion: 'external.metrics.k8s.io/v1beta1', metadata: {}, items: [item] };
    return textResponse(200, JSON.stringify(list), { 'content-type': 'application/json' });
  };
  world.connectService({ namespace: 'wva-system', name: 'wva' }, metrics);
  world.start();
  const stage = { clock, world, desired, metrics };
  stages.push(stage);
  return stage;
}

const apiService = {
  apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1beta1.external.metrics.k8s.io' },
  spec: {
    group: 'external.metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true,
    service: { namespace: 'wva-system', name: 'wva', port: 443 },
  },
};

afterEach(async () => {
  for (const { world } of stages.splice(0)) await world.stop();
});

function deployment({ world }: Stage, name = decode): Workload {
  return world.apiServer.store.get<Workload>(deployments, name, namespace) as Workload;
}

function podsOf({ world }: Stage, app = decode): readonly Pod[] {
  return world.apiServer.store.list<Pod>(pods, namespace).filter(({ metadata }) => metadata?.labels?.['app'] === app);
}

function scale(stage: Stage, replicas: number, name = decode): void {
  const found = deployment(stage, name);
  stage.world.apiServer.store.update<Workload>(deployments, { ...found, spec: { ...found.spec, replicas } });
}

/** No autoscaler, so that the test alone decides on sizes. */
const unscaled = demoScenario.objects.filter(({ kind }) => kind !== 'HorizontalPodAutoscaler');

function expectConserved({ world }: Stage): void {
  for (const { arrivals, completions, lost, inFlight } of world.stats().traffic) {
    expect(arrivals).toBe(completions + lost + inFlight);
    expect(inFlight).toBeGreaterThanOrEqual(0);
  }
}

describe('start-up', () => {
  it('takes pods from pending to ready in the time that the scenario says, with every status on the way', async () => {
    const stage = raise({ startup: { meanMs: 5000, standardDeviationMs: 0, lowestMs: 0 } });
    await stage.clock.advance(200);
    expect(podsOf(stage)[0]).toMatchObject({ spec: { nodeName: expect.stringContaining('a100') as string }, status: { phase: 'Pending' } });
    await stage.clock.advance(1000);
    const [pod] = podsOf(stage);
    expect(pod?.status).toMatchObject({ phase: 'Running', podIP: expect.stringMatching(/^127\.1\.0\.\d+$/) as string });
    expect(pod?.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'ContainersNotReady' });
    expect(deployment(stage).status).toMatchObject({ replicas: 1, updatedReplicas: 1, unavailableReplicas: 1, observedGeneration: 1 });
    await stage.clock.advance(4000);
    expect(podsOf(stage)[0]?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
    expect(deployment(stage).status).toMatchObject({ replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 });
    expect(deployment(stage).status?.unavailableReplicas).toBeUndefined();
    expect(deployment(stage).status?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      'Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable',
    ]);
  });

  it('gives every pod an address of its own, where its server speaks vLLM', async () => {
    const stage = raise();
    await stage.clock.advance(12_000);
    const addresses = ['ms-inference-scheduling-decode', 'qwen3-32b-a100', 'qwen3-32b-mi300x'].flatMap((app) => podsOf(stage, app).map(({ status }) => status?.podIP));
    expect(new Set(addresses).size).toBe(3);
    const page = await readText(await stage.world.transport({ method: 'GET', url: `http://${addresses[0]}:8000/metrics` }));
    expect(page).toContain('vllm:num_requests_running{engine="0",model_name="meta-llama/Llama-3.1-8B-Instruct"}');
    expect(page).toMatch(/vllm:request_success_total\{engine="0",finished_reason="length",model_name="[^"]+"\} [1-9]/);
    const models = await readText(await stage.world.transport({ method: 'GET', url: `http://${addresses[0]}:8000/v1/models` }));
    expect(JSON.parse(models)).toMatchObject({ data: [{ id: 'meta-llama/Llama-3.1-8B-Instruct' }] });
  });

  it('answers a completion after the time that it takes', async () => {
    const stage = raise({ traffic: [] });
    await stage.clock.advance(10_000);
    const ip = podsOf(stage)[0]?.status?.podIP;
    const sentAtMs = stage.clock.now();
    let answeredAtMs = 0;
    const answer = stage.world
      .transport({ method: 'POST', url: `http://${ip}:8000/v1/completions`, body: JSON.stringify({ prompt: 'Once upon a time', max_tokens: 100 }) })
      .then(async (response) => {
        answeredAtMs = stage.clock.now();
        return JSON.parse(await readText(response)) as { usage: object };
      });
    await stage.clock.advance(5000);
    expect((await answer).usage).toMatchObject({ completion_tokens: 100 });
    // 100 tokens at a little over 12.3 ms each, seen with the 20 ms of a tick
    expect(answeredAtMs - sentAtMs).toBeGreaterThan(1230);
    expect(answeredAtMs - sentAtMs).toBeLessThan(1320);
  });
});

describe('outside', () => {
  it('kubectl and curl reach the API server, and through it the pods, on a loopback port', async () => {
    const stage = raise();
    await stage.clock.advance(12_000);
    const folder = await mkdtemp(join(tmpdir(), 'wva-world-'));
    try {
      const kubeconfigPath = join(folder, 'kubeconfig');
      const { url } = await stage.world.listenOnLoopback({ kubeconfigPath });
      expect(await readFile(kubeconfigPath, 'utf8')).toContain(`server: ${url}`);
      const list = (await (await fetch(`${url}/api/v1/namespaces/${namespace}/pods`)).json()) as { items: Pod[] };
      // a server of each variant, and a router of each model
      expect(list.items).toHaveLength(5);
      const pod = `${url}/api/v1/namespaces/${namespace}/pods/${list.items[0]?.metadata?.name}`;
      expect(await (await fetch(`${pod}:8000/proxy/metrics`)).text()).toContain('vllm:num_requests_running');
      expect(((await (await fetch(`${pod}/proxy/v1/models`)).json()) as { object: string }).object).toBe('list');
      expect((await fetch(`${pod}:9/proxy/metrics`)).status).toBe(503);
      expect((await fetch(`${url}/api/v1/namespaces/${namespace}/pods/nobody/proxy/metrics`)).status).toBe(404);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('a load that rises and falls', () => {
  it('is followed by the autoscaler, and every request ends exactly once and none is lost', async () => {
    const stage = raise();
    let highest = 0;
    for (let second = 0; second < 80; second++) {
      const rate = stage.world.stats().traffic[0]?.offeredPerSecond ?? 0;
      stage.desired.set(decode, Math.max(1, Math.ceil(rate / 4)));
      stage.desired.set('qwen3-32b-a100', 3);
      await stage.clock.advance(1000);
      expectConserved(stage);
      highest = Math.max(highest, deployment(stage).spec?.replicas ?? 0);
    }
    expect(highest).toBe(5);
    expect(deployment(stage).spec?.replicas).toBe(1);
    stage.world.stopTraffic();
    await stage.clock.advance(60_000);
    for (const { arrivals, completions, lost, inFlight } of stage.world.stats().traffic) {
      expect({ lost, inFlight, completions }).toEqual({ lost: 0, inFlight: 0, completions: arrivals });
    }
    expect(stage.world.stats().targets.every(({ drainingReplicas }) => drainingReplicas === 0)).toBe(true);
  });

  it('waits a minute for a metrics API that never answers, and goes on when it does', async () => {
    const stage = raise({ traffic: [] });
    stage.world.connectService({ namespace: 'wva-system', name: 'wva' }, () => new Promise(() => {}));
    await stage.clock.advance(65_000);
    const hpa = () => stage.world.apiServer.store.get<HorizontalPodAutoscaler>({ group: 'autoscaling', plural: 'horizontalpodautoscalers' }, decode, namespace);
    expect(hpa()?.status?.conditions?.find(({ type }) => type === 'ScalingActive')).toMatchObject({
      status: 'False', reason: 'FailedGetExternalMetric', message: expect.stringMatching(/context deadline exceeded$/) as string,
    });
    stage.world.connectService({ namespace: 'wva-system', name: 'wva' }, stage.metrics);
    stage.desired.set(decode, 2);
    await stage.clock.advance(65_000);
    expect(deployment(stage).spec?.replicas).toBe(2);
  });

  it('costs the hours from the start of a replica to its end, those of starting and draining included', async () => {
    const stage = raise({ traffic: [], objects: unscaled });
    await stage.clock.advance(3_600_000 + 310);
    const llama = stage.world.stats().targets.find(({ name }) => name === decode);
    expect(llama?.replicaHours).toBeCloseTo(1, 3);
    expect(llama?.cost).toBeCloseTo(4, 2);
    expect(stage.world.stats().cost).toBeCloseTo(4 + 8 + 13, 1);
  });
});

describe('the same seed', () => {
  async function history(seed: string): Promise<string> {
    const stage = raise({}, seed);
    stage.desired.set(decode, 3);
    await stage.clock.advance(30_000);
    const seen: unknown[] = [stage.world.stats()];
    for (const pod of podsOf(stage)) {
      seen.push(pod, await readText(await stage.world.transport({ method: 'GET', url: `http://${pod.status?.podIP}:8000/metrics` })));
    }
    seen.push(stage.world.apiServer.store.list({ group: '', plural: 'events' }), stage.world.apiServer.store.list({ group: 'apps', plural: 'replicasets' }));
    return JSON.stringify(seen);
  }

  it('gives the same bytes, and another one gives others', async () => {
    const [first, again, other] = [await history('seven'), await history('seven'), await history('eight')];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });
});

describe('room', () => {
  it('is what the scheduler goes by: pods without it wait, say why, and are placed when it appears', async () => {
    const stage = raise({ traffic: [], objects: unscaled });
    await stage.clock.advance(1000);
    scale(stage, 25);
    await stage.clock.advance(1000);
    const waiting = podsOf(stage).filter(({ spec }) => spec?.nodeName === undefined);
    // 24 GPUs, of which the other A100 deployment holds 2
    expect(waiting).toHaveLength(3);
    expect(waiting[0]?.status?.conditions?.[0]).toMatchObject({
      type: 'PodScheduled', status: 'False', reason: 'Unschedulable',
      message: "0/6 nodes are available: 3 Insufficient nvidia.com/gpu, 3 node(s) didn't match Pod's node affinity/selector.",
    });
    const [node] = stage.world.apiServer.store.list<Node>(nodes);
    const created = stage.world.apiServer.store.create<Node>(nodes, { ...node, metadata: { name: 'a100-4', labels: node?.metadata?.labels ?? {} } });
    stage.world.apiServer.store.update<Node>(nodes, { ...created, status: node?.status ?? {} }, { subresource: 'status' });
    await stage.clock.advance(1000);
    expect(podsOf(stage).every(({ spec }) => spec?.nodeName !== undefined)).toBe(true);
  });

  it('goes to those that wait when others leave', async () => {
    const stage = raise({ traffic: [], objects: unscaled });
    scale(stage, 30);
    await stage.clock.advance(8000);
    scale(stage, 22);
    await stage.clock.advance(3000);
    expect(deployment(stage).status).toMatchObject({ replicas: 22, readyReplicas: 22 });
  });
});

describe('an end', () => {
  it('is gentle: a pod that is removed gets nothing new and answers what it has', async () => {
    const stage = raise({ objects: unscaled });
    scale(stage, 3);
    await stage.clock.advance(30_000);
    scale(stage, 1);
    await stage.clock.advance(500);
    expect(stage.world.stats().targets.find(({ name }) => name === decode)?.drainingReplicas).toBeGreaterThan(0);
    await stage.clock.advance(10_000);
    expect(podsOf(stage)).toHaveLength(1);
    expect(stage.world.stats().traffic[0]?.lost).toBe(0);
    expectConserved(stage);
  });

  it('by force loses what was in the pod, and says so', async () => {
    const stage = raise({ objects: unscaled });
    await stage.clock.advance(30_000);
    stage.world.apiServer.store.remove(pods, podsOf(stage)[0]?.metadata?.name ?? '', namespace, { gracePeriodSeconds: 0 });
    await stage.clock.advance(60_000);
    expect(stage.world.stats().traffic[0]?.lost).toBeGreaterThan(0);
    expectConserved(stage);
    expect(deployment(stage).status).toMatchObject({ readyReplicas: 1 });
  });

  it('of the old pods in a rolling update loses nothing either', async () => {
    const stage = raise({ objects: unscaled });
    scale(stage, 4);
    await stage.clock.advance(15_000);
    const found = deployment(stage);
    const template = structuredClone(found.spec?.template ?? {});
    template.metadata = { ...template.metadata, annotations: { changed: 'yes' } };
    stage.world.apiServer.store.update<Workload>(deployments, { ...found, spec: { ...found.spec, template } });
    for (let second = 0; second < 40; second++) {
      await stage.clock.advance(1000);
      expect(deployment(stage).status?.availableReplicas ?? 0).toBeGreaterThanOrEqual(3);
      expect(deployment(stage).status?.replicas ?? 0).toBeLessThanOrEqual(5);
    }
    expect(deployment(stage).status).toMatchObject({ replicas: 4, updatedReplicas: 4, readyReplicas: 4, availableReplicas: 4, observedGeneration: 3 });
    expect(podsOf(stage).every(({ metadata }) => metadata?.annotations?.['changed'] === 'yes')).toBe(true);
    expect(stage.world.stats().traffic[0]?.lost).toBe(0);
  });
});

describe('faults', () => {
  const fault = { atMs: 100, untilMs: 20_000 };
  const quick = { meanMs: 1000, standardDeviationMs: 0, lowestMs: 0 };

  it('a pod that never gets ready is never given a request', async () => {
    const stage = raise({ objects: unscaled, startup: quick, faults: [{ ...fault, kind: 'pod-never-ready', pod: 'decode' }] });
    await stage.clock.advance(15_000);
    expect(deployment(stage).status?.readyReplicas).toBeUndefined();
    expect(stage.world.stats().traffic[0]).toMatchObject({ completions: 0 });
    expect(stage.world.stats().traffic[0]?.held).toBeGreaterThan(10);
    expectConserved(stage);
  });

  it('a slow pod takes longer for every token', async () => {
    const tpot = async (faults: Scenario['faults']) => {
      const stage = raise({ objects: unscaled, startup: quick, faults });
      await stage.clock.advance(9000);
      return stage.world.stats().traffic[0]?.overall.tpotSeconds?.p50 ?? 0;
    };
    expect((await tpot([{ ...fault, kind: 'pod-slow', pod: 'decode', factor: 3 }])) / (await tpot([]))).toBeGreaterThan(2.5);
  });

  it('a lost node takes its requests with it, and its pods come back elsewhere', async () => {
    const stage = raise({ objects: unscaled, startup: quick, faults: [{ kind: 'node-lost', atMs: 20_000, node: '^a100-1$' }] });
    await stage.clock.advance(19_000);
    expect(podsOf(stage)[0]?.spec?.nodeName).toBe('a100-1');
    await stage.clock.advance(2000);
    expect(stage.world.stats().traffic[0]?.lost).toBeGreaterThan(0);
    expect(deployment(stage).status?.readyReplicas).toBeUndefined();
    await stage.clock.advance(8000);
    expect(podsOf(stage)[0]?.spec?.nodeName).toBe('a100-2');
    expect(deployment(stage).status?.readyReplicas).toBe(1);
  });

  it.each([
    ['garbage', /^<html>/],
    ['refuses', /^Service Unavailable/],
    ['huge', /^# x{1000}/],
  ] as const)('a metrics page can be %s', async (how, expected) => {
    const stage = raise({ objects: unscaled, startup: quick, faults: [{ ...fault, kind: 'metrics-page', pod: 'decode', how }] });
    await stage.clock.advance(3000);
    const ask = async () => readText(await stage.world.transport({ method: 'GET', url: `http://${podsOf(stage)[0]?.status?.podIP}:8000/metrics` }));
    const page = await ask();
    expect(page).toMatch(expected);
    if (how === 'huge') expect(page.length).toBe(32 * 1024 * 1024);
    await stage.clock.advance(20_000);
    expect(await ask()).toContain('vllm:num_requests_running');
  });

  it('nothing listens where no pod is', async () => {
    const stage = raise();
    await expect(stage.world.transport({ method: 'GET', url: 'http://127.1.9.9:8000/metrics' })).rejects.toMatchObject({ code: 'Unreachable' });
    await expect(stage.world.transport({ method: 'GET', url: 'https://nobody.nowhere.svc/' })).rejects.toMatchObject({ code: 'Unreachable' });
  });
});

describe('a StatefulSet', () => {
  it('makes its pods in order, each after the one before is ready, and removes them from the end', async () => {
    const template = (demoScenario.objects.find(({ kind }) => kind === 'Deployment') as Workload).spec?.template;
    const set: Workload = {
      apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db', namespace },
      spec: { replicas: 3, selector: { matchLabels: template?.metadata?.labels ?? {} }, ...(template && { template }) },
    };
    const stage = raise({ traffic: [], objects: [...unscaled.filter(({ kind }) => kind !== 'Deployment'), set], startup: { meanMs: 2000, standardDeviationMs: 0, lowestMs: 0 } });
    const names = () => stage.world.apiServer.store.list<Pod>(pods, namespace).map(({ metadata }) => metadata?.name);
    await stage.clock.advance(1000);
    expect(names()).toEqual(['db-0']);
    await stage.clock.advance(2500);
    expect(names()).toEqual(['db-0', 'db-1']);
    await stage.clock.advance(6000);
    const { store } = stage.world.apiServer;
    const found = store.get<Workload>(statefulSets, 'db', namespace) as Workload;
    expect(found.status).toMatchObject({ replicas: 3, readyReplicas: 3, updatedReplicas: 3, availableReplicas: 3, observedGeneration: 1 });
    store.update<Workload>(statefulSets, { ...found, spec: { ...found.spec, replicas: 1 } });
    await stage.clock.advance(3000);
    expect(names()).toEqual(['db-0']);
  });
});

describe('time', () => {
  it('of a simulated hour passes in seconds', async () => {
    const stage = raise();
    stage.desired.set(decode, 5).set('qwen3-32b-a100', 3).set('qwen3-32b-mi300x', 2);
    const startMs = performance.now();
    await stage.clock.advance(3_600_000);
    const seconds = (performance.now() - startMs) / 1000;
    const requests = stage.world.stats().traffic.reduce((total, { completions }) => total + completions, 0);
    process.stdout.write(`RESULT ${JSON.stringify({ bench: 'simulated-hour', seconds: Number(seconds.toFixed(1)), requests })}\n`);
    expect(requests).toBeGreaterThan(40_000);
    expect(seconds).toBeLessThan(60);
    expectConserved(stage);
  }, 90_000);
});
