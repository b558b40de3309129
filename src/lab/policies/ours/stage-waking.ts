import { fresh, missing } from '../../../model/index.ts';
import type { ModelRouter } from '../../../prometheus/index.ts';
import type { PolicyStage } from '../../stage/policy-stage.ts';

/** As the product does it unless it is told otherwise (`--wake-poll-interval`). */
const periodMs = 400;
/** What one decision has let sleep, another one is not asked about for so long (`--interval`). */
const patienceMs = 15_000;
/** As long as readings are fresh. */
const newsMs = 60_000;

/** Requests for models at zero, as the product's questions to their routers find them. */
export interface StageWaking {
  /** What routers said of them in the last minute. */
  news(): readonly ModelRouter[];
}

/**
 * Stands for the product's watch over the routers of models that sleep. Nothing is asked while nobody waits, so that it costs nothing: the question that finds the first request
 * comes at some time within a period after it.
 */
export function watchRouters(stage: PolicyStage, onRequest: () => void): StageWaking {
  const chance = stage.random.fork('wake-watch');
  const heard = new Map<string, { readonly atMs: number; readonly said: ModelRouter }>();
  for (const model of stage.scenario.models) {
    const variants = stage.variants.filter((variant) => variant.model === model);
    if (!variants.every(({ variant }) => variant.minReplicas === 0)) continue;
    const key = `${model.namespace}/${model.id}`;
    const sleeps = (): boolean => variants.every((variant) => stage.replicas(variant.key).spec === 0);
    let askedMs = -Infinity;
    stage.onWaiting(model, () => {
      if (stage.now() - askedMs < patienceMs || !sleeps()) return;
      askedMs = stage.now();
      stage.after(Math.floor(chance.next() * periodMs), () => {
        if (!sleeps()) return;
        const atMs = stage.now();
        // over the ten seconds of the watch's window one has come; a router that holds nothing back only counts it
        const counted = fresh(0.1, atMs);
        const waiting = model.router.flowControl ? fresh(1, atMs) : missing('NotReported');
        heard.set(key, { atMs, said: { namespace: model.namespace, modelName: model.id, router: { arrivalsPerSecond: counted, recentArrivalsPerSecond: counted, waiting, running: missing('NotReported') } } });
        onRequest();
      });
    });
  }
  return {
    news() {
      for (const [key, { atMs }] of heard) if (stage.now() - atMs > newsMs) heard.delete(key);
      return [...heard.values()].map(({ said }) => said);
    },
  };
}
