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
import { readingsOfRanks } from '../window/ranks.ts';
import { nothingRead, type Window } from '../window/readings.ts';
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

/** The pages of one pod: one, or one for each data-parallel rank that has its own. */
interface Asked {
  readonly answers: readonly Answer[];
  /** When it was last tried which of its ports show pages. */
  readonly learnedAtMs: number;
}

interface Remembered {
  /** The ports that answered last, and what they said before. */
  readonly pages: readonly { readonly port: number; readonly history: History }[];
  readonly learnedAtMs: number;
}

/** Which of a pod's ports show pages of other ranks is found out anew after this long: a rank may be the last to start. */
const relearnMs = 300_000;
/** For a port of which nobody knows that it shows a page: a firewall may swallow the question. */
const otherPortMs = 500;

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

  async function askPort(pod: PodAddress, port: number, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
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
      throw new Failure(failure.why, `${url} ${failure.message}`, failure);
    }
  }

  async function firstAnswer(pod: PodAddress, ports: readonly number[], given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const failures: Failure[] = [];
    for (const port of ports) {
      try {
        return await askPort(pod, port, given, signal);
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.push(error);
      }
    }
    // what an open port said tells more than that another one is closed
    throw failures.toSorted((a, b) => Number(a.why === 'Unreachable') - Number(b.why === 'Unreachable'))[0]
      ?? new Failure('NotReported', 'no port is known on which it would show metrics');
  }

  /** One answer, as a rule; one for each page where data-parallel ranks show pages of their own. */
  async function askPod(pod: PodAddress, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Asked> {
    const remembered = memory.get(pod.uid);
    const known = (remembered?.pages ?? []).map(({ port }) => port).filter((port) => pod.ports.includes(port));
    const isLearned = remembered !== undefined && clock.now() - remembered.learnedAtMs < relearnMs;
    if (known.length > 1 && isLearned) return { answers: await Promise.all(known.map((port) => askPort(pod, port, given, signal))), learnedAtMs: remembered.learnedAtMs };
    const order = [...new Set([...known, ...pod.ports])];
    // where several pages made up the sum, another port is no answer in place of the first of them
    const first = await firstAnswer(pod, known.length > 1 ? order.slice(0, 1) : order, given, signal);
    if (isLearned) return { answers: [first], learnedAtMs: remembered.learnedAtMs };
    const learnedAtMs = clock.now();
    if (first.sample.ranks === '' || pod.ports.length === 1) return { answers: [first], learnedAtMs };
    const others = await Promise.all(order.slice(order.indexOf(first.port) + 1).map(async (port) => {
      // a page that was a part of the sum and is silent now makes the sum unknown; of a port that never showed one nobody expects any
      if (known.includes(port)) return askPort(pod, port, given, signal);
      return withinDeadline(clock, otherPortMs, signal, (own) => askPort(pod, port, given, own)).catch(() => undefined);
    }));
    const spokenFor = new Set(first.sample.ranks.split(' '));
    const answers = [first, ...others.flatMap((answer) => {
      const ranks = answer?.sample.ranks.split(' ').filter((rank) => rank !== '') ?? [];
      // the same ranks on another port are the same engine once more, through a proxy
      if (!answer || ranks.length === 0 || ranks.some((rank) => spokenFor.has(rank))) return [];
      for (const rank of ranks) spokenFor.add(rank);
      return [answer];
    })];
    return { answers, learnedAtMs };
  }

  async function look(pod: PodAddress, given: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Look> {
    if (pod.ip === '') return { sample: sampleOf(pod, nothingRead('NotScraped', 'The pod has no address yet.')) };
    try {
      return understood(pod, await withinDeadline(clock, budgets.podTimeoutMs, signal, (own) => askPod(pod, given, own)));
    } catch (error) {
      return failed(pod, asFailure(error, budgets.podTimeoutMs, budgets.maxBytes));
    }
  }

  function understood(pod: PodAddress, { answers, learnedAtMs }: Asked): Look {
    const pages = answers.map((answer) => ({ port: answer.port, modelName: answer.sample.modelName, ...windowOfPage(pod, answer) }));
    const modelName = pages.find((page) => page.modelName !== undefined)?.modelName;
    const windows = pages.map(({ window }) => window) as [Window, ...Window[]];
    const broken = pages.find(({ detail }) => detail !== undefined);
    return {
      sample: sampleOf(pod, readingsOfRanks(windows), modelName === undefined ? {} : { modelName }),
      windows,
      ...(broken && { problem: problemOf(pod, `${broken.detail}. What could be read is used; rates are not known until a whole page is seen.`) }),
      remember: { pages: pages.map(({ port, history }) => ({ port, history })), learnedAtMs },
    };
  }

  function windowOfPage(pod: PodAddress, { sample, exposition, port }: Answer): { readonly window: Window; readonly history: History; readonly detail?: string } {
    const before = memory.get(pod.uid)?.pages.find((page) => page.port === port)?.history ?? emptyHistory;
    if (exposition.malformedLines > 0 || !exposition.terminated) {
      // A number that is missing now would look like a jump at the next look, so such a page is no base for rates.
      const detail = exposition.malformedLines > 0 ? firstProblem(exposition) : 'its page ends in the middle of a line';
      return { window: { latest: sample, without: { why: 'Malformed', detail } }, history: before, detail };
    }
    const history = extended(before, sample, rules);
    return { window: windowOf(history, rules, sample), history };
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
      for (const window of one.windows ?? []) latencies.add(pod.namespace, one.sample.modelName ?? pod.modelID, window);
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
  readonly windows?: readonly Window[];
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
