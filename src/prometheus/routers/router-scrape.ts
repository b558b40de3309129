import type { Problem } from '../../model/index.ts';
import { TransportError, type Clock, type Transport } from '../../runtime/index.ts';
import { withinDeadline } from '../deadline.ts';
import { startTimeName } from '../engines/names.ts';
import { asFailure, Failure } from '../failure.ts';
import { fetchPage, type PageRequest } from '../scrape/page.ts';
import type { RouterAddress } from '../source.ts';
import { windowRules } from '../window/history.ts';
import { gatherRouters, nothingOfRouter, type ModelRouter } from './model-routers.ts';
import { routerSeriesNames } from './names.ts';
import { readRouterPage, type RouterPage } from './router-page.ts';
import { emptyRouterHistory, extendedRouter, readingsOfRouter, type RouterHistory } from './router-window.ts';

const keep: ReadonlySet<string> = new Set([...routerSeriesNames.keys(), startTimeName]);

/** A whole page without any metric of a router: of another process, or of a router before its first request. */
class Unseen extends Failure {
  readonly atMs: number;
  constructor(atMs: number) {
    super('NotReported', 'shows no metric of a router that is known, as before its first request');
    this.atMs = atMs;
  }
}

/**
 * Asks one router for its page. Half a page is none: a model that is not on it would seem to have nobody waiting.
 * @throws {Failure} what it answered instead, or a TransportError.
 */
export async function fetchRouterPage(request: Omit<PageRequest, 'keep'>): Promise<RouterPage> {
  const { atMs, exposition } = await fetchPage({ ...request, keep });
  if (exposition.malformedLines > 0 || !exposition.terminated) throw new Failure('Malformed', 'showed a page that could not be read whole');
  const page = readRouterPage(exposition.series, atMs);
  if (!page) throw new Unseen(atMs);
  return page;
}

export interface RouterScrapeOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Read anew for each collection. Routers let only those read their metrics who may, unless they are told otherwise. */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  readonly podTimeoutMs: number;
  readonly collectTimeoutMs: number;
  readonly maxBytes: number;
  readonly concurrency: number;
  readonly windowMs: number;
}

export interface RouterScrape {
  /** The models that a router named when it was last asked; `undefined` where it was not, or did not answer yet. */
  named(router: RouterAddress): ReadonlySet<string> | undefined;
  collect(routers: readonly RouterAddress[], signal: AbortSignal): Promise<{
    readonly models: ModelRouter[];
    readonly problems: readonly Problem[];
  }>;
}

interface Look {
  readonly history: RouterHistory;
  readonly page?: RouterPage;
  readonly failure?: Failure;
}

/** Asks routers themselves, several at a time, and remembers the last few minutes of each, so that rates are over a steady window. */
export function createRouterScrape(options: RouterScrapeOptions): RouterScrape {
  const { transport, clock, headers = async () => ({}), podTimeoutMs, collectTimeoutMs, maxBytes, concurrency, windowMs } = options;
  const rules = windowRules(windowMs);
  let memory: ReadonlyMap<string, RouterHistory> = new Map();

  async function ask(router: RouterAddress, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<RouterPage> {
    let last: Failure | undefined;
    let unseen: Unseen | undefined;
    let refused = false;
    for (const port of router.ports) {
      const url = `http://${router.ip.includes(':') ? `[${router.ip}]` : router.ip}:${port}/metrics`;
      try {
        return await fetchRouterPage({ transport, clock, url, headers: given, maxBytes, signal });
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof Unseen) unseen ??= error;
        const failure = asFailure(error, podTimeoutMs, maxBytes);
        refused ||= failure.why !== 'NotReported' && !(error instanceof TransportError && error.code === 'Unreachable');
        last = new Failure(failure.why, `${url} ${failure.message}`, failure);
      }
    }
    // so that its first request is a rise from nothing, and not the first that is known of it; a port that would not say is another thing than a closed one
    if (unseen !== undefined && !refused) return { atMs: unseen.atMs, models: new Map() };
    throw last ?? new Failure('NotReported', 'no port is known on which it would show metrics');
  }

  async function look(router: RouterAddress, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Look> {
    const history = memory.get(router.uid) ?? emptyRouterHistory;
    try {
      const page = await withinDeadline(clock, podTimeoutMs, signal, (own) => ask(router, given, own));
      return { history: extendedRouter(history, page, rules), page };
    } catch (error) {
      return { history, failure: asFailure(error, podTimeoutMs, maxBytes) };
    }
  }

  return {
    named(router) {
      const page = memory.get(router.uid)?.pages.at(-1);
      return page && new Set(page.models.keys());
    },
    async collect(routers, signal) {
      if (routers.length === 0) {
        memory = new Map();
        return { models: [], problems: [] };
      }
      const problems: Problem[] = [];
      const given = await headers().catch((error: unknown) => {
        const said = error instanceof Error ? error.message : String(error);
        problems.push({ source: 'scrape', about: 'credentials', message: `The credentials for asking routers could not be read (${said}); routers were asked without them.` });
        return {};
      });
      const looks: (Look | undefined)[] = routers.map(() => undefined);
      await withinDeadline(clock, collectTimeoutMs, signal, async (own) => {
        let next = 0;
        const worker = async (): Promise<void> => {
          for (let index = next++; index < routers.length && !own.aborted; index = next++) looks[index] = await look(routers[index] as RouterAddress, given, own);
        };
        await Promise.all(Array.from({ length: Math.min(concurrency, routers.length) }, worker));
      }).catch(() => {});

      const gathered = gatherRouters();
      const kept = new Map<string, RouterHistory>();
      for (const [index, router] of routers.entries()) {
        const { history, page, failure } = looks[index] ?? {
          history: memory.get(router.uid) ?? emptyRouterHistory,
          failure: new Failure('TimedOut', `had not answered when the time for all routers (${collectTimeoutMs} ms) was used up`),
        };
        kept.set(router.uid, history);
        if (page) for (const [model, readings] of readingsOfRouter(history, rules, page)) gathered.add(router.namespace, model, readings);
        if (!failure) continue;
        // what it said before it fell silent is a part of the sum, and not known now
        for (const model of history.pages.at(-1)?.models.keys() ?? []) gathered.add(router.namespace, model, nothingOfRouter(failure.why, failure.message));
        if (failure.why !== 'NotReported') problems.push(problemOf(router, failure));
      }
      memory = kept;
      return { models: gathered.models(), problems };
    },
  };
}

function problemOf({ namespace, pod }: RouterAddress, { message }: Failure): Problem {
  const about = `${namespace}/${pod}`;
  const denied = /HTTP status 40[13]/.test(message) ? ' Give the controller a token that may read them, or let the router show them to everybody (--metrics-endpoint-auth=false).' : '';
  return { source: 'scrape', about, message: `The metrics of router ${about}: ${message}. What waits in it is unknown; the readings of replicas are used.${denied}` };
}
