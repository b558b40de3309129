import { createRandom } from '../../runtime/index.ts';
import type { Random } from '../../runtime/index.ts';
import { createEngine, createEventQueue, createRouter, openWorkload } from '../../simulator/index.ts';
import type { Engine, EventQueue, InferenceRequest, Router, TraceSource, Workload } from '../../simulator/index.ts';
import type { ExperimentScenario } from '../scenario/scenario.ts';
import { createClients } from './clients.ts';
import type { Clients } from './clients.ts';
import { createFleet } from './fleet.ts';
import type { Fleet } from './fleet.ts';
import { createLatencies, createModelLedger } from './model-ledger.ts';
import type { Latencies, ModelLedger, Outcome } from './model-ledger.ts';
import type { Pod } from './pod.ts';
import { createPodFaults } from './pod-faults.ts';
import { createReplicaMeters } from './replica-meters.ts';
import type { ReplicaMeters } from './replica-meters.ts';
import { faultHits, stagedVariants } from './stage-variants.ts';
import type { StagedVariant } from './stage-variants.ts';
import type { ScrapedPod } from './telemetry/scraper.ts';
import { tokensGiven } from './tokens-given.ts';

/** One model of the scenario as it is being served. */
export interface StagedModel {
  readonly index: number;
  readonly router: Router;
  readonly clients: Clients;
  readonly ledger: ModelLedger;
  /** Ready engines, by the order of their becoming ready. */
  readonly engines: () => readonly Engine[];
  /** The load from its beginning, as it comes in this run. */
  openLoad(): Workload;
}

/** The world of one run before any policy: pods, routers, clients and faults on simulated time. */
export interface Theatre {
  readonly agenda: EventQueue;
  readonly random: Random;
  readonly scenario: ExperimentScenario;
  readonly variants: readonly StagedVariant[];
  readonly models: readonly StagedModel[];
  readonly fleet: Fleet;
  readonly meters: ReplicaMeters;
  /** Pods that are gone: how long each held accelerators. */
  readonly heldMsOfEnded: ReadonlyMap<string, number>;
  /** Totals of engines that are gone. */
  readonly gone: { readonly generationTokens: number[]; readonly preemptions: number[] };
  /** Of all models together. */
  readonly latencies: Latencies;
  /** Engines of a model that are there, draining ones included. */
  enginesThere(model: number): readonly Engine[];
  /** Told of pods that can be scraped now, and of each one from when it can be. */
  readonly onPod: (found: (pod: ScrapedPod) => void) => void;
  readonly isThere: (pod: ScrapedPod) => boolean;
  /** The client side of what happens. */
  onOutcome(tell: (model: number, outcome: Outcome, request: InferenceRequest) => void): void;
  onArrival(tell: (model: number, request: InferenceRequest) => void): void;
}

export function openTheatre(options: { readonly scenario: ExperimentScenario; readonly seed: number; readonly traces?: TraceSource | undefined }): Theatre {
  const { scenario, traces } = options;
  const agenda = createEventQueue(0);
  const random = createRandom(`lab/${scenario.name}/${options.seed}`);
  const variants = stagedVariants(scenario);
  const serving = new Map<string, { readonly scraped: ScrapedPod; readonly engine: Engine }>();
  // on lost nodes: nobody answers there any more, and the API server does not know
  const silent = new Set<string>();
  const ready: Engine[][] = scenario.models.map(() => []);
  const gone = { generationTokens: scenario.models.map(() => 0), preemptions: scenario.models.map(() => 0) };
  const heldMsOfEnded = new Map<string, number>(variants.map(({ key }) => [key, 0]));
  const finders: ((pod: ScrapedPod) => void)[] = [];
  const outcomeListeners: ((model: number, outcome: Outcome, request: InferenceRequest) => void)[] = [];
  const arrivalListeners: ((model: number, request: InferenceRequest) => void)[] = [];

  const latencies = createLatencies();
  const models = scenario.models.map((model, index): StagedModel => {
    const router = createRouter(agenda, {
      ...model.router,
      // clients give up first
      patienceMs: model.timeoutSeconds * 1000 + 1000,
      random: random.fork(`router/${index}`),
    });
    const ledger = createModelLedger(model.slo);
    const openLoad = (): Workload => openWorkload(model.traffic, random.fork(`load/${index}`), traces);
    const clients = createClients({
      agenda, model, router, workload: openLoad(), untilMs: scenario.durationSeconds * 1000,
      onArrival(request) {
        ledger.arrive();
        for (const tell of arrivalListeners) tell(index, request);
      },
      onEnd(request) {
        const outcome = ledger.end(request);
        if (outcome.ttftSeconds !== undefined) latencies.ttft.add(outcome.ttftSeconds);
        if (outcome.tpotSeconds !== undefined) latencies.tpot.add(outcome.tpotSeconds);
        for (const tell of outcomeListeners) tell(index, outcome, request);
      },
    });
    return { index, router, clients, ledger, openLoad, engines: () => ready[index] ?? [] };
  });

  const faults = createPodFaults(scenario.faults, faultHits);
  const podsOf = (key: string): readonly Pod[] => fleet?.pods(key) ?? [];
  let fleet: Fleet | undefined;
  const meters = createReplicaMeters(variants, podsOf, () => agenda.now());

  function variantOf(pod: Pod): StagedVariant {
    return pod.variant as StagedVariant;
  }

  function serve(pod: Pod): void {
    const { key, modelIndex, profile, variant } = variantOf(pod);
    const engine = createEngine(profile.serving, agenda, { role: variant.role });
    engine.slowDown(faults.slowness(key, agenda.now()));
    pod.engine = engine;
    const scraped = { name: pod.name, model: modelIndex, variant: key, engine };
    serving.set(pod.name, { scraped, engine });
    ready[modelIndex]?.push(engine);
    models[modelIndex]?.router.addServer(pod.name, engine);
    for (const found of finders) found(scraped);
  }

  function leave(pod: Pod): void {
    const { modelIndex } = variantOf(pod);
    models[modelIndex]?.router.removeServer(pod.name);
    ready[modelIndex] = (ready[modelIndex] ?? []).filter((engine) => engine !== pod.engine);
    if (pod.lostAtMs !== undefined) silent.add(pod.name);
  }

  function end(pod: Pod): void {
    const { key, modelIndex } = variantOf(pod);
    serving.delete(pod.name);
    heldMsOfEnded.set(key, (heldMsOfEnded.get(key) ?? 0) + heldMs(pod, agenda.now()));
    if (pod.engine === undefined) return;
    gone.generationTokens[modelIndex] = (gone.generationTokens[modelIndex] ?? 0) + tokensGiven(pod.engine);
    gone.preemptions[modelIndex] = (gone.preemptions[modelIndex] ?? 0) + pod.engine.meters.preemptions;
  }

  fleet = createFleet({
    agenda, random, variants, accelerators: scenario.accelerators, faults,
    hooks: { onReady: serve, onLeaving: leave, onEnd: end, beforeChange: () => meters.settle() },
  });
  startFaults(fleet);

  function startFaults(of: Fleet): void {
    for (const [index, fault] of scenario.faults.entries()) {
      const hit = (each: StagedVariant): boolean => 'variant' in fault && faultHits(fault.variant, each.key);
      if (fault.kind === 'slow') {
        for (const atSeconds of [fault.atSeconds, fault.untilSeconds ?? Infinity]) if (Number.isFinite(atSeconds)) agenda.at(atSeconds * 1000, slowDown);
      }
      if (fault.kind === 'node-lost') {
        const untilMs = fault.untilSeconds === undefined ? undefined : fault.untilSeconds * 1000;
        const chance = random.fork(`node-lost/${index}`);
        agenda.at(fault.atSeconds * 1000, () => {
          for (const { key } of variants.filter(hit)) of.loseNode(key, fault.pods, chance, untilMs);
        });
      }
    }
  }

  function slowDown(): void {
    for (const { key } of variants) {
      const factor = faults.slowness(key, agenda.now());
      for (const pod of podsOf(key)) pod.engine?.slowDown(factor);
    }
  }

  return {
    agenda, random, scenario, variants, models, fleet, meters, heldMsOfEnded, gone, latencies,
    enginesThere: (model) => [...serving.values()].filter(({ scraped }) => scraped.model === model).map(({ engine }) => engine),
    onPod(found) {
      finders.push(found);
      for (const { scraped } of serving.values()) found(scraped);
    },
    isThere: ({ name }) => serving.has(name) && !silent.has(name),
    onOutcome: (tell) => void outcomeListeners.push(tell),
    onArrival: (tell) => void arrivalListeners.push(tell),
  };
}

/** Milliseconds of the run in which a pod held accelerators. */
export function heldMs({ scheduledAtMs, lostAtMs }: Pod, nowMs: number): number {
  return scheduledAtMs === undefined ? 0 : Math.max(0, (lostAtMs ?? nowMs) - Math.max(0, scheduledAtMs));
}

