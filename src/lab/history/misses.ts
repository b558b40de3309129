import { compareText } from '../../base/index.ts';
import { defaultPolicy, freshValue, modelKey, type ReplicaObservation, type Variant } from '../../model/index.ts';
import type { Conclusion } from '../../decide/index.ts';
import { SlidingMinimum } from './sliding-minimum.ts';

/** What counts as a miss. */
export interface MissRules {
  /** Mean latencies above these are misses. Without them a saturated replica is one. */
  readonly ttftSeconds?: number;
  readonly itlSeconds?: number;
  /** Capacity counts once it has been asked for this long. */
  readonly startupMs: number;
}

/** A yardstick must not move with the policies that it compares, so it is the built-in one. */
const { kvCacheThreshold, queueLengthThreshold } = defaultPolicy.saturation;

/** Requests that probably missed what they should have had. */
export interface Misses {
  /** All that arrived, where arrivals are known. */
  readonly requests: number;
  /** With the replicas that there were. */
  readonly actual: number;
  /** With the replicas that would have been. */
  readonly decided: number;
}

/** Those of one role of one model. */
export interface WorkMisses extends Misses {
  readonly work: string;
}

/** Of all works together, the same to the last bit in whatever order they come. */
export function totalMisses(works: readonly WorkMisses[]): Misses {
  const total = { requests: 0, actual: 0, decided: 0 };
  for (const { requests, actual, decided } of works.toSorted((a, b) => compareText(a.work, b.work))) {
    total.requests += requests;
    total.actual += actual;
    total.decided += decided;
  }
  return total;
}

const none: readonly ReplicaObservation[] = [];

/** Variants that serve the same requests. */
class Work implements Misses {
  requests = 0;
  actual = 0;
  decided = 0;
  /** Of this cycle: whether it was seen, the replicas that serve, and how many would. */
  isSeen = false;
  serving: readonly ReplicaObservation[] = none;
  wouldServe = 0;
}

/** What is remembered of one variant. */
export class MissShare {
  readonly work: Work;
  readonly asked: SlidingMinimum;
  readonly desired: SlidingMinimum;

  constructor(work: Work, startupMs: number) {
    this.work = work;
    this.asked = new SlidingMinimum(startupMs);
    this.desired = new SlidingMinimum(startupMs);
  }
}

/**
 * A simple model of what other numbers of replicas would have done to requests. The load that was seen is shared out anew: with two
 * replicas where there were three, each carries half as much again, and its KV use, its queue and its latencies are taken to be 1.5 times
 * what they were. A replica beyond the limits makes misses of all that arrives at it meanwhile. Replicas that would have been asked for
 * count after a start-up, replicas that would have been given back are gone at once.
 *
 * It knows nothing of requests that waited in a router, of queues that go on growing for longer than they did, of clients that give up,
 * or of what the decisions after would have been: a comparison of policies, no forecast.
 */
export class MissModel {
  readonly #rules: MissRules;
  readonly #works = new Map<string, Work>();
  /** Those of this cycle. */
  readonly #seen: Work[] = [];

  constructor(rules: MissRules) {
    this.#rules = rules;
  }

  share(variant: Variant): MissShare {
    const name = `${variant.role} ${modelKey(variant)}`;
    let work = this.#works.get(name);
    if (!work) this.#works.set(name, (work = new Work()));
    return new MissShare(work, this.#rules.startupMs);
  }

  /** What a variant was decided to have in this cycle. */
  see({ work, asked, desired: granted }: MissShare, { subject, desired }: Conclusion, atMs: number): void {
    const { serving, current } = subject.supply;
    const more = granted.push(atMs, desired ?? current) - asked.push(atMs, current);
    if (!work.isSeen) this.#seen.push(work);
    work.isSeen = true;
    work.wouldServe += Math.max(0, serving.length + more);
    work.serving = work.serving.length === 0 ? serving : [...work.serving, ...serving];
  }

  /** Judges the cycle, once every variant has been seen; what was seen is taken to have lasted so long. */
  judge(seconds: number): void {
    for (let work = this.#seen.pop(); work; work = this.#seen.pop()) {
      const factor = work.serving.length === 0 ? 1 : work.serving.length / work.wouldServe;
      for (const { readings } of work.serving) {
        const requests = (freshValue(readings.arrivalsPerSecond) ?? 0) * seconds;
        if (requests === 0) continue;
        work.requests += requests;
        const worst = this.#worstOf(readings);
        if (worst >= 1) work.actual += requests;
        if (worst * factor >= 1) work.decided += requests;
      }
      work.isSeen = false;
      work.wouldServe = 0;
      work.serving = none;
    }
  }

  /** Of each work by itself. */
  works(): WorkMisses[] {
    return [...this.#works].map(([name, { requests, actual, decided }]) => ({ work: name, requests, actual, decided }));
  }

  /** The largest of the quantities as a share of its limit. */
  #worstOf(readings: ReplicaObservation['readings']): number {
    const { ttftSeconds, itlSeconds } = this.#rules;
    if (ttftSeconds === undefined && itlSeconds === undefined) {
      return Math.max((freshValue(readings.kvUsedFraction) ?? 0) / kvCacheThreshold, (freshValue(readings.waiting) ?? 0) / queueLengthThreshold);
    }
    return Math.max(
      ttftSeconds === undefined ? 0 : (freshValue(readings.ttftSeconds) ?? 0) / ttftSeconds,
      itlSeconds === undefined ? 0 : (freshValue(readings.itlSeconds) ?? 0) / itlSeconds,
    );
  }
}
