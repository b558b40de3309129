import { profileOf } from '../../scenario/index.ts';
import type { ScenarioModel } from '../../scenario/index.ts';
import type { StageVariant } from '../../stage/policy-stage.ts';
import { prefillVelocity } from '../calibration/prefill-velocity.ts';
import { total } from '../gauges.ts';
import { applyScaledObject } from '../keda/index.ts';
import type { KedaTrigger } from '../keda/index.ts';
import { defineLaw } from '../law.ts';
import { prefillBacklogSeconds, prefillThresholdSeconds } from './token-law.ts';

const settings = {
  budgetShare: 0.65,
  shippedThresholdSeconds: 1.5,
  leastThresholdSeconds: 0.1,
  kvTargetFraction: 0.8,
  scrapeSeconds: 15,
  pollSeconds: 15,
  cooldownSeconds: 300,
  scaleUpPods: 1,
  scaleUpPeriodSeconds: 180,
  scaleDownWindowSeconds: 300,
  scaleDownPods: 1,
  scaleDownPeriodSeconds: 300,
};

/** Tokens of outstanding work: seconds of prefill, and pods' worth of KV cache. */
export const tokenAwareLaw = defineLaw({
  name: 'token-aware',
  family: 'peer',
  title: 'llm-d token-aware: seconds of prefill backlog and KV cache in use, through KEDA and an HPA',
  source:
    'llm-d/llm-d guides/workload-autoscaling/keda-epp-token-aware at 560d420e (2026-09), after TokenScale (arXiv:2512.03416): V_P by its calibrate.sh on each replica, threshold = 0.6 to 0.7 of (TTFT SLO - ISL / V_P), '
    + 'KV 0.8, up by 1 pod in 180 s, down by 1 in 300 s after 300 s.',
  formula: [
    'prefill: ceil(backlog tokens / V_P / threshold); decode: ceil(sum of KV use / 0.8); each unchanged while within 1 ± 0.1',
    'both in one pod: the larger of the two; prefill and decode apart: each its own',
    'threshold = max(0.1 s, 0.65 (TTFT SLO - ISL / V_P)); V_P = chunk / TTFT of a chunk on an idle replica',
  ],
  assumed: [
    'llm_d_epp_inflight_tokens is the router\'s count of uncached prompt tokens that came and are not prefilled. Where several Deployments share a pool each has its endpoints\' part of it (the guide\'s endpoint_name selector), taken as proportional to ready replicas × V_P.',
    'ISL is the mean of the prompts that the scenario announces; of a recorded trace, one chunk. With budgetShare 0 the threshold is the shipped 1.5 s.',
    'Router and engines are scraped every 15 s; the HPA syncs every 15 s and asks through KEDA at that moment.',
    'At a minimum of 0 the prefill trigger wakes a Deployment that is the only one to prefill; one of several keeps 1, because no token is sent to endpoints that are not there, and so does a decode pool, whose KV cache nobody measures then.',
  ],
  settings,
  meaning: {
    budgetShare: 'share of the TTFT that is left after the prompt\'s own prefill; 0 takes the shipped threshold',
    shippedThresholdSeconds: 'threshold of the shipped manifest, seconds',
    leastThresholdSeconds: 'the threshold is never less, seconds',
    kvTargetFraction: 'KV cache in use for each replica, a fraction',
    scrapeSeconds: 'seconds between scrapes',
    pollSeconds: 'seconds between polls for activation (minimum 0 only)',
    cooldownSeconds: 'seconds without anything active before 0 replicas',
    scaleUpPods: 'pods that may be added in a period',
    scaleUpPeriodSeconds: 'period of that, seconds',
    scaleDownWindowSeconds: 'stabilization window on the way down, seconds',
    scaleDownPods: 'pods that may go in a period',
    scaleDownPeriodSeconds: 'period of that, seconds',
  },
  sweep: {
    budgetShare: [0, 0.3, 0.65],
    kvTargetFraction: [0.4, 0.6, 0.8],
    scaleUpPods: [1, 4],
    scaleUpPeriodSeconds: [15, 60, 180],
  },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: at.scrapeSeconds * 1000, routerMs: at.scrapeSeconds * 1000, keepMs: 60_000 });
    stage.scenario.models.forEach((model, index) => {
      const variants = stage.variants.filter((each) => each.model === model);
      const prefilling = variants.filter(({ variant }) => variant.role !== 'decode');
      const share = (each: StageVariant): { readyReplicas: number; prefillVelocity: number } => ({
        readyReplicas: stage.replicas(each.key).ready,
        prefillVelocity: velocityOf(each),
      });
      for (const variant of variants) {
        const { role } = variant.variant;
        const prefill: KedaTrigger = {
          name: 'seconds of prefill backlog',
          threshold: at.budgetShare === 0 ? at.shippedThresholdSeconds : thresholdFor(model, velocityOf(variant), at),
          query: () => prefillBacklogSeconds(telemetry.routerGauge('queuedTokens', index), share(variant), prefilling.map(share)),
        };
        const decode: KedaTrigger = {
          name: 'KV caches in use',
          threshold: at.kvTargetFraction,
          query: () => total(telemetry.gauge('kvUsedFraction', { model: index, variant: variant.key })),
        };
        const wakes = role !== 'decode' && prefilling.length === 1;
        const lowest = wakes ? variant.variant.minReplicas : Math.max(1, variant.variant.minReplicas);
        applyScaledObject(stage, { ...variant, variant: { ...variant.variant, minReplicas: lowest } }, {
          triggers: role === 'both' ? [prefill, decode] : role === 'prefill' ? [prefill] : [decode],
          pollMs: at.pollSeconds * 1000,
          cooldownMs: at.cooldownSeconds * 1000,
          behavior: {
            scaleUp: { stabilizationWindowSeconds: 0, policies: [{ type: 'Pods', value: at.scaleUpPods, periodSeconds: at.scaleUpPeriodSeconds }] },
            scaleDown: {
              stabilizationWindowSeconds: at.scaleDownWindowSeconds,
              policies: [{ type: 'Pods', value: at.scaleDownPods, periodSeconds: at.scaleDownPeriodSeconds }],
            },
          },
        });
      }
    });
  },
});

function velocityOf({ variant }: StageVariant): number {
  return prefillVelocity(profileOf(variant).serving);
}

function thresholdFor(model: ScenarioModel, velocity: number, at: typeof settings): number {
  const announced = model.traffic.flatMap((each) => (each.kind === 'trace' ? [] : [each.prompt.mean]));
  // of a trace nobody announces anything: one chunk, as in the calibration
  const promptTokens = announced.length === 0 ? 8192 : announced.reduce((sum, mean) => sum + mean, 0) / announced.length;
  return prefillThresholdSeconds({
    ttftSeconds: model.slo.ttftSeconds,
    promptTokens,
    prefillVelocity: velocity,
    share: at.budgetShare,
    floorSeconds: at.leastThresholdSeconds,
  });
}
