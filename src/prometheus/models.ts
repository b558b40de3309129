import { missing, type MissingReason, type ModelReadings, type Reading } from '../model/index.ts';
import { nothingOfRouter, type ModelRouter } from './routers/model-routers.ts';
import type { ModelSample, ModelSamples } from './source.ts';

/** The same reason for everything. */
export function nothingOfModels(why: MissingReason, detail?: string): ModelReadings {
  const unknown = missing<never>(why, detail);
  return { router: nothingOfRouter(why, detail), latency: { ttft: unknown, itl: unknown } };
}

/** One sample for every model of which routers or engines told. */
export function modelSamples(
  routers: readonly (Pick<ModelSample, 'namespace' | 'modelName'> & Pick<ModelReadings, 'router'>)[],
  latencies: readonly (Pick<ModelSample, 'namespace' | 'modelName'> & Pick<ModelReadings, 'latency'>)[],
  others: ModelReadings,
): ModelSamples {
  const models = new Map<string, ModelSample>();
  for (const { namespace, modelName, latency } of latencies) models.set(`${namespace}/${modelName}`, { namespace, modelName, readings: { ...others, latency } });
  for (const { namespace, modelName, router } of routers) {
    const key = `${namespace}/${modelName}`;
    models.set(key, { namespace, modelName, readings: { ...(models.get(key)?.readings ?? others), router } });
  }
  return { seen: [...models.values()], others };
}

/** What either says of each model, quantity by quantity; where both do, the first. */
export function eitherOf(a: ModelSamples | undefined, b: ModelSamples | undefined): ModelSamples | undefined {
  if (!a || !b) return a ?? b;
  const inB = new Map(b.seen.map((sample) => [keyOf(sample), sample]));
  const keysOfA = new Set(a.seen.map(keyOf));
  return {
    seen: [
      ...a.seen.map((sample) => ({ ...sample, readings: first(sample.readings, inB.get(keyOf(sample))?.readings ?? b.others) })),
      ...b.seen.filter((sample) => !keysOfA.has(keyOf(sample))).map((sample) => ({ ...sample, readings: first(a.others, sample.readings) })),
    ],
    others: first(a.others, b.others),
  };
}

/** The samples with what routers have said since, where it is newer. */
export function withRouters(samples: ModelSamples | undefined, since: readonly ModelRouter[]): ModelSamples | undefined {
  if (since.length === 0) return samples;
  const { seen, others } = samples ?? { seen: [], others: nothingOfModels('NotReported') };
  const told = new Map(since.map((one) => [keyOf(one), one.router]));
  const known = new Set(seen.map(keyOf));
  return {
    seen: [
      ...seen.map((sample) => {
        const router = told.get(keyOf(sample));
        return router ? { ...sample, readings: { ...sample.readings, router: newest(sample.readings.router, router) } } : sample;
      }),
      ...since.filter((one) => !known.has(keyOf(one))).map(({ namespace, modelName, router }) => ({ namespace, modelName, readings: { ...others, router } })),
    ],
    others,
  };
}

function newest(a: ModelReadings['router'], b: ModelReadings['router']): ModelReadings['router'] {
  const later = (one: Reading, other: Reading): Reading => (other.kind !== 'missing' && (one.kind === 'missing' || other.atMs > one.atMs) ? other : one);
  return {
    arrivalsPerSecond: later(a.arrivalsPerSecond, b.arrivalsPerSecond),
    recentArrivalsPerSecond: later(a.recentArrivalsPerSecond, b.recentArrivalsPerSecond),
    waiting: later(a.waiting, b.waiting),
    running: later(a.running, b.running),
  };
}

function first(a: ModelReadings, b: ModelReadings): ModelReadings {
  return {
    router: {
      arrivalsPerSecond: known(a.router.arrivalsPerSecond, b.router.arrivalsPerSecond),
      recentArrivalsPerSecond: known(a.router.recentArrivalsPerSecond, b.router.recentArrivalsPerSecond),
      waiting: known(a.router.waiting, b.router.waiting),
      running: known(a.router.running, b.router.running),
    },
    latency: { ttft: known(a.latency.ttft, b.latency.ttft), itl: known(a.latency.itl, b.latency.itl) },
  };
}

function known<T>(a: Reading<T>, b: Reading<T>): Reading<T> {
  return a.kind === 'missing' && b.kind !== 'missing' ? b : a;
}

function keyOf({ namespace, modelName }: Pick<ModelSample, 'namespace' | 'modelName'>): string {
  return `${namespace}/${modelName}`;
}
