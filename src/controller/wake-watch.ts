import { groupBy } from '../base/index.ts';
import { isAskedFor, type CycleRecord } from '../model/index.ts';
import type { ModelRouter, RouterAddress, RouterScrape } from '../prometheus/index.ts';
import { createBackoff, type Backoff, type Clock, type Random } from '../runtime/index.ts';
import { sleepersOf, type Sleeper } from './sleepers.ts';

export interface WakeWatchOptions {
  readonly routers: RouterScrape;
  /** Every router that runs now. */
  addresses(): readonly RouterAddress[];
  readonly clock: Clock;
  readonly random: Random;
  /** Between two questions to the same router; 0: none is asked. */
  readonly periodMs: number;
  /** What one decision has let sleep, another one will not be asked about for so long: whole looks see it anyway. */
  readonly patienceMs: number;
  /** A request has come for a model that sleeps. */
  onRequest(): void;
}

/** Watches the routers of models that are at zero, so that the first request brings one back at once and not with the next look. */
export interface WakeWatch {
  /** Who sleeps, after each cycle. */
  hear(record: Pick<CycleRecord, 'decisions' | 'observation'>): void;
  /** What routers said of models that slept and for which requests have come, of the last minute. */
  news(): readonly ModelRouter[];
  /** Asks, until the signal ends it; the first period begins with the first sleeper. */
  run(signal: AbortSignal): Promise<void>;
}

/** For how long a request that came is told of: as long as readings are fresh. */
const newsMs = 60_000;
/** Asking takes a quarter of the time at the most, however many routers there are and however long their pages. */
const restShare = 3;

export function createWakeWatch(options: WakeWatchOptions): WakeWatch {
  const { routers, clock, random, periodMs, patienceMs } = options;
  let sleepers: readonly Sleeper[] = [];
  /** By namespace and the name that routers use. */
  let names: ReadonlySet<string> = new Set();
  const heard = new Map<string, { readonly atMs: number; readonly said: ModelRouter }>();
  const toldAtMs = new Map<string, number>();
  /** Of routers that failed, by uid. */
  const waits = new Map<string, { readonly backoff: Backoff; readonly untilMs: number }>();

  function hear(record: Pick<CycleRecord, 'decisions' | 'observation'>): void {
    const now = periodMs === 0 ? [] : sleepersOf(record);
    if (now.length === 0 && sleepers.length === 0) return;
    sleepers = now;
    names = new Set(now.flatMap(({ namespace, names: called }) => called.map((name) => `${namespace}/${name}`)));
    for (const key of toldAtMs.keys()) if (!names.has(key)) toldAtMs.delete(key);
  }

  async function ask(signal: AbortSignal): Promise<void> {
    const askedMs = clock.now();
    const asked = routersOf(sleepers, options.addresses(), routers).filter(({ uid }) => (waits.get(uid)?.untilMs ?? 0) <= askedMs);
    const { models, problems } = await routers.collect(asked, signal);
    signal.throwIfAborted();
    const failed = new Set(problems.map(({ about }) => about));
    const nowMs = clock.now();
    for (const { uid, namespace, pod } of asked) {
      if (!failed.has(`${namespace}/${pod}`)) {
        waits.delete(uid);
        continue;
      }
      const backoff = waits.get(uid)?.backoff ?? createBackoff(random, { initialMs: 2000 });
      waits.set(uid, { backoff, untilMs: nowMs + backoff.next() });
    }
    let isNew = false;
    for (const said of models) {
      const key = `${said.namespace}/${said.modelName}`;
      if (!names.has(key) || !isAskedFor(said.router)) continue;
      heard.set(key, { atMs: nowMs, said });
      if (nowMs - (toldAtMs.get(key) ?? -Infinity) < patienceMs) continue;
      toldAtMs.set(key, nowMs);
      isNew = true;
    }
    if (isNew) options.onRequest();
  }

  return {
    hear,
    news() {
      for (const [key, { atMs }] of heard) if (clock.now() - atMs > newsMs) heard.delete(key);
      return [...heard.values()].map(({ said }) => said);
    },
    async run(signal) {
      if (periodMs === 0) return;
      for (;;) {
        const beganMs = clock.now();
        if (sleepers.length > 0) await ask(signal);
        const tookMs = clock.now() - beganMs;
        await clock.sleep(Math.max(periodMs - tookMs, restShare * tookMs), signal);
      }
    },
  };
}

/**
 * The routers that the first request for a sleeper may come to: those in its namespace that have named it, and those that have named nobody yet. All of
 * them while none has named it, for nothing else tells which models a router serves.
 */
function routersOf(sleepers: readonly Sleeper[], addresses: readonly RouterAddress[], routers: Pick<RouterScrape, 'named'>): RouterAddress[] {
  const here = groupBy(addresses, ({ namespace }) => namespace);
  return [...groupBy(sleepers, ({ namespace }) => namespace)].flatMap(([namespace, those]) => {
    const near = (here.get(namespace) ?? []).map((router) => ({ router, models: [...(routers.named(router) ?? [])] }));
    const known = new Set(near.flatMap(({ models }) => models));
    const wanted = new Set(those.flatMap(({ names }) => names));
    if (!those.every(({ names }) => names.some((name) => known.has(name)))) return near.map(({ router }) => router);
    return near.filter(({ models }) => models.length === 0 || models.some((model) => wanted.has(model))).map(({ router }) => router);
  });
}
