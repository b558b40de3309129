import type { LatencyHistogram } from './latency-histogram.ts';
import type { Reading } from './reading.ts';

/** What all engines of a model said together: how long its requests took in the last minute. */
export interface LatencyReadings {
  /** To the first token, queues of the engine included. */
  readonly ttft: Reading<LatencyHistogram>;
  /** From token to token. */
  readonly itl: Reading<LatencyHistogram>;
}

/** What is known of a model as a whole, whichever replica serves it. */
export interface ModelReadings {
  readonly latency: LatencyReadings;
}

/** One model in one namespace. The same name in another namespace is another model. */
export interface ModelObservation extends ModelReadings {
  readonly namespace: string;
  readonly modelID: string;
}
