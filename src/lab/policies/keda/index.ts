import { concurrencyTarget } from '../calibration/measured-concurrency.ts';
import { dispatched, total } from '../gauges.ts';
import { defineLaw } from '../law.ts';
import type { PolicyKind } from '../law.ts';
import { guardedDemand } from './guarded-demand.ts';
import { watchKubeState } from './kube-state.ts';
import { applyScaledObject, leaveZero } from './scaled-object.ts';

export { watchKubeState } from './kube-state.ts';
export { applyScaledObject, leaveZero } from './scaled-object.ts';
export type { KedaTrigger } from './scaled-object.ts';

const guide = 'llm-d/llm-d guides/workload-autoscaling/keda-epp (2026-09)';
const shared = [
  'Several Deployments of one model have a ScaledObject each, and each reads the signal of the whole pool: the guide knows nothing of shares, so together they ask for the demand once per Deployment.',
  'At a minimum of 0 KEDA itself wakes and puts to sleep; the generated HPA works from 1 on.',
  'The router is scraped every 15 s (the SLO-aware guide asks for at most that); the generated HPA syncs every 15 s and asks Prometheus through KEDA at that moment.',
  'Running requests are those that the router sent and that have not ended (llm_d_epp_request_running): what waits in a server counts too.',
  'An answer without series reads as 0 (ignoreNullValues is true by default).',
];

const queueSettings = {
  queuedTarget: 1,
  runningTarget: 16,
  measuredShare: 0,
  scrapeSeconds: 15,
  pollSeconds: 15,
  cooldownSeconds: 300,
  scaleUpWindowSeconds: 300,
  scaleDownWindowSeconds: 300,
};
const queueMeaning = {
  queuedTarget: 'requests in flow control for each replica',
  runningTarget: 'requests sent and not ended for each replica',
  measuredShare: 'instead, a share of the concurrency that a load test of the replica finds at its SLOs; 0 takes runningTarget',
  scrapeSeconds: 'seconds between scrapes of the router',
  pollSeconds: 'seconds between polls for activation (minimum 0 only)',
  cooldownSeconds: 'seconds without anything active before 0 replicas',
  scaleUpWindowSeconds: 'stabilization window on the way up, seconds',
  scaleDownWindowSeconds: 'stabilization window on the way down, seconds',
};
const doubling = { type: 'Percent' as const, value: 100, periodSeconds: 15 };

/** Queue and running requests, raced by the HPA behind long windows: the guide's default. */
export const kedaQueueLaw = defineLaw({
  name: 'keda-queue',
  family: 'peer',
  title: 'KEDA on router queue and running requests, with stabilization windows',
  source: `${guide}, overlay queue: thresholds 1 and 16, both windows 300 s, 100 % in 15 s, poll 15 s, cooldown 300 s.`,
  formula: [
    'wanted(trigger) = ceil(sum / threshold), unchanged while sum / (threshold × replicas) is within 1 ± 0.1',
    'desired = max(wanted(queued), wanted(running)); up: the least of 300 s; down: the most of 300 s',
  ],
  assumed: [...shared, 'Without flow control in the router the queue reads 0 and running requests alone decide, as the guide says.'],
  settings: queueSettings,
  meaning: queueMeaning,
  sweep: { scaleUpWindowSeconds: [0, 60, 300], scaleDownWindowSeconds: [60, 120, 300], measuredShare: [0, 0.25, 0.4, 0.6, 0.8], runningTarget: [8, 16, 32], queuedTarget: [1, 4] },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: at.scrapeSeconds * 1000, routerMs: at.scrapeSeconds * 1000, keepMs: 60_000 });
    for (const variant of stage.variants) {
      const model = stage.scenario.models.indexOf(variant.model);
      applyScaledObject(stage, variant, {
        triggers: [
          { name: 'queued', threshold: at.queuedTarget, query: () => telemetry.routerGauge('queued', model) },
          { name: 'running', threshold: concurrencyTarget(at.runningTarget, at.measuredShare, variant.model, variant.variant), query: () => dispatched(telemetry, model) },
        ],
        pollMs: at.pollSeconds * 1000,
        cooldownMs: at.cooldownSeconds * 1000,
        behavior: {
          scaleUp: { stabilizationWindowSeconds: at.scaleUpWindowSeconds, policies: [doubling] },
          scaleDown: { stabilizationWindowSeconds: at.scaleDownWindowSeconds, policies: [doubling] },
        },
      });
    }
  },
});

/** The same two signals in one formula that takes off what is starting, so that nothing has to wait on the way up. */
export const kedaQueueGuardLaw = defineLaw({
  name: 'keda-queue-guard',
  family: 'peer',
  title: 'KEDA on router queue and running requests, less the pods that are starting',
  source: `${guide}, overlay queue-guard: the same targets, up at once, down after 300 s, pending and replicas from kube-state-metrics.`,
  formula: [
    'demand = max(queued / 1, running / 16)',
    'wanted = demand where demand <= replicas, else max(demand - pending, replicas)',
    'desired = ceil(wanted), unchanged while wanted / replicas is within 1 ± 0.1; down: the most of 300 s',
  ],
  assumed: [...shared, 'kube-state-metrics is scraped every 30 s, as kube-prometheus-stack does.'],
  settings: { ...queueSettings, scaleUpWindowSeconds: 0, kubeStateScrapeSeconds: 30 },
  meaning: { ...queueMeaning, kubeStateScrapeSeconds: 'seconds between scrapes of kube-state-metrics' },
  sweep: { scaleDownWindowSeconds: [60, 120, 300], measuredShare: [0, 0.25, 0.4, 0.6, 0.8], runningTarget: [8, 16, 32], queuedTarget: [1, 4] },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: at.scrapeSeconds * 1000, routerMs: at.scrapeSeconds * 1000, keepMs: 60_000 });
    for (const variant of stage.variants) {
      const model = stage.scenario.models.indexOf(variant.model);
      const kubeState = watchKubeState(stage, variant.key, at.kubeStateScrapeSeconds * 1000);
      const runningPerReplica = concurrencyTarget(at.runningTarget, at.measuredShare, variant.model, variant.variant);
      applyScaledObject(stage, variant, {
        triggers: [
          {
            name: 'guarded demand',
            threshold: 1,
            query: () => {
              const { replicas, ready } = kubeState();
              return guardedDemand({
                queued: telemetry.routerGauge('queued', model) ?? 0,
                running: dispatched(telemetry, model) ?? 0,
                pending: replicas - ready,
                replicas,
                queuedPerReplica: at.queuedTarget,
                runningPerReplica,
              });
            },
          },
        ],
        pollMs: at.pollSeconds * 1000,
        cooldownMs: at.cooldownSeconds * 1000,
        behavior: {
          scaleUp: { stabilizationWindowSeconds: at.scaleUpWindowSeconds, policies: [doubling] },
          scaleDown: { stabilizationWindowSeconds: at.scaleDownWindowSeconds, policies: [doubling] },
        },
      });
    }
  },
});

/** What the Helm chart of vLLM's own stack sets up: waiting requests of the engines. */
export const kedaWaitingLaw = defineLaw({
  name: 'keda-waiting',
  family: 'peer',
  title: "KEDA on waiting requests of the engines, as vLLM's production-stack sets it up",
  source: "vLLM production-stack, autoscaling with KEDA (docs.vllm.ai/projects/production-stack, chart 0.1.9 and later): vllm:num_requests_waiting, threshold 5, poll 15 s, cooldown 360 s, behavior of Kubernetes' own.",
  formula: ['desired = ceil(sum of waiting / 5), unchanged while sum / (5 × replicas) is within 1 ± 0.1; down: the most of 300 s'],
  assumed: [
    'The query is for one model: several Deployments of it share the sum, as with the router signals.',
    'From 0 it cannot wake by itself: without pods nobody says that requests wait. A minimum of 0 becomes 1, from the beginning.',
    'Prometheus scrapes the engines every 15 s.',
  ],
  settings: { waitingTarget: 5, scrapeSeconds: 15, scaleDownWindowSeconds: 300 },
  meaning: {
    waitingTarget: 'waiting requests for each replica',
    scrapeSeconds: 'seconds between scrapes',
    scaleDownWindowSeconds: 'stabilization window on the way down, seconds',
  },
  sweep: { waitingTarget: [1, 2, 5], scaleDownWindowSeconds: [120, 300] },
  begin(stage, at) {
    const telemetry = stage.scrape({ enginesMs: at.scrapeSeconds * 1000, routerMs: at.scrapeSeconds * 1000, keepMs: 60_000 });
    for (const { key, model, variant } of stage.variants) {
      const index = stage.scenario.models.indexOf(model);
      leaveZero(stage, key, 'nothing wakes it from 0');
      stage.hpa(key, {
        metrics: [{ name: 'waiting', type: 'averageValue', target: at.waitingTarget, read: () => total(telemetry.gauge('waiting', { model: index })) ?? 0 }],
        minReplicas: Math.max(1, variant.minReplicas),
        maxReplicas: variant.maxReplicas,
        behavior: { scaleDown: { stabilizationWindowSeconds: at.scaleDownWindowSeconds } },
      });
    }
  },
});

export const kedaLaws: readonly PolicyKind[] = [kedaQueueLaw, kedaQueueGuardLaw, kedaWaitingLaw];
