import { isReady } from './pod.ts';
import { isActive, shown } from './pod.ts';
import type { Capacities } from './needs.ts';
import { startHorizontalAutoscaler } from './horizontal-autoscaler.ts';
import type { PolicyStage, StageDecision, StageVariant } from './policy-stage.ts';
import type { ScaleLog } from './scale-log.ts';
import { createTelemetry } from './telemetry/questions.ts';
import { startScraper } from './telemetry/scraper.ts';
import { lookbackMs } from './telemetry/track.ts';
import type { Theatre } from './theatre.ts';

/** What samples are kept for unless a policy asks for longer. */
const defaultKeepMs = 600_000;

/** What a policy sees of the theatre, and may do in it. */
export function createStage(theatre: Theatre, log: ScaleLog, capacities: Capacities): PolicyStage {
  const { agenda, fleet, scenario, variants, models } = theatre;
  const random = theatre.random.fork('policy');
  let scrapers = 0;
  let autoscalers = 0;

  const stage: PolicyStage = {
    scenario,
    variants,
    random,
    now: () => agenda.now(),
    every(periodMs, fire, firstMs = periodMs) {
      if (!(periodMs > 0)) throw new Error(`A policy asked to be called every ${periodMs} ms, which is no period.`);
      const tick = (): void => {
        agenda.at(agenda.now() + periodMs, tick);
        fire();
      };
      agenda.at(agenda.now() + firstMs, tick);
    },
    after(delayMs, fire) {
      agenda.at(agenda.now() + delayMs, fire);
    },
    scrape({ enginesMs, routerMs, keepMs = defaultKeepMs, offsetMs }) {
      for (const periodMs of [enginesMs, routerMs]) if (!(periodMs > 0)) throw new Error(`A policy asked to scrape every ${periodMs} ms, which is no period.`);
      const kept = Math.max(keepMs, lookbackMs);
      const scraper = startScraper({
        agenda, faults: scenario.faults, random: theatre.random.fork(`scraper/${scrapers++}`),
        models: models.map(({ router, engines }) => ({ router, engines })),
        onPod: theatre.onPod,
        isThere: theatre.isThere,
        enginesMs, routerMs, keepMs: kept,
        ...(offsetMs !== undefined && { offsetMs }),
      });
      return createTelemetry(scraper, () => agenda.now(), kept);
    },
    replicas(variant) {
      const pods = fleet.pods(known(variant).key);
      const active = pods.filter(isActive);
      const ready = active.filter(isReady).length;
      return { spec: fleet.spec(variant), pods: pods.map(shown), ready, starting: active.length - ready };
    },
    accelerators() {
      return Object.keys(scenario.accelerators).map((accelerator) => {
        const { free, held } = fleet.room(accelerator);
        return { accelerator, capacity: free + held, held };
      });
    },
    scale(decision) {
      const { to, why } = decision;
      const { key } = known(decision.variant);
      if (!Number.isInteger(to) || to < 0) throw new Error(`A policy asked for ${to} replicas of ${key}, which is no number of replicas (${why})`);
      const from = fleet.spec(key);
      record({ variant: key, from, to, why }, to !== from);
      if (to !== from) fleet.scale(key, to);
    },
    note(decision) {
      record({ ...decision, variant: known(decision.variant).key }, false);
    },
    hpa(variant, options) {
      startHorizontalAutoscaler(stage, known(variant).key, options, theatre.random.fork(`hpa/${autoscalers++}`));
    },
    foresee(index) {
      const model = models[index];
      if (model === undefined) throw new Error(`The scenario ${scenario.name} has no model ${index}.`);
      const load = model.openLoad();
      const untilMs = scenario.durationSeconds * 1000;
      return {
        next() {
          const arrival = load.next();
          return arrival !== undefined && arrival.atMs < untilMs ? arrival : undefined;
        },
      };
    },
    capacity: (variant) => capacities[known(variant).key] ?? 0,
    onWaiting(model, fire) {
      const index = scenario.models.indexOf(model);
      const { router } = models[index] ?? {};
      if (router === undefined) throw new Error(`The scenario ${scenario.name} has no model ${model.id}.`);
      // not within the router's own step: whoever is told may look at it
      router.onWaiting(() => agenda.at(agenda.now(), fire));
    },
  };

  function known(key: string): StageVariant {
    const found = variants.find((variant) => variant.key === key);
    if (found === undefined) throw new Error(`A policy named the variant ${key}; there are ${variants.map((variant) => variant.key).join(', ')}.`);
    return found;
  }

  function record(decision: StageDecision, changed: boolean): void {
    log.record(agenda.now(), decision, changed);
  }

  return stage;
}
