import type { PolicyStage } from '../../stage/policy-stage.ts';
import { everyRound } from '../direct-fetch.ts';
import { defineLaw } from '../law.ts';
import type { PolicyKind } from '../law.ts';
import { createKthenaTarget } from './scaling-target.ts';
import { targetsOf } from './targets-of-stage.ts';

const settings = {
  waitingTarget: 5,
  kvTargetFraction: 0.8,
  toleranceFraction: 0.1,
  syncSeconds: 15,
  costExpansionRatePercent: 200,
  upWindowSeconds: 0,
  upPeriodSeconds: 15,
  upInstances: 1,
  upPercent: 100,
  downWindowSeconds: 300,
  downPeriodSeconds: 15,
  downInstances: 1,
  downPercent: 100,
  panicThresholdPercent: 200,
  panicHoldSeconds: 60,
};

const kthenaLaw = defineLaw({
  name: 'kthena',
  family: 'peer',
  title: 'Kthena: waiting requests and KV cache use, filled by cost over accelerators',
  source:
    'Kthena AutoscalingPolicy (github.com/volcano-sh/kthena, pkg/autoscaler as of 2026-08): metric target and tolerance of "A Deep Dive into the Kthena Autoscaler" (2026), '
    + 'behavior as its admission webhook fills it in, costExpansionRatePercent 200.',
  formula: [
    'wanted(metric) = ceil(sum over ready pods / target), unchanged within the tolerance; pods on their way count as idle on the way up, missing ones as at the target on the way down',
    'recommended = max over metrics, within the sums of the bounds',
    'panic for panicHold while recommended >= 2 n: taken at once, never fewer',
    'otherwise up to the lowest of upWindow and by max(upInstances, upPercent) a period; down to the highest of downWindow and by max(downInstances, downPercent) a period',
    'several workloads: what is beyond the minima is given out in blocks of 1, 2, 4, 8 replicas, sorted by what a block costs',
  ],
  assumed: [
    'The guide names KV cache use beside waiting requests and gives it no target: 0.8 is ours. With waiting requests alone it would remove whatever has an empty queue.',
    'Workloads of the same model and role are one heterogeneousTarget, a lone one a homogeneousTarget, roles are scaled apart (disaggregatedTarget without a ratio, which has no default).',
    'A replica counts as one whatever its accelerator, as published.',
    'Requests that the flow control of a router holds are in no engine, and so in no metric of a pod.',
    'The pages of the ready pods are fetched when a round begins; when one does not answer, the workload is left out of the round, and nothing changes when none is left.',
    'At least one replica stays for each model and role: nothing can be fetched from none, and a homogeneousTarget must have a minimum of 1.',
  ],
  settings,
  meaning: {
    waitingTarget: 'waiting requests of a pod; 0 leaves the metric out',
    kvTargetFraction: 'KV cache use of a pod, a fraction; 0 leaves the metric out',
    toleranceFraction: 'how far the ratio may stray from 1',
    syncSeconds: 'seconds between rounds: fetch from the pods, decide, write the scale',
    costExpansionRatePercent: 'how much longer each block of a workload is than the one before, percent',
    upWindowSeconds: 'the lowest recommendation of so many seconds counts on the way up',
    upPeriodSeconds: 'period of the limits on the way up, seconds',
    upInstances: 'so many more in a period',
    upPercent: 'or so much more in a period, percent',
    downWindowSeconds: 'the highest recommendation of so many seconds counts on the way down',
    downPeriodSeconds: 'period of the limits on the way down, seconds',
    downInstances: 'so many fewer in a period',
    downPercent: 'or so much fewer in a period, percent',
    panicThresholdPercent: 'a recommendation of so many percent of what is there begins a panic',
    panicHoldSeconds: 'a panic lasts so long after the last such recommendation, seconds',
  },
  sweep: { waitingTarget: [1, 5, 10, 20], kvTargetFraction: [0.3, 0.4, 0.5, 0.6, 0.8], upWindowSeconds: [0, 30], downWindowSeconds: [120, 300], panicThresholdPercent: [150, 200, 400], costExpansionRatePercent: [100, 200] },
  begin(stage: PolicyStage, at) {
    const behavior = {
      upWindowMs: at.upWindowSeconds * 1000,
      upPeriodMs: at.upPeriodSeconds * 1000,
      upInstances: at.upInstances,
      upPercent: at.upPercent,
      downWindowMs: at.downWindowSeconds * 1000,
      downPeriodMs: at.downPeriodSeconds * 1000,
      downInstances: at.downInstances,
      downPercent: at.downPercent,
      panicThresholdPercent: at.panicThresholdPercent,
      panicHoldMs: at.panicHoldSeconds * 1000,
    };
    const metrics = [{ gauge: 'waiting', target: at.waitingTarget }, { gauge: 'kvUsedFraction', target: at.kvTargetFraction }] as const;
    const targets = targetsOf(stage.variants).map((variants) =>
      createKthenaTarget(stage, variants, {
        metrics: metrics.filter(({ target }) => target > 0),
        tolerance: at.toleranceFraction,
        expansionPercent: at.costExpansionRatePercent,
        behavior,
      }));
    everyRound(stage, at.syncSeconds * 1000, 60_000, (telemetry) => {
      for (const round of targets) round(telemetry);
    });
  },
});

export const kthenaLaws: readonly PolicyKind[] = [kthenaLaw];
