import type { EventQueue, InferenceRequest, Router, Workload } from '../../simulator/index.ts';
import type { ScenarioModel } from '../scenario/scenario.ts';

/** The clients of one model: they send what the load brings, wait, and give up. */
export interface Clients {
  /** Sends the first request, and every other one at its time. */
  start(): void;
  /** Requests that have come and not ended. */
  inFlight(): number;
  /** Whether the load will bring no more. */
  done(): boolean;
  /** Requests per second over the last minute; of whole seconds that have ended, so exact where it is asked for at a whole second. */
  recentRate(): number;
}

const rateSeconds = 60;

export function createClients(options: {
  readonly agenda: EventQueue;
  readonly model: ScenarioModel;
  readonly workload: Workload;
  readonly router: Router;
  /** Requests come before this. */
  readonly untilMs: number;
  readonly onArrival: (request: InferenceRequest) => void;
  readonly onEnd: (request: InferenceRequest) => void;
}): Clients {
  const { agenda, model, workload, router, untilMs } = options;
  const timeoutMs = model.timeoutSeconds * 1000;
  // everybody has the same patience, so who came first gives up first: one timer, for the oldest
  let waiting: InferenceRequest[] = [];
  let oldest = 0;
  let timed = false;
  let inFlight = 0;
  let done = false;
  let count = 0;
  // one more than a minute has: the second that has just begun is counted, and does not belong to it yet
  const perSecond = Array.from({ length: rateSeconds + 1 }, () => ({ second: -1, count: 0 }));

  function send(): void {
    const arrival = workload.next();
    if (arrival === undefined || arrival.atMs >= untilMs) {
      done = true;
      return;
    }
    agenda.at(arrival.atMs, () => {
      const { promptTokens, generationTokens, prefix } = arrival;
      const request: InferenceRequest = {
        id: count++, modelID: model.id, arrivedAtMs: arrival.atMs, promptTokens, generationTokens,
        ...(prefix !== undefined && { prefix }),
        onEnd: ended,
      };
      inFlight += 1;
      remember(arrival.atMs);
      options.onArrival(request);
      waiting.push(request);
      router.submit(request);
      if (!timed) time();
      send();
    });
  }

  function ended(request: InferenceRequest): void {
    inFlight -= 1;
    options.onEnd(request);
  }

  function time(): void {
    while (oldest < waiting.length && waiting[oldest]?.ending !== undefined) oldest += 1;
    if (oldest > 1000 && oldest * 2 > waiting.length) {
      waiting = waiting.slice(oldest);
      oldest = 0;
    }
    const next = waiting[oldest];
    timed = next !== undefined;
    if (next === undefined) return;
    agenda.at(next.arrivedAtMs + timeoutMs, () => {
      if (next.ending === undefined) router.cancel(next);
      time();
    });
  }

  function remember(atMs: number): void {
    const second = Math.floor(atMs / 1000);
    const slot = perSecond[second % perSecond.length];
    if (slot === undefined) return;
    if (slot.second !== second) [slot.second, slot.count] = [second, 0];
    slot.count += 1;
  }

  return {
    start: send,
    inFlight: () => inFlight,
    done: () => done,
    recentRate() {
      const now = Math.floor(agenda.now() / 1000);
      let total = 0;
      for (const slot of perSecond) if (slot.second >= now - rateSeconds && slot.second < now) total += slot.count;
      return total / Math.min(rateSeconds, Math.max(1, now));
    },
  };
}
