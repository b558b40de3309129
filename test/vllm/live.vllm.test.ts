import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quantile, sum } from '../../src/base/index.ts';
import { decide } from '../../src/decide/index.ts';
import { defaultPolicySet, emptyMemory, type Memory, type Reading, type ReplicaReadings } from '../../src/model/index.ts';
import { joinObservation, type ClusterSnapshot } from '../../src/observe/index.ts';
import { createScrapeSource, type PodAddress, type Samples } from '../../src/prometheus/index.ts';
import { createNodeTransport, createRandom, systemClock } from '../../src/runtime/index.ts';
import { measureCapacity, startLoad, type SeenRequest } from './client.ts';
import { installedPython } from './install.ts';
import { startVllm, type VllmServer } from './server.ts';

const python = installedPython();

/** Five seconds apart, as the recordings were made; rates over a window that fits the stages. */
const scrapeEveryMs = 5_000;
const windowMs = 20_000;

interface Look {
  readonly atMs: number;
  readonly readings: ReplicaReadings;
  /** When asking began, and when the answer was there: a busy machine takes a second or two, and requests come meanwhile. */
  readonly clientInFlight: readonly [before: number, after: number];
  readonly desired: number;
}

describe.skipIf(python === undefined)(`the product in front of a genuine vLLM${python === undefined ? ' (not installed here: npm run test:vllm -- --install)' : ''}`, () => {
  let server: VllmServer;
  let requests: readonly SeenRequest[] = [];
  const looks: Look[] = [];

  beforeAll(async () => {
    server = await startVllm(python as string);
    const source = createScrapeSource({ transport: createNodeTransport({}), clock: systemClock, windowMs });
    const shape = { url: server.url, modelID: server.modelID, meanPromptTokens: 400, meanOutputTokens: 250 };
    // machines differ by a factor of ten in what they can do, so the load is told in parts of that
    const capacity = await measureCapacity({ ...shape, random: createRandom('capacity') });
    process.stdout.write(`  the server ends ${capacity.toFixed(2)} requests/s at most\n`);
    // idle, light load, twice what it can do, idle until the queue is gone
    const stages = [{ perSecond: 0, seconds: 10 }, { perSecond: 0.25 * capacity, seconds: 40 }, { perSecond: 2 * capacity, seconds: 40 }, { perSecond: 0, seconds: 70 }];
    const load = startLoad({ ...shape, stages, random: createRandom('live') });
    const startMs = Date.now();
    let memory = emptyMemory;
    const over = new AbortController();
    const watching = (async (): Promise<void> => {
      for (let look = 0; !over.signal.aborted; look++) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs + look * scrapeEveryMs - Date.now())));
        const before = load.inFlight();
        const samples = await source.collect([addressOf(server)], AbortSignal.timeout(4_000));
        const clientInFlight = [before, load.inFlight()] as const;
        const outcome = decideOn(samples, memory);
        memory = outcome.memory;
        const readings = samples.pods[0]?.readings;
        if (readings !== undefined) looks.push({ atMs: Date.now() - startMs, readings, clientInFlight, desired: outcome.desired });
      }
    })();
    requests = await load.done;
    // a server that is slower than when it was measured ends its queue later: one more window sees the last of it
    await new Promise((resolve) => setTimeout(resolve, windowMs + scrapeEveryMs));
    over.abort();
    await watching;
  }, 400_000);

  afterAll(async () => {
    await server?.stop();
  });

  it('answers every request, and the product counts their tokens and ends as the client does', () => {
    expect(requests.length).toBeGreaterThan(50);
    expect(requests.every(({ status }) => status === 200)).toBe(true);
    // over windows of 20 s, one after the other, the rates add up to what was sent
    const ends = spans().map(([from, to]) => requests.filter(({ endAtMs }) => endAtMs > from && endAtMs <= to).length);
    const told = spans().map(([, to]) => ((valueAt(to, 'completionsPerSecond') ?? 0) * windowMs) / 1000);
    say('requests that ended in each window', ends, told);
    expect(Math.abs(sum(told) - sum(ends))).toBeLessThanOrEqual(Math.max(3, 0.05 * sum(ends)));
    const generated = sum(spans().map(([, to]) => ((valueAt(to, 'generationTokensPerSecond') ?? 0) * windowMs) / 1000));
    const received = sum(requests.map(({ outputTokens }) => outputTokens));
    say('generated tokens', [received], [generated]);
    expect(Math.abs(generated / received - 1)).toBeLessThan(0.05);
  });

  it('knows the arrivals, also while a queue builds up that hides them from who counts only what leaves', () => {
    const came = spans().map(([from, to]) => requests.filter(({ atMs }) => atMs > from && atMs <= to).length);
    const told = spans().map(([, to]) => ((valueAt(to, 'arrivalsPerSecond') ?? 0) * windowMs) / 1000);
    say('requests that came in each window', came, told);
    for (const [index, count] of came.entries()) expect(Math.abs((told[index] ?? 0) - count), `window ${index}`).toBeLessThanOrEqual(Math.max(4, 0.15 * count));
    expect(Math.abs(sum(told) - sum(came))).toBeLessThanOrEqual(Math.max(3, 0.05 * sum(came)));
  });

  it('knows what is in flight, and the latencies of the light and of the overloaded time', () => {
    for (const { readings, clientInFlight } of looks) {
      const inFlight = (known(readings.running) ?? 0) + (known(readings.waiting) ?? 0);
      const [least, most] = [Math.min(...clientInFlight), Math.max(...clientInFlight)];
      const slack = Math.max(4, 0.15 * most);
      expect(inFlight).toBeGreaterThanOrEqual(least - slack);
      expect(inFlight).toBeLessThanOrEqual(most + slack);
    }
    const light = latencies(10_000, 50_000);
    const heavy = latencies(50_000, 90_000);
    say('mean TTFT of the light time, ms', [light.client], [light.told]);
    say('mean TTFT of the overloaded time, ms', [heavy.client], [heavy.told]);
    // the client's includes the way through HTTP, the tokenizer and this very busy machine
    expect(light.told).toBeLessThanOrEqual(light.client + 5);
    expect(light.client - light.told).toBeLessThan(150);
    expect(Math.abs(heavy.told / heavy.client - 1)).toBeLessThan(0.25);
  });

  it('knows the capacity, keeps one replica for the light load and asks for more under the heavy one', () => {
    const capacity = looks.map(({ readings }) => known(readings.kvCapacityTokens)).find((value) => value !== undefined);
    expect(capacity).toBe(server.usableBlocks * server.blockTokens);
    const peak = Math.max(...looks.map(({ readings }) => known(readings.waiting) ?? 0));
    const most = Math.max(...looks.map(({ desired }) => desired));
    say('peak queue and most replicas asked for', [peak], [most]);
    expect(peak).toBeGreaterThan(5);
    expect(most).toBeGreaterThan(1);
    expect(looks.filter(({ atMs }) => atMs < 45_000).every(({ desired }) => desired === 1)).toBe(true);
  });

  function spans(): [number, number][] {
    const endMs = looks.at(-1)?.atMs ?? 0;
    const windows: [number, number][] = [];
    // the product's window ends at a look; the next one begins where it ended
    for (let to = windowMs; to <= endMs; to += windowMs) {
      const at = lookAt(to)?.atMs;
      const from = windows.at(-1)?.[1] ?? 0;
      if (at !== undefined) windows.push([from, at]);
    }
    return windows;
  }

  function lookAt(ms: number): Look | undefined {
    return looks.toSorted((a, b) => Math.abs(a.atMs - ms) - Math.abs(b.atMs - ms))[0];
  }

  function valueAt(ms: number, name: 'completionsPerSecond' | 'generationTokensPerSecond' | 'arrivalsPerSecond'): number | undefined {
    const readings = lookAt(ms)?.readings;
    return readings === undefined ? undefined : known(readings[name]);
  }

  /** Mean TTFT in ms of the requests whose first token came in the time: the client's, and the product's over its windows weighed by their requests. */
  function latencies(fromMs: number, toMs: number): { client: number; told: number } {
    const windows = spans().filter(([from, to]) => from >= fromMs - scrapeEveryMs && to <= toMs + scrapeEveryMs);
    const [begin = fromMs] = windows[0] ?? [];
    const end = windows.at(-1)?.[1] ?? toMs;
    const answered = requests.filter(({ firstTokenAtMs }) => firstTokenAtMs > begin && firstTokenAtMs <= end);
    const weighed = windows.map(([from, to]) => {
      const readings = lookAt(to)?.readings;
      const count = requests.filter(({ firstTokenAtMs }) => firstTokenAtMs > from && firstTokenAtMs <= to).length;
      return { count, ttft: readings === undefined ? undefined : known(readings.ttftSeconds) };
    });
    const client = sum(answered.map(({ atMs, firstTokenAtMs }) => firstTokenAtMs - atMs)) / answered.length;
    const told = (sum(weighed.map(({ count, ttft = 0 }) => count * ttft)) / sum(weighed.map(({ count }) => count))) * 1000;
    process.stdout.write(`  client P90 ${(quantile(answered.map(({ atMs, firstTokenAtMs }) => firstTokenAtMs - atMs), 0.9) ?? 0).toFixed(0)} ms\n`);
    return { client, told };
  }
});

function known(reading: Reading): number | undefined {
  return reading.kind === 'fresh' ? reading.value : undefined;
}

function say(what: string, client: readonly number[], told: readonly number[]): void {
  const list = (values: readonly number[]): string => values.map((value) => value.toFixed(1)).join(' ');
  process.stdout.write(`  ${what}: client ${list(client)}; product ${list(told)}\n`);
}

function addressOf({ port, modelID }: VllmServer): PodAddress {
  return { namespace: 'live', pod: 'vllm-0', uid: 'vllm-0', ip: '127.0.0.1', ports: [port], engine: 'vllm', modelID, ready: true };
}

/** One variant with this one replica, as the product's snapshot would have it. */
function decideOn(samples: Samples, memory: Memory): { desired: number; memory: Memory } {
  const nowMs = samples.atMs;
  const snapshot: ClusterSnapshot = {
    atMs: nowMs,
    conflicts: [],
    invalid: [],
    variants: [
      {
        variant: {
          key: 'live/vllm', uid: 'live', namespace: 'live', name: 'vllm', generation: 1, createdAtMs: 0,
          target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'vllm' },
          modelID: 'tiny/llama', accelerator: 'cpu', acceleratorSource: 'Spec', acceleratorCount: 1, costPerHour: 1,
          minReplicas: 1, maxReplicas: 10, role: 'both', engine: 'vllm', mode: 'act', actuation: 'metric',
        },
        targetState: { kind: 'found', replicas: 1, readyReplicas: 1, scalable: true },
        currentReplicas: 1,
        pods: [{ pod: 'vllm-0', uid: 'vllm-0', createdAtMs: 0, phase: 'Running', scheduled: true, ready: true, readySinceMs: 0, terminating: false, ip: '127.0.0.1', ports: [] }],
        lastConditions: {},
      },
    ],
  };
  const outcome = decide(joinObservation(snapshot, samples, defaultPolicySet.global, nowMs), defaultPolicySet, memory, nowMs);
  return { desired: outcome.decisions[0]?.desired ?? 0, memory: outcome.memory };
}
