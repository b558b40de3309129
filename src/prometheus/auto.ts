import type { Clock } from '../runtime/index.ts';
import { eitherOf } from './models.ts';
import type { PrometheusSource } from './query/source.ts';
import type { MetricSource, PodAddress, PodSample, RouterAddress, Samples } from './source.ts';

export interface AutoOptions {
  /** Absent where none is configured: then every pod is scraped. */
  readonly prometheus?: PrometheusSource;
  readonly scrape: MetricSource;
  readonly clock: Clock;
  /** What Prometheus knows of a pod is not enough once its newest sample is older than this. */
  readonly staleAfterMs?: number;
}

/**
 * Asks Prometheus about all pods, and then the pods themselves of which it says nothing, or only old news,
 * or everything when it cannot be asked; routers likewise. Of two answers about one pod the newer counts. A pod that is
 * silent in Prometheus is no problem while it answers by itself.
 */
export function createAutoSource(options: AutoOptions): MetricSource {
  const { prometheus, scrape, clock, staleAfterMs = 60_000 } = options;
  if (!prometheus) return scrape;

  const collect = async (pods: readonly PodAddress[], signal: AbortSignal, routers: readonly RouterAddress[] = []): Promise<Samples> => {
    const asked = await prometheus.look(pods, signal, routers);
    const nowMs = clock.now();
    const unheard = pods.filter((_, index) => {
      const sample = asked.pods[index];
      return !sample || nowMs - newestMs(sample) > staleAfterMs;
    });
    if (unheard.length === 0 && asked.silentRouters.length === 0) return { atMs: asked.atMs, pods: asked.pods, ...(asked.models && { models: asked.models }), problems: asked.problems };
    const scraped = await scrape.collect(unheard, signal, asked.silentRouters);
    const own = new Map(unheard.map((pod, index) => [pod.uid, scraped.pods[index]]));
    const models = eitherOf(asked.models, scraped.models);
    return {
      atMs: scraped.atMs,
      pods: pods.map((pod, index) => newer(asked.pods[index], own.get(pod.uid))),
      ...(models && { models }),
      problems: [...asked.problems, ...scraped.problems],
    };
  };

  return { collect };
}

/** Of the two samples of a pod the one with the newer reading; the pod's own where neither has any. */
function newer(fromPrometheus: PodSample | undefined, own: PodSample | undefined): PodSample {
  if (!own) return fromPrometheus as PodSample;
  if (!fromPrometheus) return own;
  return newestMs(fromPrometheus) > newestMs(own) ? fromPrometheus : own;
}

function newestMs({ readings }: PodSample): number {
  let newest = Number.NEGATIVE_INFINITY;
  for (const reading of Object.values(readings)) if (reading.kind !== 'missing') newest = Math.max(newest, reading.atMs);
  return newest;
}
