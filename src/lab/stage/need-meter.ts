import { standing } from './needs.ts';
import type { Capacities } from './needs.ts';
import { countPods } from './replica-meters.ts';
import type { NeedSeconds } from './scores.ts';
import type { Theatre } from './theatre.ts';

/** Looks every few seconds whether what is ready is what the load of the last minute needs. */
export interface NeedMeter {
  readonly stepMs: number;
  readonly look: () => void;
  seconds(): NeedSeconds;
}

const stepSeconds = 5;

export function createNeedMeter({ models, variants, fleet }: Theatre, capacities: Capacities): NeedMeter {
  const perModel = models.map(() => ({ over: 0, under: 0 }));
  const any = { over: 0, under: 0 };
  const ready = (key: string): number => countPods(fleet.pods(key)).ready;

  return {
    stepMs: stepSeconds * 1000,
    look() {
      const standings = models.map(({ index, clients }) => standing(clients.recentRate(), variants.filter(({ modelIndex }) => modelIndex === index), ready, capacities));
      for (const [index, each] of standings.entries()) {
        const count = perModel[index];
        if (count !== undefined && each !== 'enough') count[each] += stepSeconds;
      }
      for (const each of ['over', 'under'] as const) if (standings.includes(each)) any[each] += stepSeconds;
    },
    seconds: () => ({ models: perModel, ...any }),
  };
}
