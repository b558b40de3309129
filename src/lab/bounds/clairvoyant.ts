import type { Policy } from '../policies/policy.ts';
import type { ExperimentScenario, ScenarioVariant } from '../scenario/scenario.ts';
import type { PolicyStage, StageVariant } from '../stage/policy-stage.ts';
import { smoothed } from './known-load.ts';
import { planReplicas, type PlanStep } from './replica-plan.ts';
import { binSeconds, leadSeconds, planned, setReplicas } from './whole-load.ts';

export interface ClairvoyantSettings {
  /** Replicas for each replica's worth of work: 1 has none to spare. */
  readonly reserve: number;
  /** Work within so many seconds may wait for its turn. */
  readonly smoothSeconds: number;
  /** Fills the cheapest replicas first, instead of taking the cheapest mix of variants. */
  readonly cheapestFirst?: boolean;
}

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

function begin(stage: PolicyStage, { reserve, smoothSeconds, cheapestFirst = false }: ClairvoyantSettings): void {
  const width = Math.max(1, Math.round(smoothSeconds / binSeconds));
  planned(stage, { carried: (work) => smoothed(work, width).map((replicas) => replicas * reserve), most: mostReady, cheapestFirst }, (variants, counts) => follow(stage, variants, counts));
}

/** The most that may be ready in a bin: what is there when the load begins, until a pod that is asked for then can be. */
function mostReady(variant: ScenarioVariant, bin: number): number {
  return bin * binSeconds < leadSeconds(variant) ? Math.min(variant.initialReplicas, variant.maxReplicas) : variant.maxReplicas;
}

function follow(stage: PolicyStage, variants: readonly StageVariant[], need: readonly (readonly number[])[]): void {
  for (const [index, { key, variant }] of variants.entries()) {
    const steps = planReplicas(need.map((counts) => counts[index] ?? 0), binSeconds, leadSeconds(variant), variant.initialReplicas);
    for (const step of steps) take(stage, key, variant.minReplicas, step);
  }
}

function take(stage: PolicyStage, key: string, floor: number, { atSeconds, replicas }: PlanStep): void {
  if (atSeconds >= stage.scenario.durationSeconds) return;
  stage.after(atSeconds * 1000, () => setReplicas(stage, key, Math.max(floor, replicas), `the plan holds ${replicas} from here`));
}
