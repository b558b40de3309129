import type { EngineGauge } from '../../stage/telemetry.ts';
import { leaveZero } from '../keda/index.ts';
import { defineLaw } from '../law.ts';
import type { HpaMetric, PolicyStage, StageVariant } from '../../stage/policy-stage.ts';
import type { Telemetry } from '../../stage/telemetry.ts';
import { proposeForPodsMetric } from './pods-metric.ts';

const settings = {
  kvTargetFraction: 0.7,
  waitingTarget: 2,
  scrapeSeconds: 15,
  syncSeconds: 15,
  toleranceFraction: 0.1,
  scaleUpWindowSeconds: 0,
  scaleDownWindowSeconds: 300,
};

/** The HPA as users of vLLM configure it, on what each pod says of itself. */
export const hpaLaw = defineLaw({
  name: 'hpa',
  family: 'peer',
  title: 'Kubernetes HPA on KV cache use and waiting requests of each pod',
  source:
    'Kubernetes HorizontalPodAutoscaler autoscaling/v2 (kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale, pkg/controller/podautoscaler at 1.34), '
    + 'with the targets of the published comparison runs of llm-d-autoscaling ("HPA on KV 0.7 and queue 2", Qwen3-32B on H100, 2026).',
  formula: [
    'wanted(metric) = ceil(pods × mean over pods / target), unchanged while the ratio is within 1 ± tolerance',
    'a pod that says nothing counts as 0 when the ratio is above 1, as the target when it is below',
    'desired = max over metrics; fewer only when every metric could be read',
  ],
  assumed: [
    'behavior as Kubernetes fills it in: up by 4 pods or 100 % in 15 s without a window, down by all after 300 s.',
    'Prometheus scrapes every 15 s, and the adapter asks it at each sync.',
    'An HPA goes no lower than 1 replica: HPAScaleToZero is off in clusters by default, and a pod metric says nothing without pods. A minimum of 0 becomes 1, from the beginning.',
    'Each Deployment has an HPA of its own on its own pods. A prefill or decode pod is scaled on the same two metrics.',
  ],
  settings,
  meaning: {
    kvTargetFraction: 'target of vllm:kv_cache_usage_perc, a fraction',
    waitingTarget: 'target of vllm:num_requests_waiting, requests a pod',
    scrapeSeconds: 'seconds between scrapes',
    syncSeconds: 'seconds between syncs of the HPA controller',
    toleranceFraction: 'how far the ratio may stray from 1, a fraction',
    scaleUpWindowSeconds: 'stabilization window on the way up, seconds',
    scaleDownWindowSeconds: 'stabilization window on the way down, seconds',
  },
  sweep: {
    kvTargetFraction: [0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.8],
    waitingTarget: [1, 2, 5],
    scaleDownWindowSeconds: [120, 300],
  },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: at.scrapeSeconds * 1000, routerMs: at.scrapeSeconds * 1000, keepMs: 60_000 });
    for (const variant of stage.variants) {
      leaveZero(stage, variant.key, 'an HPA does nothing at 0');
      stage.hpa(variant.key, {
        metrics: [
          podsMetric(stage, telemetry, variant, 'kvUsedFraction', at.kvTargetFraction, at.toleranceFraction),
          podsMetric(stage, telemetry, variant, 'waiting', at.waitingTarget, at.toleranceFraction),
        ],
        minReplicas: Math.max(1, variant.variant.minReplicas),
        maxReplicas: variant.variant.maxReplicas,
        behavior: {
          scaleUp: { stabilizationWindowSeconds: at.scaleUpWindowSeconds },
          scaleDown: { stabilizationWindowSeconds: at.scaleDownWindowSeconds },
        },
        syncMs: at.syncSeconds * 1000,
        // the law of pod metrics applies it itself
        tolerance: 0,
      });
    }
  },
});

function podsMetric(stage: PolicyStage, telemetry: Telemetry, { key, model }: StageVariant, gauge: EngineGauge, target: number, tolerance: number): HpaMetric {
  const index = stage.scenario.models.indexOf(model);
  return {
    name: gauge,
    type: 'averageValue',
    target: 1,
    read() {
      const { spec, pods } = stage.replicas(key);
      const staying = pods.filter(({ terminating }) => !terminating);
      return proposeForPodsMetric({
        current: spec,
        pods: staying.map(({ name }) => name),
        pending: staying.filter(({ scheduled }) => !scheduled).map(({ name }) => name),
        values: telemetry.gauge(gauge, { model: index, variant: key }),
        target,
        tolerance,
      });
    },
  };
}
