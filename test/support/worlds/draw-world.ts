import { createRandom, type Random } from '../../../src/runtime/index.ts';
import { analyzers, type Analyzer, type PolicyLayer } from '../../../src/model/index.ts';
import type { Requests } from '../decide/fleet.ts';
import { bornBy } from './capability.ts';
import { faultKinds, type Fault, type LoadPlan, type ModelPlan, type ServerPlan, type VariantPlan, type WorldPlan } from './plan.ts';

const accelerators = ['A100', 'H100', 'L40S', 'MI300X', 'unheard-of'] as const;
const minuteMs = 60_000;

/** The world of a seed: the same, whoever draws it and whenever. */
export function drawWorld(seed: number): WorldPlan {
  const random = createRandom(`world/${seed}`);
  const models = Array.from({ length: one(random, [1, 1, 1, 1, 2, 2, 3, 4]) }, (_, index) => drawModel(random, index));
  const faultyMs = (5 + random.integer(8)) * minuteMs;
  const faults = Array.from({ length: random.integer(7) }, () => drawFault(random, faultyMs, models.length));
  return {
    seed,
    intervalMs: one(random, [15_000, 15_000, 15_000, 10_000, 30_000]),
    scrapeMs: one(random, [15_000, 15_000, 5000, 30_000]),
    models,
    faults,
    faultyMs,
    ...timesOf(models),
  };
}

/** How long it takes them to settle, and how long they are watched then. */
export function timesOf(models: readonly ModelPlan[]): Pick<WorldPlan, 'settlingMs' | 'stableMs'> {
  const longestHoldMs = Math.max(...models.map(({ policy }) => holdOf(policy) + (policy.scaleToZero === true ? (policy.retentionMs ?? 0) : 0)));
  const longestStartMs = Math.max(...models.flatMap(({ variants }) => variants.map(({ startMs, startSpreadMs }) => startMs + startSpreadMs)));
  // a removal may be taken back once, and the last quarter goes one by one
  return { settlingMs: 5 * minuteMs + 4 * longestStartMs + 3 * longestHoldMs, stableMs: 15 * minuteMs };
}

/** How long what was called for once is kept. */
export function holdOf({ analyzer = 'learned', scaleDownStabilizationMs = 120_000 }: PolicyLayer): number {
  return scaleDownStabilizationMs * (analyzer === 'learned' ? 15 : 1);
}

export function drawModel(random: Random, index: number): ModelPlan {
  const requests: Requests = { promptTokens: one(random, [50, 300, 1000, 4000]), generationTokens: one(random, [40, 150, 300, 800]) };
  const analyzer = random.next() < 0.6 ? 'learned' : one(random, analyzers);
  const toZero = random.next() < 0.3;
  const count = one(random, [1, 1, 2, 2, 3]);
  const drawn = Array.from({ length: count }, (_, place) => drawVariant(random, place, toZero, analyzer));
  const slowest = Math.max(...drawn.map(({ server: { baseMs } }) => baseMs));
  const slo = random.next() < 0.5 ? undefined : { ttftSeconds: 0.5 + 4 * random.next(), itlSeconds: (slowest * (2.5 + 5 * random.next())) / 1000, attainment: one(random, [0.9, 0.99, 0.999]) };
  const policy: PolicyLayer = {
    analyzer,
    scaleToZero: toZero,
    retentionMs: one(random, [minuteMs, 3 * minuteMs]),
    scaleDownStabilizationMs: one(random, [0, 15_000, 15_000, 30_000, 30_000, 60_000]),
    ...(slo && { slo }),
    ...(random.next() < 0.2 && { scaleDownMaxFraction: one(random, [0.1, 0.5, 1]) }),
    ...(random.next() < 0.1 && { forecast: false }),
    ...(random.next() < 0.2 && { pendingExpiryMs: 3 * minuteMs }),
  };
  const shared = count > 1 && random.next() < 0.15;
  const namespace = one(random, ['prod', 'prod', 'test']);
  const router = one(random, ['none', 'plain', 'flowControl'] as const);
  const told = drawn.map((variant, place) => withSequences(variant, random.fork(`sequences/${index}/${place}`), analyzer, router));
  // where nobody can choose where a pod lands, variants that differ much would be another question
  const variants = shared ? told.map((variant, place) => ({ ...variant, min: 0, mode: 'act' as const, server: (told[0] as VariantPlan).server, argumentsKnown: (told[0] as VariantPlan).argumentsKnown, nodes: undefined, accelerator: accelerators[place] as string })) : told;
  const born = variants.reduce((total, { server, max = 6, nodes = Infinity }) => total + Math.min(max, nodes) * bornBy(server, requests, slo ?? {}), 0);
  return {
    namespace,
    modelID: `model-${index}`,
    policy,
    router,
    requests,
    load: drawLoad(random, born),
    shared,
    actuation: one(random, ['metric', 'metric', 'direct']),
    tolerance: one(random, [0, 0, 0, 0.1]),
    variants,
  };
}

function drawVariant(random: Random, place: number, toZero: boolean, analyzer: Analyzer): VariantPlan {
  // those that reckon with them take what is not told for a smaller engine
  const argumentsKnown = random.next() < 0.5 || analyzer === 'queueing' || analyzer === 'tokens';
  const server: ServerPlan = {
    baseMs: 5 + 30 * random.next(),
    perSequenceMs: 0.02 + 0.2 * random.next(),
    perResidentKiloMs: 0.02 + 0.15 * random.next(),
    perPromptKiloMs: 15 + 120 * random.next(),
    kvCapacityTokens: Math.round(60_000 * (1 + 10 * random.next())),
    maxSequences: 1024,
  };
  const max = random.next() < 0.1 ? undefined : 1 + random.integer(8);
  const min = toZero ? 0 : Math.min(max ?? 2, one(random, [0, 1, 1, 2]));
  const nodes = random.next() < 0.1 ? 1 + random.integer(4) : undefined;
  const there = Math.min(max ?? 3, nodes ?? 3);
  return {
    name: `v${place}`,
    accelerator: one(random, accelerators),
    costPerHour: one(random, [0, 1, 2, 5, 10, 40]),
    min: place === 0 && !toZero ? Math.max(1, min) : min,
    minAssumed: toZero && random.next() < 0.5,
    max,
    initial: Math.min(there, Number(place === 0) + random.integer(4)),
    server,
    argumentsKnown,
    startMs: one(random, [5000, 20_000, 40_000, 90_000]),
    startSpreadMs: one(random, [0, 10_000]),
    nodes,
    mode: random.next() < 0.9 ? 'act' : one(random, ['recommend', 'paused', 'pausedDown']),
  };
}

/** What vLLM runs at once by itself on large accelerators, or what it is told to. */
function withSequences(variant: VariantPlan, random: Random, analyzer: Analyzer, router: ModelPlan['router']): VariantPlan {
  const maxSequences = one(random, [1024, 1024, 512, 192, 128, 64, 32]);
  // the percentages are of the caches and queues of replicas: neither is full where a router holds back what a small batch has no room for
  const unseen = analyzer === 'percent' && router === 'flowControl';
  return unseen ? variant : { ...variant, server: { ...variant.server, maxSequences } };
}

function drawLoad(random: Random, born: number): LoadPlan {
  const high = born * (0.05 + 0.9 * random.next());
  return {
    kind: one(random, ['steady', 'ramp', 'bursts', 'idle', 'steps']),
    low: high * random.next(),
    high,
    periodMs: (3 + random.integer(15)) * minuteMs,
    rest: random.next() < 0.1 ? 0 : born * (0.05 + 0.75 * random.next()),
  };
}

export function drawFault(random: Random, faultyMs: number, models: number): Fault {
  const fromMs = Math.floor(random.next() * 0.9 * faultyMs);
  const untilMs = Math.min(faultyMs, fromMs + 15_000 + Math.floor(random.exponential(2 * minuteMs)));
  return { kind: one(random, faultKinds), fromMs, untilMs, model: random.integer(models), share: random.next() };
}

export function one<T>(random: Random, of: readonly T[]): T {
  return of[random.integer(of.length)] as T;
}
