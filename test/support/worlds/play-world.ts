import { decide, planEmission } from '../../../src/decide/index.ts';
import { defaultPolicy, emptyMemory, noQuotas, type CycleRecord, type Memory, type PolicySet, type ReplicaSeries } from '../../../src/model/index.ts';
import { joinObservation } from '../../../src/observe/index.ts';
import { createRandom } from '../../../src/runtime/index.ts';
import { createFaults } from './faults.ts';
import { follow, syncMs } from './follower.ts';
import type { WorldPlan } from './plan.ts';
import { createRoom, type Room } from './room.ts';
import { createScaleTarget, type ScaleTarget } from './scale-target.ts';
import { createTraffic, type ModelTraffic } from './traffic.ts';
import { createLooking, createScraper } from './world-samples.ts';
import { clockOf, snapshotOf, written, type Statuses } from './world-snapshot.ts';

/** One cycle of the controller in a world, and what was true then. */
export interface WorldCycle {
  /** Since the beginning of the world. */
  readonly atMs: number;
  readonly record: CycleRecord;
  readonly after: Memory;
  /** Its first one: it remembers nothing, and status knows what was decided before. */
  readonly first: boolean;
  readonly traffic: readonly ModelTraffic[];
  readonly targets: readonly ScaleTarget[];
  /** Absent where nothing is scarce. */
  readonly room?: Room;
}

/** The world moves on in steps of so long. */
const stepMs = 5000;

export function policySetFor({ models, scarcity }: WorldPlan): PolicySet {
  return { global: defaultPolicy, namespaces: {}, models: Object.fromEntries(models.map(({ modelID, namespace, policy }) => [`${modelID}#${namespace}`, policy])), quotas: scarcity?.quotas ?? noQuotas };
}

/**
 * Plays a world with the product's windows, join, `decide` and `planEmission` in it, and tells each cycle. What carries them is the world's: pods that start late,
 * a Prometheus, statuses that outlive the controller, autoscalers that follow the series.
 */
export function playWorld(plan: WorldPlan, watch: (cycle: WorldCycle) => void): void {
  const policy = policySetFor(plan);
  const faults = createFaults(plan.faults);
  const chance = createRandom(`world/${plan.seed}/chance`);
  const targets: ScaleTarget[] = [];
  const room = plan.scarcity && createRoom(plan.scarcity, targets);
  for (const [index, model] of plan.models.entries()) {
    const make = (name: string, variants: typeof model.variants): unknown => targets.push(createScaleTarget(name, index, model, variants, faults, chance.fork(name), room));
    if (model.shared) make(`m${index}`, model.variants);
    else for (const variant of model.variants) make(`m${index}-${variant.name}`, [variant]);
  }
  const byName = new Map(targets.map((target) => [target.name, target]));
  const traffic = plan.models.map((_, index) => createTraffic(plan, index, chance.fork(`load/${index}`)));
  const targetsOf = plan.models.map((_, index) => targets.filter(({ model }) => model === index));
  const scraper = createScraper(faults);
  const statuses: Statuses = new Map();
  const phases = { scrape: stepMs * chance.integer(plan.scrapeMs / stepMs), cycle: stepMs * chance.integer(plan.intervalMs / stepMs), sync: stepMs * chance.integer(syncMs / stepMs) };
  let look = createLooking(plan, scraper, faults);
  let memory: Memory = emptyMemory;
  let first = true;
  let board: readonly ReplicaSeries[] = [];

  function cycle(nowMs: number): void {
    const observation = joinObservation(snapshotOf(targets, statuses, faults, nowMs, room), look(targets, nowMs), policy.global, clockOf(nowMs));
    const { atMs } = observation;
    const { decisions, memory: after } = decide(observation, policy, memory, atMs);
    const emission = planEmission(observation, decisions, memory, atMs);
    watch({ atMs: nowMs, record: { atMs, observation, policy, memory, decisions, emission }, after, first, traffic: traffic.map(({ now }) => now), targets, ...(room && { room }) });
    memory = after;
    first = false;
    board = emission.series;
    if (faults.on('writes-refused', nowMs) !== undefined) return;
    for (const { target, replicas } of emission.scales) (byName.get(target.name) as ScaleTarget).spec = replicas;
    written(statuses, emission.statuses);
  }

  const endMs = plan.faultyMs + plan.settlingMs + plan.stableMs;
  for (let fromMs = 0; fromMs < endMs; fromMs += stepMs) {
    const toMs = fromMs + stepMs;
    if (faults.beginning('controller-restarted', fromMs, toMs).length > 0) {
      look = createLooking(plan, scraper, faults);
      memory = emptyMemory;
      first = true;
    }
    for (const target of targets) target.step(fromMs, toMs);
    for (const [index, one] of traffic.entries()) one.step(targetsOf[index] as ScaleTarget[], fromMs, toMs);
    if (toMs % plan.scrapeMs === phases.scrape) scraper.scrape(targets, traffic.map(({ now }) => now), toMs);
    if (toMs % plan.intervalMs === phases.cycle) cycle(toMs);
    if (toMs % syncMs === phases.sync) for (const target of targets) follow(target, board, faults, toMs);
  }
}
