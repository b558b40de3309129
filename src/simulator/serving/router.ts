import type { Random } from '../../runtime/index.ts';
import type { Agenda } from '../agenda.ts';
import type { Engine } from './engine.ts';
import { createHeldRequests } from './held-requests.ts';
import { endRequest } from './request.ts';
import type { InferenceRequest } from './request.ts';
import { createRoutedServer, isSaturated, lookAt } from './routed-server.ts';
import type { RoutedServer } from './routed-server.ts';
import { createRouterMeters, meterArrival, meterEnd, meterFirstToken } from './router-meters.ts';
import type { RouterMeters } from './router-meters.ts';
import { createServerChoice } from './server-choice.ts';
import type { RoutingPolicy } from './server-choice.ts';

export interface RouterOptions {
  /** `least-loaded` counts the requests in each server at the moment; `scored` looks at queue, KV use and prefixes as of its last poll. */
  readonly policy?: RoutingPolicy;
  /** Holds requests while every server is saturated, and sends them in order of arrival when one is not. */
  readonly flowControl?: boolean;
  /** How long a request is held while there is no server that is ready, before it is refused. */
  readonly patienceMs?: number;
  /** How long a request is held at all; for ever unless told, as long as a server is ready. */
  readonly holdAtMostMs?: number;
  /** Requests that are held at most; what comes beyond them is refused. */
  readonly mostHeld?: number;
  /** How old what `scored` and flow control know of a server may be: routers poll metrics every 50 ms. */
  readonly refreshMs?: number;
  /** Decides between equals; the first of them is taken without it. */
  readonly random?: Random;
}

/**
 * Gives each request of one model to one of its ready servers. It never sends a request twice: what a server loses is lost. A decode server
 * gets each request together with a prefill server, chosen at the same time, and computes prompts itself while there is none.
 */
export interface Router {
  readonly meters: RouterMeters;
  readonly flowControl: boolean;
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
  const { policy = 'least-loaded', flowControl = false, patienceMs = 60_000, holdAtMostMs, mostHeld = Infinity, refreshMs = 50, random } = options;
  const meters = createRouterMeters();
  const chooseServer = createServerChoice(policy, random);
  const choosePrefill = createServerChoice(policy, random);
  /** Those that answer, and those that only compute prompts. */
  const answering: RoutedServer[] = [];
  const prefilling: RoutedServer[] = [];
  const held = createHeldRequests(agenda, { patienceMs, holdAtMostMs, canServe: () => answering.length > 0, refuse: turnAway });
  const at = new Map<InferenceRequest, Engine | undefined>();
  const whenWaiting: (() => void)[] = [];
  let lookedAtMs = -Infinity;
  let polling = false;

  /** Pages are read when they are asked about, so between two requests that are far apart nobody polls. */
  function look(): void {
    if (agenda.now() - lookedAtMs < refreshMs) return;
    lookedAtMs = agenda.now();
    for (const server of answering) lookAt(server);
    for (const server of prefilling) lookAt(server);
  }

  function saturated(): boolean {
    if (!flowControl) return false;
    look();
    return answering.every(isSaturated) || (prefilling.length > 0 && prefilling.every(isSaturated));
  }

  function ended(request: InferenceRequest): void {
    at.delete(request);
    meterEnd(meters, request);
  }

  const path = {
    onFirstToken: (request: InferenceRequest) => meterFirstToken(meters, request),
    onEnd: ended,
  };

  function refuse(request: InferenceRequest): void {
    endRequest(request, 'refused', agenda.now());
    ended(request);
  }

  function turnAway(request: InferenceRequest): void {
    meters.turnedAway += 1;
    refuse(request);
  }

  function send(request: InferenceRequest): void {
    meters.given += 1;
    if (policy === 'scored') look();
    const server = chooseServer(answering, request);
    const helper = server.engine.role === 'decode' && prefilling.length > 0 ? choosePrefill(prefilling, request) : undefined;
    for (const chosen of helper === undefined ? [server] : [server, helper]) {
      chosen.sentSince += 1;
      if (policy === 'scored') chosen.prefixes.add(request);
    }
    at.set(request, server.engine);
    if (!server.engine.submit(request, helper === undefined ? path : { ...path, prefillAt: helper.engine })) refuse(request);
  }

  function sendHeld(): void {
    while (held.size() > 0 && answering.length > 0 && !saturated()) {
      const request = held.shift();
      if (request !== undefined) send(request);
    }
    if (held.size() > 0 && answering.length > 0) poll();
  }

  function poll(): void {
    if (polling) return;
    polling = true;
    agenda.at(agenda.now() + refreshMs, () => {
      polling = false;
      sendHeld();
    });
  }

  function listFor(engine: Engine): RoutedServer[] {
    return engine.role === 'prefill' ? prefilling : answering;
  }

  return {
    meters,
    flowControl,
    addServer(name, engine) {
      const server = createRoutedServer(name, engine);
      lookAt(server);
      listFor(engine).push(server);
      sendHeld();
    },
    removeServer(name) {
      for (const list of [answering, prefilling]) {
        const index = list.findIndex((server) => server.name === name);
        if (index !== -1) list.splice(index, 1);
      }
    },
    submit(request) {
      meterArrival(meters, request);
      at.set(request, undefined);
      if (answering.length > 0 && held.size() === 0 && !saturated()) {
        send(request);
        return;
      }
      if (held.size() >= mostHeld) {
        turnAway(request);
        return;
      }
      held.push(request);
      if (answering.length > 0) poll();
      else for (const fire of whenWaiting) fire();
    },
    cancel(request) {
      if (!held.remove(request)) return at.get(request)?.cancel(request) ?? false;
      meters.turnedAway += 1;
      endRequest(request, 'timed-out', agenda.now());
      ended(request);
      return true;
    },
    held: () => held.size(),
    heldTokens: () => held.tokens(),
    inFlight: () => at.size,
    readyServers: () => answering.length,
    onWaiting(fire) {
      whenWaiting.push(fire);
    },
  };
}
