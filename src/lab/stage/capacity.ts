import { clamp } from '../../base/index.ts';
import { createRandom } from '../../runtime/index.ts';
import type { Random } from '../../runtime/index.ts';
import { createEngine, createEventQueue, createRouter, openWorkload } from '../../simulator/index.ts';
import type { Arrival, EngineRole, InferenceRequest, ServingProfile, TraceSource } from '../../simulator/index.ts';
import { profileOf } from '../scenario/index.ts';
import type { ScenarioModel, ScenarioVariant } from '../scenario/index.ts';

export interface CapacityOptions {
  /** Share of requests that have to meet the SLOs. */
  readonly attainment?: number;
  readonly traces?: TraceSource | undefined;
  /** How long the load comes: token lengths are a sample of all of it. Of its beginning where this is not told. */
  readonly durationSeconds?: number;
}

/** A trial is so many requests, or so long where that is more, within reason; the first sixth is let by before it counts. */
const fewestRequests = 1200;
const trialSeconds = 180;
const mostRequests = 12_000;
const warmUpShare = 1 / 6;
/** Token lengths are a sample of so many, out of so many arrivals at most. */
const mostShapes = 2000;
const mostSeen = 300_000;
const mostSeenOfUnknownLoad = 20_000;
/** Rates are told this closely. */
const precision = 0.02;
/** Servers of the other role, so many that none of them is short. */
const generously = 12;
/** No replica carries more; a profile whose iterations take no time would be searched for ever. */
const mostPerSecond = 5000;

const remembered = new Map<string, number>();

/**
 * Requests per second that one replica carries in steady state with at least `attainment` (0.99) of them within the SLOs: the
 * highest rate of Poisson arrivals with the load's own token lengths, found by bisection over short simulations. Within 2 %.
 * A prefill or a decode server is measured with more servers of the other role than it needs.
 *
 * @returns 0 when not even a lone request now and then is within its SLOs.
 */
export function capacityAtSlo(model: ScenarioModel, variant: ScenarioVariant, options: CapacityOptions = {}): number {
  const { attainment = 0.99, durationSeconds } = options;
  const { serving } = profileOf(variant);
  const key = JSON.stringify([model.slo, model.traffic, durationSeconds, serving, variant.role, attainment]);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const shapes = shapesOf(model, options);
  const carries = (ratePerSecond: number): boolean => trial({ ratePerSecond, shapes, serving, role: variant.role, slo: model.slo }) >= attainment;
  const capacity = shapes.length === 0 ? 0 : highest(carries);
  remembered.set(key, capacity);
  return capacity;
}

function highest(carries: (ratePerSecond: number) => boolean): number {
  let low = 0;
  let high = 1;
  if (carries(high)) {
    while (high < mostPerSecond && carries(high)) [low, high] = [high, high * 2];
  } else {
    while (high > 1e-3 && !carries(high)) high /= 2;
    if (high <= 1e-3) return 0;
    [low, high] = [high, high * 2];
  }
  while (high - low > precision * low) {
    const middle = (low + high) / 2;
    if (carries(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** A sample of the requests that the load brings (reservoir sampling: each one as likely as any other). */
function shapesOf(model: ScenarioModel, { traces, durationSeconds }: CapacityOptions): readonly Arrival[] {
  const random = createRandom('capacity/shapes');
  const workload = openWorkload(model.traffic, random.fork('load'), traces);
  const shapes: Arrival[] = [];
  const most = durationSeconds === undefined ? mostSeenOfUnknownLoad : mostSeen;
  const untilMs = (durationSeconds ?? Infinity) * 1000;
  for (let seen = 0; seen < most; seen++) {
    const arrival = workload.next();
    if (arrival === undefined || arrival.atMs >= untilMs) break;
    if (shapes.length < mostShapes) shapes.push(arrival);
    else {
      const place = random.integer(seen + 1);
      if (place < mostShapes) shapes[place] = arrival;
    }
  }
  return shapes;
}

interface Trial {
  readonly ratePerSecond: number;
  readonly shapes: readonly Arrival[];
  readonly serving: ServingProfile;
  readonly role: EngineRole;
  readonly slo: ScenarioModel['slo'];
}

/** Share of the requests of one short simulation that meet the SLOs; given up as soon as it cannot be 99 % any more. */
function trial({ ratePerSecond, shapes, serving, role, slo }: Trial): number {
  const agenda = createEventQueue(0);
  const random = createRandom('capacity/trial');
  const router = createRouter(agenda, { patienceMs: 1e9, random: random.fork('router') });
  router.addServer('measured', createEngine(serving, agenda, { role }));
  const others = role === 'both' ? 0 : generously;
  for (let count = 0; count < others; count++) {
    router.addServer(`other-${count}`, createEngine(serving, agenda, { role: role === 'prefill' ? 'decode' : 'prefill' }));
  }
  const times = random.fork('times');
  const requests = Math.round(clamp(ratePerSecond * trialSeconds, fewestRequests, mostRequests));
  const warmUp = Math.round(requests * warmUpShare);
  let sent = 0;
  let ended = 0;
  let misses = 0;

  function onEnd(request: InferenceRequest): void {
    ended += 1;
    if (request.id >= warmUp && !meets(request, slo)) misses += 1;
  }

  function send(random: Random): void {
    if (sent >= requests) return;
    agenda.at(agenda.now() + random.exponential(1000 / ratePerSecond), () => {
      const { promptTokens, generationTokens, prefix } = shapes[sent % shapes.length] as Arrival;
      const request: InferenceRequest = { id: sent, modelID: serving.modelID, arrivedAtMs: agenda.now(), promptTokens, generationTokens, ...(prefix !== undefined && { prefix }), onEnd };
      sent += 1;
      router.submit(request);
      send(random);
    });
  }

  send(times);
  const counted = requests - warmUp;
  const hopeless = counted * 0.2;
  const over = (): boolean => ended >= requests || misses >= hopeless;
  for (let nextMs = agenda.nextAtMs(); nextMs !== undefined && !over(); nextMs = agenda.nextAtMs()) agenda.runUntil(nextMs + 1000);
  return misses >= hopeless ? 0 : 1 - misses / counted;
}

function meets(request: InferenceRequest, slo: ScenarioModel['slo']): boolean {
  const { arrivedAtMs, firstTokenAtMs, endedAtMs, generationTokens } = request;
  if (request.ending !== 'completed' || firstTokenAtMs === undefined || endedAtMs === undefined) return false;
  const inTtft = (firstTokenAtMs - arrivedAtMs) / 1000 <= slo.ttftSeconds;
  const inTpot = generationTokens <= 1 || (endedAtMs - firstTokenAtMs) / 1000 / (generationTokens - 1) <= slo.tpotSeconds;
  return inTtft && inTpot;
}
