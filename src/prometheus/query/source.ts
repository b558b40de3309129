import type { ModelReadings, Problem } from '../../model/index.ts';
import { rounded } from '../../base/index.ts';
import type { PrometheusAnswer } from '../../wire/index.ts';
import { asFailure, excerpt, Failure } from '../failure.ts';
import { modelSamples, nothingOfModels } from '../models.ts';
import type { MetricSource, PodAddress, PodSample, RouterAddress, Samples } from '../source.ts';
import { windowRules } from '../window/history.ts';
import { readingsOfRanks } from '../window/ranks.ts';
import { nothingRead } from '../window/readings.ts';
import { createPrometheusClient, type PrometheusClientOptions } from './client.ts';
import { latenciesOf, latencyQuery, namespaceFinder } from './latencies.ts';
import { podMatcher } from './match.ts';
import { configQuery, samplesQuery } from './queries.ts';
import { routersOf, routersQuery } from './routers.ts';
import { speakers, targetsByPod, windowOfTarget } from './targets.ts';

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

/** Asks Prometheus about all pods at once, with four queries whatever their number. */
export function createPrometheusSource(options: PrometheusOptions): PrometheusSource {
  const { clock, baseUrl, windowMs = 60_000, matchers = '' } = options;
  // a minute beside the window: its later end may be a scrape interval old, its earlier end one before it
  const lookbackMs = options.lookbackMs ?? windowMs + 60_000;
  const rules = windowRules(windowMs);
  const client = createPrometheusClient(options);
  const problem = (message: string): Problem => ({ source: 'prometheus', about: baseUrl, message });

  async function look(pods: readonly PodAddress[], signal: AbortSignal, routers: readonly RouterAddress[] = []): Promise<PrometheusLook> {
    const [samples, config, latencies, routed] = await Promise.all([
      ask(client.instant(samplesQuery(lookbackMs, matchers), { signal }), 'matrix'),
      ask(client.instant(configQuery(matchers), { signal }), 'vector'),
      ask(client.instant(latencyQuery(windowMs, matchers), { signal }), 'vector'),
      ask(client.instant(routersQuery(lookbackMs, matchers), { signal }), 'matrix'),
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

    const match = podMatcher(pods);
    const targets = targetsByPod(samples, match);
    const configs = targetsByPod(config instanceof Failure ? nothing : config, match);
    const silent: PodAddress[] = [];
    const newestByModel = new Map<string, number>();
    let newestMs = 0;
    const seen = pods.map((pod): PodSample => {
      const { namespace, pod: name } = pod;
      const spokenBy = speakers(targets.get(pod.uid) ?? [], pod);
      if (spokenBy.length === 0) {
        if (pod.ip !== '') silent.push(pod);
        const detail = `Prometheus has no sample of an engine's metrics of this pod within the last ${lookbackMs / 1000} s.`;
        return { namespace, pod: name, readings: nothingRead('NotReported', detail) };
      }
      newestMs = Math.max(newestMs, ...spokenBy.map((target) => target.newestMs));
      const [first, ...others] = spokenBy.flatMap((target) => {
        const timeless = configs.get(pod.uid)?.find(({ instance, job }) => instance === target.instance && job === target.job)?.series ?? [];
        return windowOfTarget(target, timeless, rules) ?? [];
      });
      const latest = first?.latest;
      if (!latest || others.length + 1 < spokenBy.length) return { namespace, pod: name, readings: nothingRead('Malformed', 'The samples in Prometheus are of no engine that is known.') };
      const model = `${namespace}/${latest.modelName ?? ''}`;
      newestByModel.set(model, Math.max(newestByModel.get(model) ?? 0, latest.atMs));
      return {
        namespace,
        pod: name,
        ...(latest.modelName === undefined ? {} : { modelName: latest.modelName }),
        readings: readingsOfRanks([first, ...others]),
      };
    });
    const aheadMs = newestMs - clock.now();
    if (aheadMs > 30_000) {
      problems.push(problem(`The newest sample of Prometheus at ${baseUrl} is ${rounded(aheadMs / 1000, 0)} s in the future by this machine's clock: one of the two clocks is wrong, and stale samples cannot be told until it is set right.`));
    }
    const untold = (answer: PrometheusAnswer | Failure, what: string): ModelReadings =>
      answer instanceof Failure ? nothingOfModels(answer.why, `Prometheus ${answer.message}`) : nothingOfModels('NotReported', `Prometheus has ${what}.`);
    const routersSeen = routersOf(routed instanceof Failure ? nothing : routed, rules);
    const models = modelSamples(
      routersSeen.models,
      latenciesOf(latencies instanceof Failure ? nothing : latencies, namespaceFinder(pods), (namespace, modelName) => newestByModel.get(`${namespace}/${modelName}`)),
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
async function ask(asked: Promise<PrometheusAnswer>, resultType: PrometheusAnswer['resultType']): Promise<PrometheusAnswer | Failure> {
  try {
    const answer = await asked;
    if (answer.resultType === resultType) return answer;
    return new Failure('Malformed', `answered with a ${answer.resultType} where a ${resultType} was asked for`);
  } catch (error) {
    return asFailure(error, 0, 0);
  }
}
