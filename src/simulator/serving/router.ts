import type { Agenda } from '../agenda.ts';
import type { Engine } from './engine.ts';
import { endRequest } from './request.ts';
import type { InferenceRequest } from './request.ts';

/**
 * Gives each request of one model to the ready server with the fewest requests in it. It never sends a request twice: what
 * a server loses is lost. While no server is ready, requests are held, and lost after `patienceMs`.
 */
export interface Router {
  addServer(name: string, engine: Engine): void;
  /** From now on it gets nothing new. */
  removeServer(name: string): void;
  submit(request: InferenceRequest): void;
  held(): number;
}

export function createRouter(agenda: Agenda, patienceMs = 60_000): Router {
  const servers = new Map<string, Engine>();
  const holding = new Set<InferenceRequest>();

  function leastLoaded(): Engine | undefined {
    let best: Engine | undefined;
    let fewest = Infinity;
    for (const engine of servers.values()) {
      const load = engine.running() + engine.waiting();
      if (load < fewest) [best, fewest] = [engine, load];
    }
    return best;
  }

  function submit(request: InferenceRequest): void {
    const engine = leastLoaded();
    if (engine !== undefined) {
      if (!engine.submit(request)) endRequest(request, 'lost', agenda.now());
      return;
    }
    holding.add(request);
    agenda.at(agenda.now() + patienceMs, () => {
      if (holding.delete(request)) endRequest(request, 'lost', agenda.now());
    });
  }

  return {
    addServer(name, engine) {
      servers.set(name, engine);
      const waiting = [...holding];
      holding.clear();
      for (const request of waiting) submit(request);
    },
    removeServer(name) {
      servers.delete(name);
    },
    submit,
    held: () => holding.size,
  };
}
