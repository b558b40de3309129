import type { LatencyHistogram } from './latency-histogram.ts';
import type { Reading } from './reading.ts';

/** What all engines of a model said together: how long its requests took in the last minute. */
export interface LatencyReadings {
  /** To the first token, queues of the engine included. */
  readonly ttft: Reading<LatencyHistogram>;
  /** From token to token. */
  readonly itl: Reading<LatencyHistogram>;
}

/**
 * What the routers in front of a model say of its requests, all routers of its namespace together. Missing where there is none,
 * or it does not say: a router shows no series of a model before the first request for it.
 */
export interface RouterReadings {
  /** Requests per second that reached a router, those that it holds or turned away too. */
  readonly arrivalsPerSecond: Reading;
  /** The same over the shortest time that tells it, ten seconds or one scrape interval. */
  readonly recentArrivalsPerSecond: Reading;
  /** Requests held in flow control, which no replica has yet; missing where that is off. */
  readonly waiting: Reading;
  /** Requests given to a replica and not answered. */
  readonly running: Reading;
}

/** What is known of a model as a whole, whichever replica serves it. */
export interface ModelReadings {
  readonly router: RouterReadings;
  readonly latency: LatencyReadings;
}

/** One model in one namespace. The same name in another namespace is another model. */
export interface ModelObservation extends ModelReadings {
  readonly namespace: string;
  readonly modelID: string;
}
