import { steadyState } from './birth-death.ts';
import { solve } from './search.ts';
import { departuresPerMs, prefillMs, type ServiceLaw, type Work } from './service-law.ts';

/** One replica as a queue: so many requests in its batch, so many places to wait. */
export interface QueueModel {
  readonly law: ServiceLaw;
  readonly work: Work;
  readonly waitingPlaces: number;
  /** With 1, 2, ... requests in service, a millisecond. */
  readonly departures: readonly number[];
  /** Requests a second between which it can be asked: a thousandth of what one in service leaves, and a thousandth less than what a full batch does. */
  readonly leastPerSecond: number;
  readonly mostPerSecond: number;
}

/** How one replica fares, in the mean. */
export interface Fare {
  readonly throughputPerSecond: number;
  readonly responseMs: number;
  readonly waitMs: number;
  readonly inService: number;
  readonly prefillMs: number;
  readonly itlMs: number;
}

const margin = 0.001;

/** `undefined` for what cannot be: no batch, no answers, times that are not above 0. */
export function queueModelOf(law: ServiceLaw, work: Work, sequences: number, waitingPlaces: number): QueueModel | undefined {
  if (!Number.isInteger(sequences) || sequences < 1 || !Number.isInteger(waitingPlaces) || waitingPlaces < 0) return undefined;
  if (!(work.promptTokens >= 0) || !(work.generationTokens >= 1)) return undefined;
  const departures = Array.from({ length: sequences }, (_, index) => departuresPerMs(law, work, index + 1));
  if (!departures.every((rate) => rate > 0 && Number.isFinite(rate))) return undefined;
  return { law, work, waitingPlaces, departures, leastPerSecond: margin * (departures[0] as number) * 1000, mostPerSecond: (1 - margin) * (departures.at(-1) as number) * 1000 };
}

/** At so many requests a second; `undefined` for none, and for more than it ever serves. */
export function fareAt(model: QueueModel, perSecond: number): Fare | undefined {
  return perSecond > 0 && perSecond <= model.mostPerSecond ? fareUnder(model, perSecond) : undefined;
}

/** The same at any load above 0: beyond what is served the places are full, and the rest is turned away. */
export function fareUnder({ law, work, waitingPlaces, departures }: QueueModel, perSecond: number): Fare {
  const { throughput, responseTime, serviceTime, waitTime, inService } = steadyState(departures, waitingPlaces, perSecond / 1000);
  const prefill = prefillMs(law, work, inService);
  return { throughputPerSecond: throughput * 1000, responseMs: responseTime, waitMs: waitTime, inService, prefillMs: prefill, itlMs: (serviceTime - prefill) / work.generationTokens };
}

/** The one definition of the time to the first token, for targets, for what is expected and for what is learned: the wait, and the iteration that computes the prompt and gives that token. */
export function firstTokenMs({ waitMs, prefillMs: prefill }: Fare): number {
  return waitMs + prefill;
}

/** Mean times that are to be met; one that is absent does not count. */
export interface Targets {
  readonly ttftMs?: number;
  readonly itlMs?: number;
}

/** Requests a second up to which both targets are met; `undefined` for one that is missed even by requests that come alone. */
export function rateWithin(model: QueueModel, { ttftMs, itlMs }: Targets, firstToken: (fare: Fare) => number = firstTokenMs): number | undefined {
  let most = model.mostPerSecond;
  for (const [target, of] of [[ttftMs, firstToken], [itlMs, ({ itlMs: itl }: Fare) => itl]] as const) {
    if (target === undefined) continue;
    const found = solve((perSecond) => { const fare = fareAt(model, perSecond); return fare && of(fare); }, model.leastPerSecond, model.mostPerSecond, target);
    if (found === undefined || found.where === 'below') return undefined;
    most = Math.min(most, found.x);
  }
  return most;
}
