import type { Problem } from '../../model/index.ts';
import type { Clock, Transport } from '../../runtime/index.ts';
import type { Exposition } from '../../wire/index.ts';
import { withinDeadline } from '../deadline.ts';
import { namesToKeep } from '../engines/names.ts';
import { recognise } from '../engines/recognise.ts';
import type { EngineSample } from '../engines/sample.ts';
import { asFailure, excerpt, Failure } from '../failure.ts';
import { gatherLatencies } from '../latency/model-latencies.ts';
import { modelSamples, nothingOfModels } from '../models.ts';
import { createRouterScrape } from '../routers/router-scrape.ts';
import type { MetricSource, PodAddress, PodSample, RouterAddress, Samples } from '../source.ts';
import { emptyHistory, extended, windowOf, windowRules, type History } from '../window/history.ts';
import { nothingRead, readingsOver, type Window } from '../window/readings.ts';
import { fetchPage } from './page.ts';

/** What one collection may cost. */
export interface ScrapeBudgets {
  /** How long one pod may take to answer whole, over all its ports. */
  readonly podTimeoutMs: number;
  /** How long a whole collection may take. */
  readonly collectTimeoutMs: number;
  /** A page larger than this is given up. */
  readonly maxBytes: number;
  /** Pods asked at the same time. */
  readonly concurrency: number;
  /** Rates and means are over this long, as nearly as the samples allow. */
  readonly windowMs: number;
}

/**
 * A page of vLLM is 33 kB and takes a busy server up to half a second; 3 s and 8 MiB are far above both.
 * 64 at a time ask a fleet of 1 000 pods in a second or two without a burst of sockets.
 */
export const defaultScrapeBudgets: ScrapeBudgets = {
  podTimeoutMs: 3_000,
  collectTimeoutMs: 10_000,
  maxBytes: 8 * 1024 * 1024,
  concurrency: 64,
  windowMs: 60_000,
};

export interface ScrapeOptions extends Partial<ScrapeBudgets> {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly scheme?: 'http' | 'https';
  /** `/metrics` unless given. */
  readonly path?: string;
  /** Read anew for each collection (a token may change). */
  readonly headers?: () => Promise<Readonly<Record<string, string>>>;
  /** The same for routers. */
  readonly routerHeaders?: () => Promise<Readonly<Record<string, string>>>;
}

interface Answer {
  readonly sample: EngineSample;
  readonly exposition: Exposition;
  readonly port: number;
}

interface Remembered {
  readonly history: History;
  /** The port that answered last. */
  readonly port: number;
}

/**
 * Asks each pod itself for its metrics, several at a time, and remembers the last few minutes of each
 * (by uid), so that rates are over a steady window however often it is asked. A pod that fails is missing,
 * with one problem that says why; the others are not affected.
 */
export function createScrapeSource(options: ScrapeOptions): MetricSource {
  const { transport, clock, scheme = 'http', path = '/metrics', headers = async () => ({}) } = options;
  const budgets: ScrapeBudgets = { ...defaultScrapeBudgets, ...definedOnly(options) };
  const rules = windowRules(budgets.windowMs);
  const routerScrape = createRouterScrape({ transport, clock, ...budgets, ...(options.routerHeaders && { headers: options.routerHeaders }) });
  let memory: ReadonlyMap<string, Remembered> = new Map();

  async function askPod(pod: PodAddress, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const last = memory.get(pod.uid)?.port;
    const ports = [...new Set([...(last !== undefined && pod.ports.includes(last) ? [last] : []), ...pod.ports])];
    const failures: Failure[] = [];
    for (const port of ports) {
      const url = `${scheme}://${pod.ip.includes(':') ? `[${pod.ip}]` : pod.ip}:${port}${path}`;
      try {
        const page = await fetchPage({ transport, clock, url, headers: given, maxBytes: budgets.maxBytes, keep: namesToKeep, signal });
        const sample = recognise(page.exposition.series, page.atMs);
        if (sample) return { sample, exposition: page.exposition, port };
        throw page.exposition.malformedLines > 0
          ? new Failure('Malformed', `answered with something that is no page of metrics: ${firstProblem(page.exposition)}`)
          : new Failure('NotReported', 'shows no metric of an engine that is known');
      } catch (error) {
        if (signal.aborted) throw error;
        const failure = asFailure(error, budgets.podTimeoutMs, budgets.maxBytes);
        failures.push(new Failure(failure.why, `${url} ${failure.message}`, failure));
      }
    }
    // what an open port said tells more than that another one is closed
    throw failures.toSorted((a, b) => Number(a.why === 'Unreachable') - Number(b.why === 'Unreachable'))[0]
      ?? new Failure('NotReported', 'no port is known on which it would show metrics');
  }

  async function look(pod: PodAddress, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Look> {
    if (pod.ip === '') return { sample: sampleOf(pod, nothingRead('NotScraped', 'The pod has no address yet.')) };
    try {
      return understood(pod, await withinDeadline(clock, budgets.podTimeoutMs, signal, (own) => askPod(pod, given, own)));
    } catch (error) {
      return failed(pod, asFailure(error, budgets.podTimeoutMs, budgets.maxBytes));
    }
  }

  function understood(pod: PodAddress, { sample, exposition, port }: Answer): Look {
    const before = memory.get(pod.uid)?.history ?? emptyHistory;
    const named = sample.modelName === undefined ? {} : { modelName: sample.modelName };
    if (exposition.malformedLines > 0 || !exposition.terminated) {
      // A number that is missing now would look like a jump at the next look, so such a page is no base for rates.
      const detail = exposition.malformedLines > 0 ? firstProblem(exposition) : 'its page ends in the middle of a line';
      const window: Window = { latest: sample, without: { why: 'Malformed', detail } };
      return {
        sample: sampleOf(pod, readingsOver(window), named),
        window,
        problem: problemOf(pod, `${detail}. What could be read is used; rates are not known until a whole page is seen.`),
        remember: { history: before, port },
      };
    }
    const history = extended(before, sample, rules);
    const window = windowOf(history, rules, sample);
    return { sample: sampleOf(pod, readingsOver(window), named), window, remember: { history, port } };
  }

  function failed(pod: PodAddress, failure: Failure): Look {
    const remember = memory.get(pod.uid);
    return {
      sample: sampleOf(pod, nothingRead(failure.why, failure.message)),
      ...(pod.ready === false ? {} : { problem: problemOf(pod, `${failure.message}. Its readings are unknown, and no replica is removed because of that.`) }),
      ...(remember ? { remember } : {}),
    };
  }

  async function collect(pods: readonly PodAddress[], signal: AbortSignal, routers: readonly RouterAddress[] = []): Promise<Samples> {
    const askingRouters = routerScrape.collect(routers, signal);
    const problems: Problem[] = [];
    const given = await headers().catch((error: unknown) => {
      const said = error instanceof Error ? error.message : String(error);
      problems.push({ source: 'scrape', about: 'credentials', message: `The credentials for asking pods could not be read (${said}); pods were asked without them.` });
      return {};
    });
    const looks: (Look | undefined)[] = pods.map(() => undefined);
    const whole = new AbortController();
    const everything = async (own: AbortSignal): Promise<void> => {
      own.addEventListener('abort', () => whole.abort(own.reason), { once: true });
      let next = 0;
      const worker = async (): Promise<void> => {
        for (let index = next++; index < pods.length && !whole.signal.aborted; index = next++) {
          looks[index] = await look(pods[index] as PodAddress, given, whole.signal);
        }
      };
      await Promise.all(Array.from({ length: Math.min(budgets.concurrency, pods.length) }, worker));
    };
    await withinDeadline(clock, budgets.collectTimeoutMs, signal, everything).catch(() => {});

    const kept = new Map<string, Remembered>();
    const latencies = gatherLatencies();
    const samples = pods.map((pod, index) => {
      const one = looks[index] ?? failed(pod, new Failure('TimedOut', `no answer had come when the time for all pods (${budgets.collectTimeoutMs} ms) was used up`));
      if (one.problem) problems.push(one.problem);
      if (one.remember) kept.set(pod.uid, one.remember);
      if (one.window) latencies.add(pod.namespace, one.sample.modelName ?? pod.modelID, one.window);
      return one.sample;
    });
    // pods that are gone are forgotten with the old map
    memory = kept;
    const routed = await askingRouters;
    problems.push(...routed.problems);
    const models = modelSamples(routed.models, latencies.models(), {
      router: nothingOfModels('NotReported', 'No router in its namespace says anything of it.').router,
      latency: nothingOfModels('NotReported', 'No pod that serves it answered.').latency,
    });
    return { atMs: clock.now(), pods: samples, models, problems };
  }

  return { collect };
}

interface Look {
  readonly sample: PodSample;
  /** What the sample was made of, where the pod answered. */
  readonly window?: Window;
  readonly problem?: Problem;
  readonly remember?: Remembered;
}

function sampleOf(pod: PodAddress, readings: PodSample['readings'], named: { modelName?: string } = {}): PodSample {
  return { namespace: pod.namespace, pod: pod.pod, ...named, readings };
}

function problemOf(pod: PodAddress, what: string): Problem {
  const about = `${pod.namespace}/${pod.pod}`;
  return { source: 'scrape', about, message: `The metrics of pod ${about}: ${what}` };
}

function firstProblem({ problems, malformedLines }: Exposition): string {
  const first = problems[0];
  if (!first) return 'nothing could be read';
  const where = `line ${first.line} ("${excerpt(first.text)}") where ${first.expected} was expected`;
  return malformedLines === 1 ? `one line cannot be read, ${where}` : `${malformedLines} lines cannot be read, the first is ${where}`;
}

function definedOnly(options: Partial<ScrapeBudgets>): Partial<ScrapeBudgets> {
  const names = Object.keys(defaultScrapeBudgets) as (keyof ScrapeBudgets)[];
  return Object.fromEntries(names.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}
