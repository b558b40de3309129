import { createRandom, type Random } from '../../../src/runtime/index.ts';
import type { Scenario } from '../../../src/simulator/index.ts';

type Fault = Scenario['faults'][number];

/** What goes wrong between the product and what it talks to, from one time to another, seconds after the story begins. */
export interface Trouble {
  readonly kind: (typeof troubles)[number];
  readonly from: number;
  readonly until: number;
  /** Which answer, where there is a choice. */
  readonly code: 409 | 429 | 500 | 503;
}

export const troubles = ['writes-refused', 'writes-hang', 'api-refuses', 'api-cut', 'watches-cut', 'history-lost', 'autoscaler-frozen', 'controller-restarted'] as const;

export interface VariantSketch {
  readonly accelerator: 'A100' | 'MI300X';
  readonly replicas: number;
  readonly min: number;
  readonly max: number;
  readonly cost: number;
}

/** A story that is drawn: one model in the embedded cluster, first with troubles under a load that changes, then without. */
export interface StoryPlan {
  readonly seed: number;
  readonly analyzer: 'learned' | 'percent' | 'tokens' | 'throughput';
  readonly variants: readonly VariantSketch[];
  readonly hasRouter: boolean;
  readonly leaderElect: boolean;
  /** Requests per second: seconds, at their beginning, at their end. */
  readonly load: readonly (readonly [seconds: number, from: number, to: number])[];
  readonly troubles: readonly Trouble[];
  /** What the simulated pods and nodes do. */
  readonly faults: readonly Fault[];
  /** All troubles are over, and the load is even from here on. */
  readonly troubledSeconds: number;
  readonly settlingSeconds: number;
  readonly stableSeconds: number;
}

export function drawStory(seed: number): StoryPlan {
  const random = createRandom(`story/${seed}`);
  // replicas of which nothing is known for their first two minutes mean nothing
  const troubledSeconds = 200 + random.integer(30);
  const kinds = random.next() < 0.5 ? (['A100'] as const) : (['A100', 'MI300X'] as const);
  const high = 8 + 8 * random.next();
  const rest = 1 + 3 * random.next();
  // when less comes, and fewer replicas would do
  const fallsAt = 125 + random.integer(10);
  return {
    seed,
    analyzer: one(random, ['learned', 'learned', 'percent', 'tokens', 'throughput']),
    variants: kinds.map((accelerator, index) => {
      const max = 2 + random.integer(5);
      return { accelerator, max, min: index === 0 ? 1 + random.integer(2) : 0, replicas: Math.min(max, 1 + random.integer(3)), cost: one(random, [1, 4, 10]) };
    }),
    hasRouter: random.next() < 0.5,
    leaderElect: random.next() < 0.3,
    load: [[fallsAt / 2, high * random.next(), high], [fallsAt / 2, high, high], [1200, rest, rest]],
    troubles: Array.from({ length: 1 + random.integer(4) }, () => drawTrouble(random, troubledSeconds)),
    faults: Array.from({ length: random.integer(3) }, () => drawFault(random, troubledSeconds)).concat(random.next() < 0.6 ? silenceFrom(random, fallsAt, troubledSeconds) : []),
    troubledSeconds,
    settlingSeconds: 75,
    stableSeconds: 40,
  };
}

function drawTrouble(random: Random, troubledSeconds: number): Trouble {
  const from = 2 + Math.floor(0.8 * troubledSeconds * random.next());
  return { kind: one(random, troubles), from, until: Math.min(troubledSeconds, from + 3 + Math.floor(random.exponential(15))), code: one(random, [409, 429, 500, 503]) };
}

function drawFault(random: Random, troubledSeconds: number): Fault {
  const atMs = Math.floor(900 * troubledSeconds * random.next());
  const untilMs = Math.min(1000 * troubledSeconds, atMs + 10_000 + Math.floor(random.exponential(40_000)));
  const pod = one(random, ['decode-a100', 'decode', '[0-9a-f]$']);
  return one<() => Fault>(random, [
    () => ({ kind: 'metrics-page', atMs, untilMs, pod, how: one(random, ['garbage', 'huge', 'hangs', 'refuses', 'slow']) }),
    () => ({ kind: 'metrics-page', atMs, untilMs, pod, how: one(random, ['garbage', 'refuses']) }),
    () => ({ kind: 'pod-never-ready', atMs, untilMs, pod }),
    () => ({ kind: 'pod-slow', atMs, untilMs, pod, factor: 2 + random.integer(4) }),
    () => ({ kind: 'node-lost', atMs, untilMs, node: 'a100-1' }),
  ])();
}

/** Some replicas fall silent just when the others show that there is less to do. */
function silenceFrom(random: Random, fallsAt: number, troubledSeconds: number): Fault {
  return { kind: 'metrics-page', atMs: 1000 * (fallsAt - 5), untilMs: 1000 * troubledSeconds, pod: one(random, ['[b-f2-9]$', '[g-r]$', '[s-z]$']), how: one(random, ['garbage', 'refuses', 'hangs']) };
}

function one<T>(random: Random, of: readonly T[]): T {
  return of[random.integer(of.length)] as T;
}
