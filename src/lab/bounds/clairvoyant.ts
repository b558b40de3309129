import type { Arrival } from '../../simulator/index.ts';
import type { Policy } from '../policies/policy.ts';
import type { ExperimentScenario, ScenarioVariant } from '../scenario/scenario.ts';
import type { PolicyStage, StageVariant } from '../stage/policy-stage.ts';
import { cheapestFirst, cheapestMix } from './cheapest-mix.ts';
import { carryingOf, meanShape, smoothed, workByBin } from './known-load.ts';
import { planReplicas, type PlanStep } from './replica-plan.ts';

export interface ClairvoyantSettings {
  /** Replicas for each replica's worth of work: 1 has none to spare. */
  readonly reserve: number;
  /** Work within so many seconds may wait for its turn. */
  readonly smoothSeconds: number;
  /** Fills the cheapest replicas first, instead of taking the cheapest mix of variants. */
  readonly cheapestFirst?: boolean;
}

/** Work is counted in bins of so many seconds. */
const binSeconds = 5;
/** Beyond the mean start-up time, in standard deviations: pods are asked for early enough that 98 of 100 are ready in time. */
const leadDeviations = 2;

/**
 * Knows every arrival and its tokens, and otherwise has what everybody has: replicas that take their start-up time, bounds,
 * accelerators. Its reserve traces the curve of cost against attainment.
 */
export function clairvoyant(settings: ClairvoyantSettings): Policy {
  const { reserve, smoothSeconds, cheapestFirst: cheap = false } = settings;
  const mixed = `clairvoyant@${reserve.toFixed(2)}/${smoothSeconds}s`;
  return {
    name: cheap ? `${mixed}/cheapest-first` : mixed,
    family: 'bound',
    title: `A plan that knows every arrival, with ${reserve.toFixed(2)} replicas for each replica's worth of work in ${smoothSeconds} s${cheap ? ', the cheapest first' : ''}`,
    source: `Own: bins of 5 s, ${cheap ? 'the cheapest replicas first' : 'the cheapest whole mix of variants for each'}, pauses shorter than a start-up bridged (src/lab/bounds).`,
    settings: { reserve, smoothSeconds, cheapestFirst: Number(cheap) },
    refuses: (scenario) => (cheap && !hasChoice(scenario) ? `no model has several variants of one role here, so it is the plan ${mixed}` : undefined),
    begin: (stage) => begin(stage, settings),
  };
}

/** Whether anything can be chosen: several variants that do the same for a model. */
function hasChoice({ models }: ExperimentScenario): boolean {
  return models.some(({ variants }) => new Set(variants.map(({ role }) => role)).size < variants.length);
}

// up to three times the work: what is lost with a node, or starts late, is not foreseen, and only a reserve helps
const reserves = [0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.1, 1.25, 1.5, 2, 3];
/** A replica that is short for a while catches up within its SLO; how long a while is best depends on the load, so both are tried. */
const smoothings = [30, 60];

/** The points of the curve; its hull is what other policies are held against. Those that fill the cheapest first refuse a scenario without any choice. */
export function clairvoyantCurve(): readonly Policy[] {
  return [false, true].flatMap((cheapest) => reserves.flatMap((reserve) => smoothings.map((smoothSeconds) => clairvoyant({ reserve, smoothSeconds, cheapestFirst: cheapest }))));
}

function begin(stage: PolicyStage, settings: ClairvoyantSettings): void {
  const free = freeAccelerators(stage);
  const models = stage.scenario.models.map((model, index) => ({ model, index })).toSorted((a, b) => b.model.priority - a.model.priority || a.index - b.index);
  for (const { model, index } of models) {
    const arrivals = allOf(stage.foresee(index));
    for (const role of ['both', 'prefill', 'decode'] as const) {
      const variants = stage.variants.filter((one) => one.model === model && one.variant.role === role);
      if (variants.length > 0) follow(stage, variants, needOf(stage, variants, arrivals, settings, free));
    }
  }
}

function allOf(source: { next(): Arrival | undefined }): Arrival[] {
  const arrivals: Arrival[] = [];
  for (let arrival = source.next(); arrival !== undefined; arrival = source.next()) arrivals.push(arrival);
  return arrivals;
}

/** Accelerators left in each bin, by name; absent where there is no limit. */
function freeAccelerators(stage: PolicyStage): ReadonlyMap<string, number[]> {
  const bins = Math.ceil(stage.scenario.durationSeconds / binSeconds);
  return new Map(Object.entries(stage.scenario.accelerators).map(([name, count]) => [name, Array.from({ length: bins }, () => count)]));
}

/** Seconds before it is needed that a pod is asked for. */
function leadSeconds({ startup: { meanSeconds, standardDeviationSeconds } }: ScenarioVariant): number {
  return meanSeconds + leadDeviations * standardDeviationSeconds;
}

/** The most that may be ready in a bin: what is there when the load begins, until a pod that is asked for then can be. */
function mostReady(variant: ScenarioVariant, bin: number): number {
  return bin * binSeconds < leadSeconds(variant) ? Math.min(variant.initialReplicas, variant.maxReplicas) : variant.maxReplicas;
}

/** Replicas of each variant that each bin calls for. Takes their accelerators. */
function needOf(stage: PolicyStage, variants: readonly StageVariant[], arrivals: readonly Arrival[], { reserve, smoothSeconds, cheapestFirst: cheap = false }: ClairvoyantSettings, free: ReadonlyMap<string, number[]>): number[][] {
  const shape = meanShape(arrivals);
  const capacities = variants.map(({ key }) => stage.capacity(key));
  const able = variants.findIndex((_, index) => (capacities[index] ?? 0) > 0);
  const first = variants[able];
  // nothing carries anything within the SLOs: all there is, all the time
  if (first === undefined) return [variants.map(({ variant }) => variant.maxReplicas)];
  const reference = carryingOf(first.variant, capacities[able] ?? 0, shape);
  // work in replicas of that variant; the others carry so many times as much
  const work = smoothed(workByBin(arrivals, reference, binSeconds, stage.scenario.durationSeconds), Math.max(1, Math.round(smoothSeconds / binSeconds)));
  return work.map((replicas, bin) => {
    const options = variants.map(({ variant, accelerator, acceleratorsPerReplica, costPerHour }, index) => {
      const left = Math.floor((free.get(accelerator)?.[bin] ?? Infinity) / acceleratorsPerReplica);
      const maxReplicas = Math.min(mostReady(variant, bin), left);
      return { carries: (capacities[index] ?? 0) / reference.requestsPerSecond, costPerHour, minReplicas: Math.min(variant.minReplicas, maxReplicas), maxReplicas };
    });
    const counts = (cheap ? cheapestFirst : cheapestMix)(options, replicas * reserve);
    for (const [index, { accelerator, acceleratorsPerReplica }] of variants.entries()) {
      const left = free.get(accelerator);
      if (left !== undefined) left[bin] = Math.max(0, (left[bin] ?? 0) - (counts[index] ?? 0) * acceleratorsPerReplica);
    }
    return counts;
  });
}

function follow(stage: PolicyStage, variants: readonly StageVariant[], need: readonly (readonly number[])[]): void {
  for (const [index, { key, variant }] of variants.entries()) {
    const steps = planReplicas(need.map((counts) => counts[index] ?? 0), binSeconds, leadSeconds(variant), variant.initialReplicas);
    for (const step of steps) take(stage, key, variant.minReplicas, step);
    stage.after(stage.scenario.durationSeconds * 1000, () => setReplicas(stage, key, variant.minReplicas, 'the load has ended'));
  }
}

function take(stage: PolicyStage, key: string, floor: number, { atSeconds, replicas }: PlanStep): void {
  if (atSeconds >= stage.scenario.durationSeconds) return;
  stage.after(atSeconds * 1000, () => setReplicas(stage, key, Math.max(floor, replicas), `the plan holds ${replicas} from here`));
}

function setReplicas(stage: PolicyStage, variant: string, to: number, why: string): void {
  const from = stage.replicas(variant).spec;
  if (from !== to) stage.scale({ variant, from, to, why });
}
