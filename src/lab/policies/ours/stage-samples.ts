import type { ReplicaReadings } from '../../../model/index.ts';
import {
  createRouterWindows,
  createSampleWindows,
  gatherLatencies,
  modelSamples,
  nothingOfModels,
  nothingRead,
  type EngineSample,
  type PodSample,
  type RouterPage,
  type Samples,
} from '../../../prometheus/index.ts';
import type { PolicyStage } from '../../stage/policy-stage.ts';
import type { EngineSampleSeen, RouterSampleSeen, Telemetry } from '../../stage/telemetry.ts';

/** Turns what was scraped into the product's own readings, by the product's own windows. */
export interface StageSamples {
  collect(): Samples;
}

export function createStageSamples(stage: PolicyStage, telemetry: Telemetry): StageSamples {
  const windows = createSampleWindows();
  const routerWindows = createRouterWindows();
  const untold = nothingOfModels('NotReported', 'Prometheus has no sample of this model.');

  function withBuckets(sample: EngineSample, pod: string): EngineSample {
    const [ttft, itl] = [telemetry.buckets(pod, 'ttft'), telemetry.buckets(pod, 'interToken')];
    return ttft && itl ? { ...sample, buckets: { ttft, itl } } : sample;
  }

  function collect(): Samples {
    const uids = new Set<string>();
    const pods: PodSample[] = [];
    const latencies = gatherLatencies();
    const routers = stage.scenario.models.flatMap(({ namespace, id, router }, index) => {
      const sample = telemetry.routerSample(index);
      const readings = sample && routerWindows.see(String(index), routerPage(sample, id, router.flowControl)).get(id);
      return readings ? [{ namespace, modelName: id, router: readings }] : [];
    });
    for (const [index, model] of stage.scenario.models.entries()) {
      const byPod = new Map(telemetry.samples({ model: index }).map((sample) => [sample.pod, sample]));
      for (const { key, model: its } of stage.variants) {
        if (its !== model) continue;
        for (const { name, uid, ready } of stage.replicas(key).pods) {
          uids.add(uid);
          const sample = byPod.get(name);
          const seen = sample && windows.see(uid, withBuckets(engineSample(sample), name));
          if (seen) latencies.add(model.namespace, model.id, seen.window);
          pods.push({ namespace: model.namespace, pod: name, modelName: model.id, readings: seen?.readings ?? silent(ready) });
        }
      }
    }
    windows.keepOnly(uids);
    return { atMs: stage.now(), pods, models: modelSamples(routers, latencies.models(), untold), problems: [] };
  }

  return { collect };
}

function silent(ready: boolean): ReplicaReadings {
  return nothingRead('NotReported', ready ? 'Prometheus has no sample of an engine\'s metrics of this pod.' : 'The pod is not ready yet.');
}

/**
 * A sample of a simulated router in the words in which the product reads a page. It counts requests as they come; the routers that it stands
 * for count them as they are given to a replica, and show those that they hold only where they have flow control.
 */
function routerPage({ atMs, gauges, counters }: RouterSampleSeen, modelID: string, flowControl: boolean): RouterPage {
  const running = gauges.inFlight - gauges.queued;
  const counts = flowControl ? { requests: counters.requests - gauges.queued, queued: gauges.queued, running } : { requests: counters.requests, running };
  return { atMs, models: new Map([[modelID, counts]]) };
}

/** A sample of a simulated engine in the words in which the product reads a page; a test holds it against the page itself. */
export function engineSample({ atMs, gauges, counters, totals, kvCapacityTokens }: EngineSampleSeen): EngineSample {
  return {
    atMs,
    engine: 'vllm',
    ranks: '0',
    gauges: { running: gauges.running, waiting: gauges.waiting, kvUsed: gauges.kvUsedFraction, kvCapacity: kvCapacityTokens },
    counters: {
      departures: counters.requests,
      completions: counters.requests,
      promptTokens: counters.promptTokens,
      generationTokens: counters.generationTokens,
      preemptions: counters.preemptions,
      prefixQueries: counters.prefixQueries,
      prefixHits: counters.prefixHits,
      promptLengthSum: totals.promptTokens.sum,
      promptLengthCount: totals.promptTokens.count,
      generationLengthSum: totals.generationTokens.sum,
      generationLengthCount: totals.generationTokens.count,
      ttftSum: totals.ttft.sum,
      ttftCount: totals.ttft.count,
      itlSum: totals.interToken.sum,
      itlCount: totals.interToken.count,
      e2eSum: totals.endToEnd.sum,
      e2eCount: totals.endToEnd.count,
      queueTimeSum: totals.queue.sum,
      queueTimeCount: totals.queue.count,
    },
    asleep: false,
  };
}
