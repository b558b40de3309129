import type { ModelReadings, Problem } from '../../model/index.ts';
import { rounded } from '../../base/index.ts';
import type { PrometheusAnswer } from '../../wire/index.ts';
import { createLabelBook, type LabelBook } from '../answer/label-book.ts';
import { createObjects } from '../answer/objects.ts';
import type { ScannedAnswer } from '../answer/scanned-answer.ts';
import { asFailure, excerpt, Failure } from '../failure.ts';
import { modelSamples, nothingOfModels } from '../models.ts';
import type { MetricSource, PodAddress, PodSample, RouterAddress, Samples } from '../source.ts';
import { createRouterPageMemory } from '../routers/page-memory.ts';
import { windowRules } from '../window/history.ts';
import { readingsOfRanks } from '../window/ranks.ts';
import { nothingRead, type Window } from '../window/readings.ts';
import { createPrometheusClient, type PrometheusClientOptions } from './client.ts';
import { latenciesOf, latencyQuery, namespaceFinder } from './latencies.ts';
import { configQuery, samplesQuery } from './queries.ts';
import { routersOf, routersQuery } from './routers.ts';
import { createScrapeStore } from './scrape-store.ts';
import { speakers } from './targets.ts';

export interface PrometheusOptions extends PrometheusClientOptions {
  /** Rates and means are over this long, as nearly as the scrapes allow. */
  readonly windowMs?: number;
  /** A sample older than this before now is not found: it bounds how late a stale reading can still be shown. */
  readonly lookbackMs?: number;
  /** Label matchers added to every query, such as `cluster="blue"`, for a Prometheus that knows several clusters. */
  readonly matchers?: string;
}

/** What Prometheus said, and which of the pods it says nothing about. */
export interface PrometheusLook extends Samples {
  readonly silent: readonly PodAddress[];
  /** Routers of which it says nothing. */
  readonly silentRouters: readonly RouterAddress[];
}

export interface PrometheusSource extends MetricSource {
  /** As `collect`, but pods that Prometheus knows nothing of are listed rather than made a problem. */
  look(pods: readonly PodAddress[], signal: AbortSignal, routers?: readonly RouterAddress[]): Promise<PrometheusLook>;
}

/** How much longer than the time since the last look is asked for, because the two clocks need not agree on how long that was. */
const overlapMs = 1000;

/**
 * Asks Prometheus about all pods at once, with four queries whatever their number. It keeps the pages of the window, and asks for those only that
 * are new since the last look; for all of them where it has none, as of a pod that it was never asked about before.
 */
export function createPrometheusSource(options: PrometheusOptions): PrometheusSource {
  const { clock, baseUrl, windowMs = 60_000, matchers = '' } = options;
  // a minute beside the window: its later end may be a scrape interval old, its earlier end one before it
  const lookbackMs = options.lookbackMs ?? windowMs + 60_000;
  const rules = windowRules(windowMs);
  const client = createPrometheusClient(options);
  const problem = (message: string): Problem => ({ source: 'prometheus', about: baseUrl, message });

  let store = createScrapeStore(rules, lookbackMs);
  let books = { latencies: createLabelBook(), routers: createLabelBook() };
  let objects = { latencies: createObjects(books.latencies), routers: createObjects(books.routers) };
  const routerPages = createRouterPageMemory();
  let asked: readonly PodAddress[] = [];
  /** When the last look was answered, and how much of the past the next one has to ask for beside the time since then. */
  let last: { readonly atMs: number; readonly evaluatedAtMs: number; readonly behindMs: number; readonly expected: { readonly series: number; readonly points: number } } | undefined;

  /** How far back the next look has to see. */
  function rangeMs(pods: readonly PodAddress[], nowMs: number): number {
    if (!last || nowMs < last.atMs || isAnyNew(pods)) return lookbackMs;
    return Math.min(lookbackMs, nowMs - last.atMs + last.behindMs + overlapMs);
  }

  /** A pod that becomes ready was seen before, while it was starting; one that has long been must not wait a minute for its rates. */
  function isAnyNew(pods: readonly PodAddress[]): boolean {
    // nearly always the same pods stand in the same places, and thirty thousand names need not be hashed to tell
    if (pods.every(({ uid }, index) => uid === asked[index]?.uid)) return false;
    const before = new Set(asked.map(({ uid }) => uid));
    return pods.some(({ uid, ready }) => ready !== false && !before.has(uid));
  }

  async function look(pods: readonly PodAddress[], signal: AbortSignal, routers: readonly RouterAddress[] = []): Promise<PrometheusLook> {
    const askedAtMs = clock.now();
    const scan = (query: string, book: LabelBook, resultType: 'matrix' | 'vector', expected?: { readonly series: number; readonly points: number }): Promise<ScannedAnswer | Failure> =>
      ask(client.scan(query, { signal, book, ...(expected && { expected }) }), resultType);
    const [samples, config, latencies, routed] = await Promise.all([
      scan(samplesQuery(rangeMs(pods, askedAtMs), matchers), store.book, 'matrix', last?.expected),
      scan(configQuery(matchers), store.configBook, 'vector'),
      scan(latencyQuery(windowMs, matchers), books.latencies, 'vector').then((answer) => (answer instanceof Failure ? answer : objects.latencies.of(answer))),
      scan(routersQuery(lookbackMs, matchers), books.routers, 'matrix').then((answer) => (answer instanceof Failure ? answer : objects.routers.of(answer))),
    ]);
    if (samples instanceof Failure) {
      const readings = nothingRead(samples.why, `Prometheus ${samples.message}`);
      return {
        atMs: clock.now(),
        pods: pods.map((pod) => ({ namespace: pod.namespace, pod: pod.pod, readings })),
        models: { seen: [], others: nothingOfModels(samples.why, `Prometheus ${samples.message}`) },
        problems: [problem(`Prometheus at ${baseUrl} ${samples.message}. What it would have said is unknown in this look, and no replica is removed because of that.`)],
        silent: [],
        silentRouters: routers,
      };
    }
    const problems = [...samples.warnings, ...(config instanceof Failure ? [] : config.warnings), ...(latencies instanceof Failure ? [] : latencies.warnings), ...(routed instanceof Failure ? [] : routed.warnings)].map((warning) =>
      problem(`Prometheus at ${baseUrl} warns that its answer may be incomplete: ${excerpt(warning, 200)}. What it gave is used.`));
    if (config instanceof Failure) {
      problems.push(problem(`Prometheus at ${baseUrl} ${config.message} when asked for the size of the KV caches. That is unknown in this look; the rest is used.`));
    }

    if (latencies instanceof Failure) {
      problems.push(problem(`Prometheus at ${baseUrl} ${latencies.message} when asked how latencies are distributed. That is unknown in this look; the rest is used.`));
    }

    if (routed instanceof Failure) {
      problems.push(problem(`Prometheus at ${baseUrl} ${routed.message} when asked for the metrics of routers. What waits in them is unknown in this look; the rest is used.`));
    }

    // only Prometheus knows how old a sample is by its own clock
    const evaluatedAtMs = config instanceof Failure || config.count === 0 ? askedAtMs : (config.timesMs[0] as number);
    store.wants(pods);
    const { behindMs, mostlyGone } = store.take(samples, evaluatedAtMs, last?.evaluatedAtMs);
    if (!(config instanceof Failure)) store.takeConfig(config);
    last = behindMs === undefined ? undefined : { atMs: askedAtMs, evaluatedAtMs, behindMs, expected: { series: samples.count, points: samples.firstPoint[samples.count] as number } };
    asked = pods;
    const silent: PodAddress[] = [];
    /** By namespace and model. */
    const newest = new Map<string, Map<string, number>>();
    let newestMs = 0;
    const seen = pods.map((pod, position): PodSample => {
      const { namespace, pod: name } = pod;
      const spokenBy = speakers(store.targetsOf(position), pod);
      if (spokenBy.length === 0) {
        if (pod.ip !== '') silent.push(pod);
        const detail = `Prometheus has no sample of an engine's metrics of this pod within the last ${lookbackMs / 1000} s.`;
        return { namespace, pod: name, readings: nothingRead('NotReported', detail) };
      }
      const windows: Window[] = [];
      for (const target of spokenBy) {
        newestMs = Math.max(newestMs, target.newestMs);
        const window = store.windowOf(target);
        if (window) windows.push(window);
      }
      const [first] = windows;
      if (!first || windows.length < spokenBy.length) return { namespace, pod: name, readings: nothingRead('Malformed', 'The samples in Prometheus are of no engine that is known.') };
      const { modelName, atMs } = first.latest;
      let ofNamespace = newest.get(namespace);
      if (!ofNamespace) newest.set(namespace, (ofNamespace = new Map<string, number>()));
      if (atMs > (ofNamespace.get(modelName ?? '') ?? 0)) ofNamespace.set(modelName ?? '', atMs);
      const readings = readingsOfRanks(windows as [Window, ...Window[]]);
      return modelName === undefined ? { namespace, pod: name, readings } : { namespace, pod: name, modelName, readings };
    });
    if (mostlyGone) {
      store = createScrapeStore(rules, lookbackMs);
      books = { latencies: createLabelBook(), routers: createLabelBook() };
      objects = { latencies: createObjects(books.latencies), routers: createObjects(books.routers) };
      last = undefined;
    }
    const aheadMs = newestMs - clock.now();
    if (aheadMs > 30_000) {
      problems.push(problem(`The newest sample of Prometheus at ${baseUrl} is ${rounded(aheadMs / 1000, 0)} s in the future by this machine's clock: one of the two clocks is wrong, and stale samples cannot be told until it is set right.`));
    }
    const untold = (answer: PrometheusAnswer | Failure, what: string): ModelReadings =>
      answer instanceof Failure ? nothingOfModels(answer.why, `Prometheus ${answer.message}`) : nothingOfModels('NotReported', `Prometheus has ${what}.`);
    const routersSeen = routersOf(routed instanceof Failure ? nothing : routed, rules, routerPages);
    const models = modelSamples(
      routersSeen.models,
      latenciesOf(latencies instanceof Failure ? nothing : latencies, namespaceFinder(pods), (namespace, modelName) => newest.get(namespace)?.get(modelName)),
      {
        router: untold(routed, `nothing that a router in the namespace says of this model within the last ${lookbackMs / 1000} s`).router,
        latency: untold(latencies, `no latencies of this model within the last ${windowMs / 1000} s`).latency,
      },
    );
    return { atMs: clock.now(), pods: seen, models, problems, silent, silentRouters: routers.filter((router) => !routersSeen.heard(router)) };
  }

  async function collect(pods: readonly PodAddress[], signal: AbortSignal): Promise<Samples> {
    const { silent: all, silentRouters: _, problems, ...rest } = await look(pods, signal);
    const silent = all.filter(({ ready }) => ready !== false);
    if (silent.length === 0) return { ...rest, problems };
    const some = silent.slice(0, 5).map(({ namespace, pod }) => `${namespace}/${pod}`).join(', ');
    const more = silent.length > 5 ? ` and ${silent.length - 5} more` : '';
    const message = `Prometheus at ${baseUrl} has no sample of an engine's metrics within the last ${lookbackMs / 1000} s of ${some}${more}. `
      + 'Their readings are unknown, and no replica is removed because of that. Check that a PodMonitor, ServiceMonitor or scrape configuration covers these pods.';
    return { ...rest, problems: [...problems, problem(message)] };
  }

  return { look, collect };
}

const nothing: PrometheusAnswer = { resultType: 'vector', series: [], warnings: [] };

/** The answer if it is of the type that was asked for, or why there is none. */
async function ask(asked: Promise<ScannedAnswer>, resultType: PrometheusAnswer['resultType']): Promise<ScannedAnswer | Failure> {
  try {
    const answer = await asked;
    if (answer.resultType === resultType) return answer;
    return new Failure('Malformed', `answered with a ${answer.resultType} where a ${resultType} was asked for`);
  } catch (error) {
    return asFailure(error, 0, 0);
  }
}
