import { firstAfter } from '../first-after.ts';
import { applyScaledObject, watchKubeState } from '../keda/index.ts';
import { defineLaw } from '../law.ts';
import { rawSaturation, sloAwareReplicas } from './control-law.ts';
import { createRecordedSignal } from './recorded-signal.ts';

const settings = {
  upThreshold: 0.55,
  downThreshold: 0.4,
  clamp: 2,
  quantile: 0.9,
  rateWindowSeconds: 60,
  smoothingSeconds: 45,
  scrapeSeconds: 5,
  ruleSeconds: 15,
  kubeStateScrapeSeconds: 15,
  scaleUpWindowSeconds: 30,
  scaleUpPods: 4,
  scaleUpPercent: 100,
  scaleUpPeriodSeconds: 60,
  scaleDownWindowSeconds: 180,
  scaleDownPods: 1,
  scaleDownPeriodSeconds: 120,
};

/** The latency of the pool against its SLOs, through recording rules, KEDA and an HPA. */
export const sloAwareLaw = defineLaw({
  name: 'slo-aware',
  family: 'peer',
  title: 'llm-d SLO-aware: P90 latency over SLO, through recording rules, KEDA and an HPA',
  source:
    'llm-d/llm-d guides/workload-autoscaling/README.slo-aware.md and slo-aware/benchmark-templates/BENCHMARK.md at d38c9f0c (2026-07), KEDA 2.20.1: thresholds, clamp, windows, '
    + 'periods and behavior as benchmarked there (95.8 % of requests within both SLOs at 5.93 replicas on average).',
  formula: [
    's_raw = min(max(P90 TTFT / S_ttft, P90 TPOT / S_tpot), 2), 0 without traffic; every 15 s',
    's = mean of s_raw over 45 s; c = r / n where 0 < r < n, else 1',
    'd = n + ceil(n (s c / 0.55 - 1)) where s > 0.55; n - floor(n (1 - s / 0.40)) where s < 0.40; else n',
    'up by max(100 %, 4 pods) in 60 s, the least of 30 s; down by 1 pod in 120 s, the most of 180 s',
  ],
  assumed: [
    'Measured latencies: the guide\'s own fallback. The trained latency predictor, which reacts before requests have waited, is not simulated; published without it warmed up: 85.6 %.',
    'kube-state-metrics is scraped every 15 s (not stated). KEDA asks when the HPA syncs, every 15 s.',
    'The guide is for one variant. Here several Deployments of a model have the same law on the pool\'s latency, each with its own n and r.',
    'From 0 replicas the law asks for 0, so a minimum of 0 becomes 1, from the beginning.',
  ],
  settings,
  meaning: {
    upThreshold: 'more replicas above this, a fraction of the SLO',
    downThreshold: 'fewer below this, a fraction of the SLO',
    clamp: 'the most that one sample counts, multiples of the SLO',
    quantile: 'quantile of both latencies',
    rateWindowSeconds: 'window of the histogram rates, seconds',
    smoothingSeconds: 'window of the mean, seconds',
    scrapeSeconds: 'seconds between scrapes of the router',
    ruleSeconds: 'seconds between evaluations of the rules',
    kubeStateScrapeSeconds: 'seconds between scrapes of kube-state-metrics',
    scaleUpWindowSeconds: 'stabilization window on the way up, seconds',
    scaleUpPods: 'pods that may be added in a period, or',
    scaleUpPercent: 'percent, whichever is more',
    scaleUpPeriodSeconds: 'period of the two, seconds',
    scaleDownWindowSeconds: 'stabilization window on the way down, seconds',
    scaleDownPods: 'pods that may go in a period',
    scaleDownPeriodSeconds: 'period of that, seconds',
  },
  sweep: {
    upThreshold: [0.35, 0.45, 0.55],
    downThreshold: [0.2, 0.3, 0.4],
    scaleUpWindowSeconds: [0, 30],
    smoothingSeconds: [15, 45],
    scaleDownPeriodSeconds: [60, 120],
  },
  refuses({ models }) {
    const split = models.some(({ variants }) => variants.some(({ role }) => role !== 'both'));
    return split ? 'its guide leaves prefill and decode pools to future work: one latency signal cannot say which of the two is short' : undefined;
  },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: 15_000, routerMs: at.scrapeSeconds * 1000, keepMs: 4 * at.rateWindowSeconds * 1000 });
    stage.scenario.models.forEach((model, index) => {
      const signal = createRecordedSignal(at.smoothingSeconds * 1000);
      stage.every(
        at.ruleSeconds * 1000,
        () => {
          const tail = (name: 'ttft' | 'perOutputToken'): number | undefined => telemetry.routerQuantile(at.quantile, name, index, at.rateWindowSeconds * 1000);
          signal.record(stage.now(), rawSaturation(tail('ttft'), tail('perOutputToken'), model.slo, at.clamp));
        },
        firstAfter(stage, `rules/${index}`, at.ruleSeconds * 1000),
      );
      for (const variant of stage.variants.filter((each) => each.model === model)) {
        const kubeState = watchKubeState(stage, variant.key, at.kubeStateScrapeSeconds * 1000);
        applyScaledObject(stage, { ...variant, variant: { ...variant.variant, minReplicas: Math.max(1, variant.variant.minReplicas) } }, {
          triggers: [
            {
              name: 'desired replicas',
              threshold: 1,
              query: () => {
                const { replicas, ready } = kubeState();
                const band = { up: at.upThreshold, down: at.downThreshold };
                return sloAwareReplicas({ saturation: signal.mean(), provisioned: replicas, ready, band });
              },
            },
          ],
          // never at 0, so that KEDA has nothing to activate
          pollMs: 30_000,
          cooldownMs: 300_000,
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: at.scaleUpWindowSeconds,
              selectPolicy: 'Max',
              policies: [
                { type: 'Percent', value: at.scaleUpPercent, periodSeconds: at.scaleUpPeriodSeconds },
                { type: 'Pods', value: at.scaleUpPods, periodSeconds: at.scaleUpPeriodSeconds },
              ],
            },
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
