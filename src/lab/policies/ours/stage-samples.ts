import type { ReplicaReadings } from '../../../model/index.ts';
import { createSampleWindows, nothingRead, type EngineSample, type PodSample, type Samples } from '../../../prometheus/index.ts';
import type { PolicyStage } from '../../stage/policy-stage.ts';
import type { EngineSampleSeen, Telemetry } from '../../stage/telemetry.ts';

/** Turns what was scraped into the product's own readings, by the product's own windows. */
export interface StageSamples {
  collect(): Samples;
}

export function createStageSamples(stage: PolicyStage, telemetry: Telemetry): StageSamples {
  const windows = createSampleWindows();

  function collect(): Samples {
    const uids = new Set<string>();
    const pods: PodSample[] = [];
    for (const [index, model] of stage.scenario.models.entries()) {
      const byPod = new Map(telemetry.samples({ model: index }).map((sample) => [sample.pod, sample]));
      for (const { key, model: its } of stage.variants) {
        if (its !== model) continue;
        for (const { name, uid, ready } of stage.replicas(key).pods) {
          uids.add(uid);
          const sample = byPod.get(name);
          const readings = sample === undefined ? silent(ready) : windows.see(uid, engineSample(sample));
          pods.push({ namespace: model.namespace, pod: name, modelName: model.id, readings });
        }
      }
    }
    windows.keepOnly(uids);
    return { atMs: stage.now(), pods, problems: [] };
  }

  return { collect };
}

function silent(ready: boolean): ReplicaReadings {
  return nothingRead('NotReported', ready ? 'Prometheus has no sample of an engine\'s metrics of this pod.' : 'The pod is not ready yet.');
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
