import type { PolicyStage } from '../../stage/policy-stage.ts';
import { everyRound } from '../direct-fetch.ts';
import { leaveZero } from '../keda/index.ts';
import { defineLaw } from '../law.ts';
import type { PolicyKind } from '../law.ts';
import { apaReplicas } from './apa.ts';
import { kpaReplicas } from './kpa.ts';
import { createPodAutoscaler } from './pod-autoscaler.ts';
import type { PodLaw } from './pod-autoscaler.ts';

const published = 'AIBrix PodAutoscaler (github.com/vllm-project/aibrix, pkg/controller/podautoscaler as of 2026-08, samples/autoscaling)';

const shared = {
  kvTargetFraction: 0.5,
  waitingTarget: 100,
  syncSeconds: 10,
  stableWindowSeconds: 180,
  panicWindowSeconds: 60,
  maxUpRate: 2,
  maxDownRate: 2,
  downWindowSeconds: 300,
  downTakesHighest: 1,
  pendingGuard: 1,
};
type Shared = typeof shared;

const meaning = {
  kvTargetFraction: 'target of the KV cache use of a pod, a fraction; 0 leaves the metric out',
  waitingTarget: 'target of the waiting requests of a pod; 0 leaves the metric out',
  syncSeconds: 'seconds between rounds: fetch from the pods, decide, write the scale',
  stableWindowSeconds: 'window of the mean, seconds (observeWindowSeconds)',
  panicWindowSeconds: 'short window, seconds (panicWindowSeconds)',
  maxUpRate: 'so many times as many pods at most in one round',
  maxDownRate: 'one in so many pods stays at least in one round',
  downWindowSeconds: 'recommendations of so many seconds count on the way down',
  downTakesHighest: '1: the highest of them, which delays; 0: the lowest, as the code of 2026-08 has it',
  pendingGuard: '1: pods on their way are counted in before a step is taken',
};

const assumed = [
  'A PodAutoscaler for each Deployment (for each role of a StormService); they do not know of each other, and the router spreads requests over all. Costs are not considered; the offline GPU optimizer, which does, is another product part that needs profiles of its own.',
  'Metrics are fetched from the ready pods when the round begins; a pod that does not answer is left out, and a round without any answer holds. What the flow control of a router holds is in no metric of a pod.',
  'The window on the way down is documented as a cool-down against rapid removal. The code of 2026-08 takes the lowest recommendation of the window, which does the contrary; what is documented is played, and downTakesHighest 0 plays the code.',
  'scale-to-zero is off by default and pod metrics could not wake a workload from 0: a minimum of 0 becomes 1, from the beginning.',
];

function begin(stage: PolicyStage, at: Shared, aggregate: 'sum' | 'mean', law: () => PodLaw): void {
  const targets = [{ gauge: 'kvUsedFraction', target: at.kvTargetFraction }, { gauge: 'waiting', target: at.waitingTarget }] as const;
  for (const { key } of stage.variants) leaveZero(stage, key, 'AIBrix leaves a workload at 0 alone');
  const objects = stage.variants.map((variant) =>
    createPodAutoscaler(stage, variant, {
      targets: targets.filter(({ target }) => target > 0),
      aggregate,
      stableMs: at.stableWindowSeconds * 1000,
      panicMs: at.panicWindowSeconds * 1000,
      downWindowMs: at.downWindowSeconds * 1000,
      downTakesHighest: at.downTakesHighest > 0,
      pendingGuard: at.pendingGuard > 0,
      law: law(),
    }));
  everyRound(stage, at.syncSeconds * 1000, 60_000, (telemetry) => {
    for (const round of objects) round(telemetry);
  });
}

const apaLaw = defineLaw({
  name: 'aibrix-apa',
  family: 'peer',
  title: 'AIBrix APA: in proportion to KV cache use, outside a band',
  source: `${published}: APA with samples/autoscaling/multimetrics-apa.yaml (KV cache use 0.5, waiting requests 100, tolerances 0.1 up and 0.2 down).`,
  formula: [
    'ratio = mean over pods and the stable window / target',
    'ratio > 1 + upTolerance: ceil(n ratio), at most ceil(maxUpRate n)',
    'ratio < 1 - downTolerance: ceil(n ratio), at least floor(n / maxDownRate)',
    'desired = max over metrics; with pods on their way, worked out again with them at 0 (up) or at the target (down)',
    'on the way down: the highest of the recommendations of downWindowSeconds',
  ],
  assumed,
  settings: { ...shared, upToleranceFraction: 0.1, downToleranceFraction: 0.2 },
  meaning: { ...meaning, upToleranceFraction: 'the ratio may be so much above 1', downToleranceFraction: 'the ratio may be so much below 1' },
  sweep: { kvTargetFraction: [0.3, 0.4, 0.5, 0.7], waitingTarget: [2, 10, 100], stableWindowSeconds: [30, 60, 180], downWindowSeconds: [60, 300], downTakesHighest: [0, 1], pendingGuard: [0, 1], downToleranceFraction: [0.1, 0.2, 0.4] },
  begin(stage, at) {
    begin(stage, at, 'mean', () => ({ target }, { current, stable }) =>
      apaReplicas({
        current,
        usePerPod: stable,
        target,
        upTolerance: at.upToleranceFraction,
        downTolerance: at.downToleranceFraction,
        maxUpRate: at.maxUpRate,
        maxDownRate: at.maxDownRate,
      }));
  },
});

const kpaLaw = defineLaw({
  name: 'aibrix-kpa',
  family: 'peer',
  title: 'AIBrix KPA: what the use of all pods needs, with a panic window',
  source: `${published}: KPA with samples/autoscaling/kpa.yaml (KV cache use 0.5) and the waiting requests of multimetrics-apa.yaml; windows and rates are the controller's defaults.`,
  formula: [
    'desired = ceil(sum over pods, mean over the stable window / target) within [floor(n / maxDownRate), ceil(maxUpRate n)]',
    'panic while mean(panic window) / mean(stable window) > panicThreshold: the larger of both windows, and never fewer than it wanted in this panic',
    'desired = max over metrics; with pods on their way, worked out again with them; the highest of downWindowSeconds on the way down',
  ],
  assumed: [
    ...assumed,
    'The code of 2026-08 divides the mean over the pods by the target, where earlier releases and Knative divide the sum; of a fraction the mean cannot ask for more than ceil(1 / 0.5) = 2 pods. The sum is played, and sumsPods 0 plays the code.',
  ],
  settings: { ...shared, panicThreshold: 2, sumsPods: 1 },
  meaning: { ...meaning, panicThreshold: 'panic when the short window is more than so many times the long one', sumsPods: '1: the sum over the pods is divided by the target; 0: their mean, as the code of 2026-08 has it' },
  sweep: { kvTargetFraction: [0.3, 0.4, 0.5, 0.6, 0.7], waitingTarget: [2, 10, 100], stableWindowSeconds: [60, 180], panicWindowSeconds: [20, 60], downWindowSeconds: [60, 300], downTakesHighest: [0, 1], pendingGuard: [0, 1], sumsPods: [0, 1] },
  begin(stage, at) {
    begin(stage, at, at.sumsPods > 0 ? 'sum' : 'mean', () => {
      const panics = new Map<object, number | undefined>();
      return (metric, { current, stable, panic }) => {
        const outcome = kpaReplicas({
          current,
          stable,
          panic,
          target: metric.target,
          panicThreshold: at.panicThreshold,
          maxUpRate: at.maxUpRate,
          maxDownRate: at.maxDownRate,
          panicReplicas: panics.get(metric),
        });
        panics.set(metric, outcome.panicReplicas);
        return outcome.replicas;
      };
    });
  },
});

/** AIBrix's own two laws; its third strategy is a HorizontalPodAutoscaler. */
export const aibrixLaws: readonly PolicyKind[] = [apaLaw, kpaLaw];
