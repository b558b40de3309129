import { fresh, missing, type MissingReason, type Reading, type RouterReadings } from '../../model/index.ts';

/** What all routers in front of one model say, by the name that they call it. */
export interface ModelRouter {
  readonly namespace: string;
  readonly modelName: string;
  readonly router: RouterReadings;
}

/** Adds up what all routers in front of each model say. */
export interface ModelRouters {
  add(namespace: string, modelName: string, readings: RouterReadings): void;
  models(): ModelRouter[];
}

export function gatherRouters(): ModelRouters {
  const models = new Map<string, { readonly namespace: string; readonly modelName: string; readonly routers: RouterReadings[] }>();
  return {
    add(namespace, modelName, readings) {
      const key = `${namespace}/${modelName}`;
      const model = models.get(key);
      if (model) model.routers.push(readings);
      else models.set(key, { namespace, modelName, routers: [readings] });
    },
    models: () =>
      [...models.values()].map(({ namespace, modelName, routers }) => ({
        namespace,
        modelName,
        router: {
          arrivalsPerSecond: totalOf(routers.map((one) => one.arrivalsPerSecond)),
          recentArrivalsPerSecond: totalOf(routers.map((one) => one.recentArrivalsPerSecond)),
          waiting: totalOf(routers.map((one) => one.waiting)),
          running: totalOf(routers.map((one) => one.running)),
        },
      })),
  };
}

/** A sum of some is not the sum: one that is not known makes the whole unknown. As old as the oldest. */
function totalOf(readings: readonly Reading[]): Reading {
  let [value, atMs] = [0, Infinity];
  for (const reading of readings) {
    if (reading.kind === 'missing') return reading;
    value += reading.value;
    atMs = Math.min(atMs, reading.atMs);
  }
  return fresh(value, atMs);
}

/** The same reason for everything. */
export function nothingOfRouter(why: MissingReason, detail?: string): RouterReadings {
  const unknown = missing(why, detail);
  return { arrivalsPerSecond: unknown, recentArrivalsPerSecond: unknown, waiting: unknown, running: unknown };
}
