import { groupBy } from '../../../src/base/index.ts';
import type { Random } from '../../../src/runtime/index.ts';
import { rateAt, type WorldPlan } from './plan.ts';
import { isReady, type ScaleTarget, type WorldPod } from './scale-target.ts';

/** What the router of one model knows, and what is true of its load. */
export interface ModelTraffic {
  /** Requests that came so far. */
  readonly came: number;
  /** Held in flow control. */
  readonly held: number;
  readonly running: number;
  readonly waiting: number;
  /** Requests per second now. */
  readonly rate: number;
  /** The highest rate so far. */
  readonly highest: number;
  /** Until when, at some moment, nothing ran or waited. */
  readonly restedAtMs: number;
}

interface Serving {
  readonly pod: WorldPod;
  readonly target: ScaleTarget;
}

/** Held requests are given up after so long. */
const patienceSeconds = 120;

/** The load of one model: requests by chance, shared out between the replicas that are ready. */
export function createTraffic(plan: WorldPlan, model: number, random: Random): { step(targets: readonly ScaleTarget[], fromMs: number, toMs: number): void; readonly now: ModelTraffic } {
  const { load, router } = plan.models[model] as WorldPlan['models'][number];
  let now: ModelTraffic = { came: 0, held: 0, running: 0, waiting: 0, rate: 0, highest: 0, restedAtMs: 0 };

  function step(targets: readonly ScaleTarget[], fromMs: number, toMs: number): void {
    const seconds = (toMs - fromMs) / 1000;
    const rate = fromMs < plan.faultyMs ? rateAt(load, fromMs) : load.rest;
    const came = poisson(rate * seconds, random);
    const serving: Serving[] = [];
    for (const target of targets) for (const pod of target.pods) if (isReady(pod, fromMs)) serving.push({ pod, target });
    const capability = ({ pod, target }: Serving) => target.capability(pod.variant, fromMs);
    const rooms = router === 'flowControl' ? serving.map((one) => one.pod.replica.room(seconds, capability(one))) : [];
    let left = came + now.held;
    let held = 0;
    if (router === 'flowControl') {
      const room = Math.floor(rooms.reduce((total, one) => total + one, 0)) + serving.length;
      held = Math.min(Math.max(0, left - room), rate * patienceSeconds);
      left = Math.min(left, room);
    } else if (serving.length === 0) left = 0;
    let running = 0;
    let waiting = held;
    const worths = new Map(serving.map((one, index) => [one, router === 'flowControl' ? (rooms[index] as number) + 1 : capability(one).full]));
    // prefill and decode servers have their part of every request
    for (const those of groupBy(serving, ({ pod }) => pod.variant.role ?? 'both').values()) {
      const worth = those.reduce((total, one) => total + (worths.get(one) as number), 0);
      let shared = 0;
      let given = 0;
      for (const one of those) {
        shared += worths.get(one) as number;
        const share = Math.round((left * shared) / worth) - given;
        given += share;
        one.pod.replica.serve(share, seconds, capability(one));
        running += one.pod.replica.running;
        waiting += one.pod.replica.waiting;
      }
    }
    for (const target of targets) for (const pod of target.pods) if (pod.terminatingSinceMs !== undefined) pod.replica.serve(0, seconds, target.capability(pod.variant, fromMs));
    const resting = came === 0 && running < 0.5 && waiting < 0.5;
    now = { came: now.came + came, held, running, waiting, rate, highest: Math.max(now.highest, rate), restedAtMs: resting ? toMs : now.restedAtMs };
  }

  return {
    step,
    get now() {
      return now;
    },
  };
}

/** How many come where `mean` are expected. */
function poisson(mean: number, random: Random): number {
  if (mean <= 0) return 0;
  if (mean > 30) return Math.max(0, Math.round(random.normal(mean, Math.sqrt(mean))));
  let count = 0;
  for (let product = random.next(), limit = Math.exp(-mean); product > limit; product *= random.next()) count++;
  return count;
}
