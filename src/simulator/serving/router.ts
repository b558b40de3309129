import type { Random } from '../../runtime/index.ts';
import type { Agenda } from '../agenda.ts';
import type { Engine } from './engine.ts';
import { endRequest } from './request.ts';
import type { InferenceRequest } from './request.ts';
import { createRouterMeters } from './router-meters.ts';
import type { RouterMeters } from './router-meters.ts';

export interface RouterOptions {
  readonly policy?: 'least-loaded' | 'round-robin' | 'scored';
  /** Holds requests while every server is saturated. */
  readonly flowControl?: boolean;
  /** How long requests are held while there is no server that is ready, before they are refused. */
  readonly patienceMs?: number;
  /** Decides between equals; the first of them unless told. */
  readonly random?: Random;
}

/**
 * Gives each request of one model to one of its ready servers. It never sends a request twice: what a server loses is lost.
 * While no server is ready, requests are held, and refused after `patienceMs`.
 */
export interface Router {
  readonly meters: RouterMeters;
  addServer(name: string, engine: Engine): void;
  /** From now on it gets nothing new. */
  removeServer(name: string): void;
  submit(request: InferenceRequest): void;
  /** The client gives up. @returns false when the request has ended or never came. */
  cancel(request: InferenceRequest): boolean;
  /** Requests that wait here, and have not been given to a server. */
  held(): number;
  /** Tokens of their prompts. */
  heldTokens(): number;
  /** Came and have not ended. */
  inFlight(): number;
  readyServers(): number;
  /** Calls `fire` whenever a request begins to wait while there is no server that is ready. */
  onWaiting(fire: () => void): void;
}

export function createRouter(agenda: Agenda, options: RouterOptions = {}): Router {
  const { patienceMs = 60_000 } = options;
  const meters = createRouterMeters();
  const servers = new Map<string, Engine>();
  const holding = new Set<InferenceRequest>();
  const at = new Map<InferenceRequest, Engine | undefined>();
  const whenWaiting: (() => void)[] = [];

  function leastLoaded(): Engine | undefined {
    let best: Engine | undefined;
    let fewest = Infinity;
    for (const engine of servers.values()) {
      const load = engine.running() + engine.waiting();
      if (load < fewest) [best, fewest] = [engine, load];
    }
    return best;
  }

  function ended(request: InferenceRequest): void {
    at.delete(request);
    if (request.ending !== 'completed') {
      meters.refused += 1;
      return;
    }
    meters.answered += 1;
    meters.generationTokens += request.generationTokens;
    const { endedAtMs = 0, firstTokenAtMs = endedAtMs, generationTokens } = request;
    if (generationTokens > 1) meters.perOutputToken.observe((endedAtMs - firstTokenAtMs) / 1000 / (generationTokens - 1));
  }

  function firstToken(request: InferenceRequest): void {
    meters.ttft.observe(((request.firstTokenAtMs ?? 0) - request.arrivedAtMs) / 1000);
  }

  function refuse(request: InferenceRequest): void {
    endRequest(request, 'refused', agenda.now());
    ended(request);
  }

  function dispatch(request: InferenceRequest): void {
    const engine = leastLoaded();
    if (engine !== undefined) {
      at.set(request, engine);
      if (!engine.submit(request, { onFirstToken: firstToken, onEnd: ended })) refuse(request);
      return;
    }
    holding.add(request);
    agenda.at(agenda.now() + patienceMs, () => {
      if (holding.delete(request)) refuse(request);
    });
    for (const fire of whenWaiting) fire();
  }

  return {
    meters,
    addServer(name, engine) {
      servers.set(name, engine);
      const waiting = [...holding];
      holding.clear();
      for (const request of waiting) dispatch(request);
    },
    removeServer(name) {
      servers.delete(name);
    },
    submit(request) {
      meters.arrived += 1;
      meters.promptTokens += request.promptTokens;
      at.set(request, undefined);
      dispatch(request);
    },
    cancel(request) {
      if (holding.delete(request)) {
        endRequest(request, 'timed-out', agenda.now());
        ended(request);
        return true;
      }
      return at.get(request)?.cancel(request) ?? false;
    },
    held: () => holding.size,
    heldTokens: () => [...holding].reduce((total, { promptTokens }) => total + promptTokens, 0),
    inFlight: () => at.size,
    readyServers: () => servers.size,
    onWaiting(fire) {
      whenWaiting.push(fire);
    },
  };
}
