import { expect, it } from 'vitest';
import { shareWithin, type LatencyReadings } from '../../src/model/index.ts';
import { createScrapeSource, type PodSample } from '../../src/prometheus/index.ts';
import { createManualClock, createRandom, textResponse } from '../../src/runtime/index.ts';
import { createAgenda } from '../../src/simulator/agenda.ts';
import { createEngine } from '../../src/simulator/serving/engine.ts';
import { writeMetricsPage } from '../../src/simulator/serving/metrics-page.ts';
import type { ServingProfile } from '../../src/simulator/serving/profile.ts';
import type { InferenceRequest } from '../../src/simulator/serving/request.ts';

const profile: ServingProfile = {
  modelID: 'm', accelerator: 'A100', baseMs: 8, perPrefillTokenMs: 0.05, perSequenceMs: 0.4, perResidentTokenMs: 0.0005, networkMs: 0,
  maxSequences: 16, tokenBudget: 2048, kvBlocks: 64, blockTokens: 128, maxModelTokens: 2048, costPerHour: 1,
};

// The embedded world's servers are read by the same code as genuine ones, under the names of today and of old.
it('reads a simulated server as it reads a genuine one, under new names and old', async () => {
  const clock = createManualClock(1_700_000_000_000);
  const random = createRandom('simulated-engine');
  const agenda = createAgenda(clock);
  const engine = createEngine(profile, agenda);
  agenda.start();
  const ended: InferenceRequest[] = [];
  const arrivedMs: number[] = [];
  function arrive(): void {
    arrivedMs.push(agenda.now());
    engine.submit({ id: arrivedMs.length, modelID: 'm', arrivedAtMs: agenda.now(), promptTokens: 200 + random.integer(400), generationTokens: 50 + random.integer(200), onEnd: (request) => ended.push(request) });
    agenda.at(agenda.now() + random.exponential(400), arrive);
  }
  agenda.at(clock.now() + random.exponential(400), arrive);

  const sources = (['current', 'old'] as const).map((names) =>
    createScrapeSource({ clock, transport: async () => {
      agenda.catchUp();
      return textResponse(200, writeMetricsPage(engine, names));
    } }));
  const pod = { namespace: 'n', pod: 'p', uid: 'u', ip: '10.0.0.1', ports: [8000], engine: 'vllm', modelID: 'm' } as const;
  for (let cycle = 0; cycle < 20; cycle++) {
    await clock.advance(15_000);
    const [current, old] = (await Promise.all(sources.map((source) => source.collect([pod], new AbortController().signal)))).map(({ pods, problems }) => {
      expect(problems).toEqual([]);
      return pods[0] as PodSample;
    });
    if (!current || !old) throw new Error('Both sources must give a sample.');
    // what only today's releases show
    const { asleep: _, prefixHitFraction: __, kvCapacityTokens, ...shared } = current.readings;
    expect(old.readings).toMatchObject(shared);
    expect(kvCapacityTokens).toMatchObject({ value: 63 * 128 });
    if (cycle < 4) continue;
    const fromMs = clock.now() - 60_000;
    const within = (atMs: number | undefined): boolean => atMs !== undefined && atMs > fromMs && atMs <= clock.now();
    expect(current.readings.arrivalsPerSecond).toMatchObject({ kind: 'fresh', value: arrivedMs.filter(within).length / 60 });
    const finished = ended.filter(({ endedAtMs }) => within(endedAtMs));
    expect(current.readings.completionsPerSecond).toMatchObject({ value: finished.length / 60 });
    const meanE2eSeconds = finished.reduce((sum, { arrivedAtMs, endedAtMs = Number.NaN }) => sum + (endedAtMs - arrivedAtMs) / 1000, 0) / finished.length;
    expect(current.readings.e2eSeconds.kind === 'fresh' && current.readings.e2eSeconds.value).toBeCloseTo(meanE2eSeconds, 6);
  }
  expect(ended.length).toBeGreaterThan(500);
});

// What the engine truly did is counted here, at its door and at the client's.
it.each(['vllm', 'sglang'] as const)('believes of a simulated %s server what it truly did: arrivals, tokens, latencies, prefixes, capacity', async (kind) => {
  const clock = createManualClock(1_700_000_000_000);
  const random = createRandom('truth');
  const agenda = createAgenda(clock);
  const engine = createEngine({ ...profile, engine: kind, ...(kind === 'sglang' && { blockTokens: 1, kvBlocks: 8065 }) }, agenda);
  agenda.start();
  const ended: InferenceRequest[] = [];
  let arrivals = 0;
  function arrive(): void {
    arrivals += 1;
    const promptTokens = 300 + random.integer(300);
    engine.submit({
      id: arrivals, modelID: 'm', arrivedAtMs: agenda.now(), promptTokens, generationTokens: 50 + random.integer(100),
      ...(random.next() < 0.5 && { prefix: { id: 1, tokens: 256 } }), onEnd: (request) => ended.push(request),
    });
    agenda.at(agenda.now() + random.exponential(500), arrive);
  }
  agenda.at(clock.now() + 100, arrive);
  const source = createScrapeSource({ clock, transport: async () => {
    agenda.catchUp();
    return textResponse(200, writeMetricsPage(engine));
  } });
  const pod = { namespace: 'n', pod: 'p', uid: 'u', ip: '10.0.0.1', ports: [8000], engine: kind, modelID: 'm' } as const;
  let readings: PodSample['readings'] | undefined;
  let latency: LatencyReadings | undefined;
  for (let cycle = 0; cycle < 40; cycle++) {
    await clock.advance(15_000);
    const { pods, models, problems } = await source.collect([pod], new AbortController().signal);
    expect(problems).toEqual([]);
    latency = models?.seen[0]?.readings.latency;
    readings = pods[0]?.readings;
    expect(readings?.running).toMatchObject({ kind: 'fresh', value: engine.running() });
    expect(readings?.waiting).toMatchObject({ kind: 'fresh', value: engine.waiting() });
    expect(readings?.kvUsedFraction).toMatchObject({ kind: 'fresh', value: engine.kvUsedFraction() });
  }
  const value = (reading: { readonly kind: string } | undefined): number => (reading && 'value' in reading ? Number(reading.value) : Number.NaN);
  const recent = ended.filter(({ endedAtMs = 0 }) => endedAtMs > clock.now() - 60_000);
  const mean = (of: (request: InferenceRequest) => number): number => recent.reduce((sum, request) => sum + of(request), 0) / recent.length;
  expect(value(readings?.kvCapacityTokens)).toBe(8064);
  expect(value(readings?.completionsPerSecond)).toBeCloseTo(recent.length / 60, 6);
  expect(value(readings?.e2eSeconds)).toBeCloseTo(mean(({ arrivedAtMs, endedAtMs = 0 }) => (endedAtMs - arrivedAtMs) / 1000), 3);
  // SGLang's token counters count as tokens are made, others when a request leaves: the ends of the window differ by what is in flight
  expect(value(readings?.generationTokensPerSecond) / (mean(({ generationTokens }) => generationTokens) * recent.length / 60)).toBeCloseTo(1, 1);
  expect(value(readings?.prefixHitFraction)).toBeCloseTo(engine.meters.prefixHits / engine.meters.prefixQueries, 1);
  expect(value(readings?.prefixHitFraction)).toBeGreaterThan(0.2);
  // what a bucket's bound cuts off, and between two bounds as evenly as Prometheus takes it
  const firstTokens = ended.filter(({ firstTokenAtMs = 0 }) => firstTokenAtMs > clock.now() - 60_000);
  for (const boundSeconds of [0.1, 0.25]) {
    const within = firstTokens.filter(({ arrivedAtMs, firstTokenAtMs = 0 }) => firstTokenAtMs - arrivedAtMs <= boundSeconds * 1000).length;
    const share = latency?.ttft.kind === 'fresh' ? shareWithin(latency.ttft.value, boundSeconds) : undefined;
    // those that have their first token and are not through are not among those that ended
    expect(share).toBeCloseTo(within / firstTokens.length, 1);
  }
  expect(arrivals).toBeGreaterThan(1000);
});
