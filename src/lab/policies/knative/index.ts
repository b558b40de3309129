import type { PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { Telemetry } from '../../stage/telemetry.ts';
import { concurrencyTarget } from '../calibration/measured-concurrency.ts';
import { firstAfter } from '../first-after.ts';
import { total } from '../gauges.ts';
import { defineLaw } from '../law.ts';
import { kpaBegin, kpaDecide } from './kpa.ts';
import { createSecondsWindow } from './window.ts';
import { activatorInPath, towardsZero } from './zero.ts';
import type { ZeroState } from './zero.ts';

const settings = {
  targetConcurrency: 100,
  targetUtilizationFraction: 0.7,
  measuredShare: 0,
  scrapeSeconds: 1,
  tickSeconds: 2,
  stableWindowSeconds: 60,
  panicWindowSeconds: 6,
  panicThresholdFraction: 2,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  scaleDownDelaySeconds: 0,
  scaleToZeroGraceSeconds: 30,
  targetBurstCapacity: 211,
};

/** Knative's own autoscaler on concurrent requests. */
export const knativeLaw = defineLaw({
  name: 'knative-kpa',
  family: 'peer',
  title: 'Knative KPA on concurrent requests',
  source:
    'knative/serving pkg/autoscaler/scaling/autoscaler.go and pkg/reconciler/autoscaling/kpa/scaler.go, defaults of config/core/configmaps/autoscaler.yaml (snapshot 98e5ef90aa): concurrency 100 at 70 %, '
    + 'tick 2 s, stable window 60 s, panic window 6 s at 200 %, rates 1000 and 2, grace 30 s, burst 211.',
  formula: [
    'wanted(window) = ceil(mean concurrency of the window / (100 × 0.7)), within floor(ready / 2) .. ceil(1000 ready)',
    'panic while wanted(6 s) / ready >= 2, and for 60 s after it: max(most of this panic, wanted(60 s), wanted(6 s))',
    'else wanted(60 s); from 0 to 1 at once when a request waits; to 0 after 60 s without any and 30 s of grace',
  ],
  assumed: [
    'Concurrency is what is in a pod (running and waiting) each second, mean of the pods that say something × ready pods, and what the router holds (the activator\'s part).',
    'Several Deployments of a model are services of their own on their own pods; what the router holds counts in equal parts.',
    'Without any report for a stable window nothing is done.',
  ],
  settings,
  meaning: {
    targetConcurrency: 'requests that a pod is to have at once, before utilization',
    targetUtilizationFraction: 'how much of it is aimed at, a fraction',
    measuredShare: 'instead of both, a share of the concurrency that a load test of the replica finds at its SLOs; 0 takes them',
    scrapeSeconds: 'seconds between reports of concurrency',
    tickSeconds: 'seconds between decisions',
    stableWindowSeconds: 'stable window, seconds',
    panicWindowSeconds: 'panic window, seconds',
    panicThresholdFraction: 'panic when the panic window wants so many times the ready pods',
    maxScaleUpRate: 'most pods wanted, as a multiple of the ready ones',
    maxScaleDownRate: 'fewest pods wanted, as a part of the ready ones',
    scaleDownDelaySeconds: 'the most of so many seconds is wanted (scale-down-delay)',
    scaleToZeroGraceSeconds: 'seconds that the activator is in the path before the last pod goes',
    targetBurstCapacity: 'requests in a burst that the activator is to catch',
  },
  sweep: {
    scaleDownDelaySeconds: [0, 120, 300],
    measuredShare: [0, 0.25, 0.4, 0.6, 0.8],
    targetConcurrency: [50, 100],
    stableWindowSeconds: [60, 120],
  },
  refuses({ models }) {
    const split = models.some(({ variants }) => variants.some(({ role }) => role !== 'both'));
    return split ? 'a Knative service answers its requests itself: one that is prefilled in one service and decoded in another has no concurrency in either' : undefined;
  },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: at.scrapeSeconds * 1000, routerMs: at.scrapeSeconds * 1000, keepMs: 10_000 });
    for (const variant of stage.variants) beginService(stage, telemetry, variant, at);
  },
});

function beginService(stage: PolicyStage, telemetry: Telemetry, { key, model, variant }: StageVariant, at: typeof settings): void {
  const index = stage.scenario.models.indexOf(model);
  const services = stage.variants.filter((each) => each.model === model).length;
  const stableWindow = createSecondsWindow(at.stableWindowSeconds);
  const panicWindow = createSecondsWindow(at.panicWindowSeconds);
  const wanted: { readonly atMs: number; readonly pods: number }[] = [];
  const law = {
    target: concurrencyTarget(at.targetConcurrency * at.targetUtilizationFraction, at.measuredShare, model, variant),
    maxScaleUpRate: at.maxScaleUpRate,
    maxScaleDownRate: at.maxScaleDownRate,
    panicThreshold: at.panicThresholdFraction,
    stableWindowMs: at.stableWindowSeconds * 1000,
  };
  let memory = kpaBegin(stage.replicas(key).ready, stage.now());
  let zero: ZeroState = { active: stage.replicas(key).spec > 0, sinceMs: stage.now() };

  function report(): void {
    const inPods = telemetry.gauge('running', { model: index, variant: key });
    const waiting = telemetry.gauge('waiting', { model: index, variant: key });
    const held = telemetry.routerGauge('queued', index);
    const said = total(inPods);
    if (said === undefined && held === undefined) return;
    const perPod = said === undefined ? 0 : (said + (total(waiting) ?? 0)) / inPods.size;
    const concurrency = perPod * stage.replicas(key).ready + (held ?? 0) / services;
    for (const window of [stableWindow, panicWindow]) window.add(stage.now(), concurrency);
  }

  function tick(): void {
    const nowMs = stage.now();
    if (stableWindow.silent(nowMs) && panicWindow.silent(nowMs)) return;
    const stable = stableWindow.mean(nowMs);
    const panic = panicWindow.mean(nowMs);
    const { ready: readyPods, spec } = stage.replicas(key);
    const decision = kpaDecide({ stable, panic, readyPods, nowMs, memory, settings: law });
    memory = decision.memory;
    const inPath = activatorInPath({ readyPods, podConcurrency: at.targetConcurrency, panic, targetBurstCapacity: at.targetBurstCapacity });
    zero = proxied(zero, inPath, nowMs);
    wanted.push({ atMs: nowMs, pods: decision.pods });
    while ((wanted[0]?.atMs ?? nowMs) <= nowMs - at.scaleDownDelaySeconds * 1000 && wanted.length > 1) wanted.shift();
    const delayed = Math.max(...wanted.map(({ pods }) => pods));
    const bounded = Math.min(Math.max(delayed, variant.minReplicas), variant.maxReplicas);
    const step = towardsZero({ wanted: bounded, state: zero, nowMs, stableWindowMs: law.stableWindowMs, graceMs: at.scaleToZeroGraceSeconds * 1000 });
    zero = step.state;
    if (step.replicas === undefined || step.replicas === spec) return;
    const mode = decision.panicking ? 'panic' : 'stable';
    const why = `concurrency ${stable.toFixed(1)} in ${at.stableWindowSeconds} s and ${panic.toFixed(1)} in ${at.panicWindowSeconds} s, ${law.target.toFixed(1)} a pod, ${mode}`;
    stage.scale({ variant: key, from: spec, to: step.replicas, why });
  }

  stage.every(at.scrapeSeconds * 1000, report, firstAfter(stage, `kpa-report/${key}`, at.scrapeSeconds * 1000));
  stage.every(at.tickSeconds * 1000, tick, firstAfter(stage, `kpa-tick/${key}`, at.tickSeconds * 1000));
  stage.onWaiting(model, () => {
    if (stage.replicas(key).spec > 0) return;
    zero = { ...zero, active: true, sinceMs: stage.now() };
    stage.scale({ variant: key, from: 0, to: 1, why: 'the activator holds a request' });
  });
}

function proxied(state: ZeroState, inPath: boolean, nowMs: number): ZeroState {
  if (inPath) return state.proxySinceMs === undefined ? { ...state, proxySinceMs: nowMs } : state;
  return { active: state.active, sinceMs: state.sinceMs };
}
