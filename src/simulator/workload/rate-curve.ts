import type { Random } from '../../runtime/index.ts';
import type { BurstLoad, DiurnalLoad, DrawnLoad, StagedLoad } from './workload-spec.ts';

/** Requests per second that move in a straight line from one moment to the next. */
export interface RateSegment {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/**
 * The segments of a load from time 0 on, without gaps; some go on for ever. Chance is drawn from a fork, so that every walk over
 * the same load gives the same segments. A load that never asks for anything has none.
 */
export function rateSegments(load: DrawnLoad, random: Random): Iterator<RateSegment, undefined> {
  switch (load.kind) {
    case 'constant':
      return constant(load.ratePerSecond, load.fromSeconds * 1000, (load.untilSeconds ?? Infinity) * 1000);
    case 'stages':
      return staged(load);
    case 'diurnal':
      return diurnal(load, random.fork('noise'));
    case 'bursts':
      return bursts(load, random.fork('bursts'));
  }
}

function* constant(ratePerSecond: number, fromMs: number, untilMs: number): Generator<RateSegment, undefined> {
  if (ratePerSecond === 0 || untilMs <= fromMs) return;
  if (fromMs > 0) yield { fromMs: 0, untilMs: fromMs, fromPerSecond: 0, toPerSecond: 0 };
  yield { fromMs, untilMs, fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond };
}

function* staged(load: StagedLoad): Generator<RateSegment, undefined> {
  const asked = load.stages.some(({ seconds, ratePerSecond, toPerSecond }) => seconds > 0 && (ratePerSecond > 0 || (toPerSecond ?? 0) > 0));
  if (!asked) return;
  let fromMs = 0;
  do {
    for (const { seconds, ratePerSecond, toPerSecond } of load.stages) {
      if (seconds === 0) continue;
      const untilMs = fromMs + seconds * 1000;
      yield { fromMs, untilMs, fromPerSecond: ratePerSecond, toPerSecond: toPerSecond ?? ratePerSecond };
      fromMs = untilMs;
    }
  } while (load.repeat);
}

/** A straight line over 1/288 of the period (5 minutes of a day) is off the sine by less than 0.01 % of its height. */
const stepsOfPeriod = 288;
/** Steps in which the noise forgets itself to 1/e. */
const stepsOfCorrelation = 8;

function* diurnal(load: DiurnalLoad, random: Random): Generator<RateSegment, undefined> {
  const { lowPerSecond, highPerSecond, noise } = load;
  if (lowPerSecond === 0 && highPerSecond === 0) return;
  const periodMs = load.periodSeconds * 1000;
  const correlationMs = (noise?.correlationSeconds ?? Infinity) * 1000;
  const stepMs = Math.min(periodMs / stepsOfPeriod, correlationMs / stepsOfCorrelation);
  const deviation = noise?.standardDeviation ?? 0;
  const remembered = Math.exp(-stepMs / correlationMs);
  const fresh = deviation * Math.sqrt(1 - remembered ** 2);
  const rateAt = (atMs: number, logarithm: number): number => {
    const phase = (2 * Math.PI * (atMs - load.peakAtSeconds * 1000)) / periodMs;
    const sine = lowPerSecond + ((highPerSecond - lowPerSecond) * (1 + Math.cos(phase))) / 2;
    return sine * Math.exp(logarithm - deviation ** 2 / 2);
  };
  let logarithm = deviation === 0 ? 0 : random.normal(0, deviation);
  let fromPerSecond = rateAt(0, logarithm);
  for (let step = 0; ; step++) {
    const [fromMs, untilMs] = [step * stepMs, (step + 1) * stepMs];
    if (deviation > 0) logarithm = logarithm * remembered + random.normal(0, fresh);
    const toPerSecond = rateAt(untilMs, logarithm);
    yield { fromMs, untilMs, fromPerSecond, toPerSecond };
    fromPerSecond = toPerSecond;
  }
}

function* bursts(load: BurstLoad, random: Random): Generator<RateSegment, undefined> {
  const { basePerSecond, burstPerSecond } = load;
  if (basePerSecond === 0 && burstPerSecond === 0) return;
  const high = basePerSecond + burstPerSecond;
  for (let fromMs = 0; ; ) {
    const burstMs = fromMs + random.exponential(load.meanSecondsBetween * 1000);
    const endMs = burstMs + load.burstSeconds * 1000;
    yield { fromMs, untilMs: burstMs, fromPerSecond: basePerSecond, toPerSecond: basePerSecond };
    yield { fromMs: burstMs, untilMs: endMs, fromPerSecond: high, toPerSecond: high };
    fromMs = endMs;
  }
}

/** Requests per second at a time; cheapest when asked for times that rise. */
export function rateReader(load: DrawnLoad, random: Random): (atMs: number) => number {
  let segments = rateSegments(load, random);
  let segment = segments.next().value;
  return (atMs) => {
    if (segment === undefined || atMs < segment.fromMs) {
      segments = rateSegments(load, random);
      segment = segments.next().value;
    }
    while (segment !== undefined && segment.untilMs <= atMs) segment = segments.next().value;
    if (segment === undefined) return 0;
    const { fromMs, untilMs, fromPerSecond, toPerSecond } = segment;
    if (fromPerSecond === toPerSecond) return fromPerSecond;
    return fromPerSecond + ((toPerSecond - fromPerSecond) * (atMs - fromMs)) / (untilMs - fromMs);
  };
}
