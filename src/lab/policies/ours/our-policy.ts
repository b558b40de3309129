import { sum } from '../../../base/index.ts';
import { decide, planEmission } from '../../../decide/index.ts';
import { defaultPolicySet, emptyMemory, type CycleRecord, type Decision, type PolicySet, type ReplicaSeries } from '../../../model/index.ts';
import { joinObservation } from '../../../observe/index.ts';
import { withRouters, type Samples } from '../../../prometheus/index.ts';
import { followingBehavior } from '../../../wire/index.ts';
import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import { firstAfter } from '../first-after.ts';
import type { Policy } from '../policy.ts';
import { createStageSamples } from './stage-samples.ts';
import { resourceName, snapshotOfStage } from './stage-snapshot.ts';
import { watchRouters } from './stage-waking.ts';

export interface OurOptions {
  readonly name?: string;
  readonly title?: string;
  /** `metric`: through the external metrics API and an HPA. `direct`: the scale subresource is written by the controller. */
  readonly actuation?: 'metric' | 'direct';
  /** What the engine is told to do; the shipped defaults unless given. */
  readonly engine?: PolicySet;
  /** Whether the start-up time of the scenario's pods is told beforehand. */
  readonly startupKnown?: boolean;
  /** Between scrapes of Prometheus. */
  readonly scrapeMs?: number;
  /** Between cycles (`--interval`). */
  readonly intervalMs?: number;
  /** Every cycle, whole, as `wva run` would record it. */
  readonly onCycle?: (record: CycleRecord) => void;
}

/** A look takes a few queries at once and a decision a few milliseconds: as the series stand on the board a moment later, or the scale is written. */
const cycleDelayMs = 200;

/**
 * The product itself on the stage: its windows over scraped samples, its `joinObservation`, `decide` and `planEmission`. Only
 * what carries objects and numbers between them is the stage's; the whole product in the simulated cluster is held against this
 * by `lab:validate`.
 */
export function ourPolicy(options: OurOptions = {}): Policy {
  const { actuation = 'metric', startupKnown = false, scrapeMs = 15_000, intervalMs = 15_000 } = options;
  return {
    name: options.name ?? (actuation === 'direct' ? 'wva-direct' : 'wva'),
    family: 'ours',
    title: options.title ?? (actuation === 'direct' ? 'This product, writing scales itself' : 'This product, through the external metrics API and an HPA'),
    source:
      'The shipping code of this repository (src/prometheus/window, src/observe/join.ts, src/decide) with its default policy and the latency targets of the scenario, Prometheus scraping every 15 s, a cycle every 15 s, and one in haste within 400 ms of the first request for a model at zero'
      + (actuation === 'metric' ? ', and the HPA of examples/ syncing every 15 s' : ', and the scale written after each cycle')
      + (startupKnown ? '. It is told the start-up time of the pods beforehand, and makes one thing of it: when to give up a pod that is not ready.' : '.'),
    settings: { scrapeMs, intervalMs, startupKnown: Number(startupKnown) },
    refuses: () => undefined,
    begin: (stage) => begin(stage, { ...options, actuation, scrapeMs, intervalMs }),
  };
}

function begin(stage: PolicyStage, options: OurOptions & Required<Pick<OurOptions, 'actuation' | 'scrapeMs' | 'intervalMs'>>): void {
  const { actuation, scrapeMs, intervalMs, onCycle } = options;
  const policy = withStartup(options.engine ?? defaultPolicySet, stage, options.startupKnown ?? false);
  const samples = createStageSamples(stage, stage.scrape({ enginesMs: scrapeMs, routerMs: scrapeMs }));
  const byKey = new Map(stage.variants.map((variant) => [`${variant.model.namespace}/${resourceName(variant)}`, variant]));
  const waking = watchRouters(stage, () => cycle('hasty'));
  let memory = emptyMemory;
  let last: Samples | undefined;
  let board: readonly ReplicaSeries[] = [];

  function cycle(look: 'whole' | 'hasty'): void {
    const atMs = stage.now();
    const seen = look === 'hasty' && last !== undefined ? last : samples.collect();
    last = seen;
    const models = withRouters(seen.models, waking.news());
    const observation = joinObservation(snapshotOfStage(stage, actuation), { ...seen, ...(models && { models }) }, policy.global, atMs);
    const before = memory;
    const outcome = decide(observation, policy, before, atMs);
    const emission = planEmission(observation, outcome.decisions, before, atMs);
    memory = outcome.memory;
    onCycle?.({ atMs, observation, policy, memory: before, decisions: outcome.decisions, emission });
    for (const decision of outcome.decisions) note(decision);
    stage.after(cycleDelayMs, () => {
      board = emission.series;
      for (const { variantKeys, replicas, currentReplicas } of emission.scales) {
        const variant = byKey.get(variantKeys[0] ?? '');
        if (variant !== undefined && replicas !== currentReplicas) stage.scale({ variant: variant.key, from: currentReplicas, to: replicas, why: 'written by the controller' });
      }
    });
  }

  function note(decision: Decision): void {
    const { variant, current, desired, trail } = decision;
    const to = byKey.get(variant.key);
    if (to === undefined || desired === undefined || desired === (decision.previous ?? current)) return;
    stage.note({ variant: to.key, from: current, to: desired, why: trail.map(({ sentence }) => sentence).join(' ') });
  }

  stage.every(intervalMs, () => cycle('whole'), firstAfter(stage, 'cycle', intervalMs));
  if (actuation === 'metric') for (const variant of stage.variants) follow(stage, variant, () => board);
}

/** What an HPA of the examples reads: the sum of the series that its selector finds. */
function follow(stage: PolicyStage, variant: StageVariant, board: () => readonly ReplicaSeries[]): void {
  const name = resourceName(variant);
  stage.hpa(variant.key, {
    minReplicas: Math.max(1, variant.variant.minReplicas),
    maxReplicas: variant.variant.maxReplicas,
    behavior: followingBehavior,
    metrics: [
      {
        name: 'wva_desired_replicas',
        type: 'averageValue',
        target: 1,
        read() {
          const found = board().filter(({ namespace, targetName }) => namespace === variant.model.namespace && targetName === name);
          return found.length === 0 ? undefined : sum(found.map(({ desired }) => desired));
        },
      },
    ],
  });
}

/** Told how long pods take, the engine gives up one that has taken three standard deviations longer than the mean, instead of ten minutes. */
function withStartup(policy: PolicySet, stage: PolicyStage, known: boolean): PolicySet {
  if (!known) return policy;
  const longest = Math.max(...stage.variants.map(({ variant: { startup } }) => startup.meanSeconds + 3 * startup.standardDeviationSeconds));
  return { ...policy, global: { ...policy.global, pendingExpiryMs: (longest + 15) * 1000 } };
}
