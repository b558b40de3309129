import { missing, type MissingReason, type ModelReadings, type Reading } from '../model/index.ts';
import type { ModelSample, ModelSamples } from './source.ts';

/** The same reason for everything. */
export function nothingOfModels(why: MissingReason, detail?: string): ModelReadings {
  const unknown = missing<never>(why, detail);
  return { latency: { ttft: unknown, itl: unknown } };
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

function first(a: ModelReadings, b: ModelReadings): ModelReadings {
  return { latency: { ttft: known(a.latency.ttft, b.latency.ttft), itl: known(a.latency.itl, b.latency.itl) } };
}

function known<T>(a: Reading<T>, b: Reading<T>): Reading<T> {
  return a.kind === 'missing' && b.kind !== 'missing' ? b : a;
}

function keyOf({ namespace, modelName }: ModelSample): string {
  return `${namespace}/${modelName}`;
}
