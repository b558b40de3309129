import { access, constants, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText, parseDuration, writeDuration } from '../../base/index.ts';
import { optionsFrom, type Options } from '../../config/index.ts';
import { connectCluster, createKubernetesClient } from '../../kubernetes/index.ts';
import { clusterResources, openChunkStore, openPrometheusHistory, openRecordHistory, readResources, type History } from '../../lab/history/index.ts';
import type { ClusterObjects } from '../../observe/index.ts';
import { createPrometheusClient } from '../../prometheus/index.ts';
import { systemClock } from '../../runtime/index.ts';
import { reachPrometheus } from '../metric-source.ts';
import { version } from '../version.ts';
import { BadInput } from './bad-input.ts';
import { momentsAllowed, readMoment } from './moment-in-time.ts';
import type { ProgressLine } from './progress-line.ts';

/** Flags that say where a history comes from. */
export interface HistoryFlags {
  readonly prometheus?: string;
  readonly from?: string;
  readonly to?: string;
  readonly step?: string;
  readonly matchers?: string;
  readonly variants?: string;
  readonly out: string;
  readonly record?: string;
}

export interface OpenHistory {
  readonly history: History;
  /** Where it is from, in words. */
  readonly title: string;
  close(): Promise<void>;
}

const hourMs = 3_600_000;
/** A cycle of the controller, unless somebody set another. */
const usualStepMs = 15_000;
/** Long answers take their time; a proxy before Prometheus usually gives up after a minute. */
const queryPatienceMs = 60_000;

/** @throws {BadInput} with everything that is wrong. */
export async function openHistory(flags: HistoryFlags & Readonly<Record<string, unknown>>, progress: ProgressLine, signal: AbortSignal): Promise<OpenHistory> {
  const problems: string[] = [];
  const stepMs = flags.step === undefined ? usualStepMs : parseDuration(flags.step);
  if (stepMs === undefined || stepMs < 1000 || stepMs > hourMs) problems.push(`--step is ${JSON.stringify(flags.step)}, and must be a duration from 1s to 1h, such as 15s.`);
  if (flags.record !== undefined) {
    if (flags.prometheus !== undefined) problems.push('--prometheus and --record are both set, and a history is from one of them.');
    const { record } = flags;
    const isFolder = await stat(record).then((found) => found.isDirectory(), () => false);
    if (isFolder) problems.push(`The record ${record} is a folder, and the file that wva run --record wrote was expected.`);
    else await access(record, constants.R_OK).catch((error: unknown) => problems.push(`The record ${record} cannot be read (${said(error)}).`));
    if (problems.length > 0) throw new BadInput(problems);
    return { history: openRecordHistory(flags.record, stepMs as number), title: flags.record, close: async () => {} };
  }
  const nowMs = systemClock.now();
  const fromMs = moment('from', flags.from, nowMs, problems);
  const toMs = moment('to', flags.to ?? 'now', nowMs, problems);
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) problems.push(`--from is ${iso(fromMs)}, and must be before --to, which is ${iso(toMs)}.`);
  else if (fromMs !== undefined && fromMs > nowMs) problems.push(`--from is ${iso(fromMs)}, and must be before now, which is ${iso(nowMs)}.`);
  const options = prometheusOptions(flags, problems);
  const given = flags.variants === undefined ? undefined : await resourcesIn(flags.variants, problems);
  if (problems.length > 0 || options?.prometheusUrl === undefined || fromMs === undefined || toMs === undefined || stepMs === undefined) throw new BadInput(problems);
  // on the grid of the step, so that the same question finds the same chunks
  const startMs = Math.ceil(fromMs / stepMs) * stepMs;
  const endMs = Math.floor(Math.min(toMs, nowMs) / stepMs) * stepMs;
  if (startMs > endMs) throw new BadInput([`From ${iso(fromMs)} to ${iso(Math.min(toMs, nowMs))} no cycle of ${writeDuration(stepMs)} begins, and at least one was expected: history ends now.`]);
  const objects = given ?? (await resourcesOfCluster(options, signal));
  const { prometheusUrl: baseUrl } = options;
  const { transport, headers } = await reachPrometheus(options);
  const client = createPrometheusClient({ transport, baseUrl, clock: systemClock, headers, timeoutMs: queryPatienceMs });
  const asked = JSON.stringify({ baseUrl, stepMs, matchers: flags.matchers ?? '', namespaces: [...new Set(objects.variantAutoscalings.map(({ metadata }) => metadata?.namespace ?? ''))].toSorted(compareText) });
  const store = await openChunkStore(join(flags.out, 'chunks'), asked);
  const history = openPrometheusHistory({
    client,
    clock: systemClock,
    store,
    fromMs: startMs,
    toMs: endMs,
    stepMs,
    objects,
    snapshot: { actuation: options.actuation, ...(options.controllerInstance !== undefined && { controllerInstance: options.controllerInstance }) },
    ...(flags.matchers !== undefined && { matchers: flags.matchers }),
    onRead: (read) => progress.read(read, startMs, Math.min(toMs, nowMs)),
  });
  return { history, title: baseUrl, close: () => transport.close() };
}

function moment(flag: 'from' | 'to', written: string | undefined, nowMs: number, problems: string[]): number | undefined {
  const ms = written === undefined ? undefined : readMoment(written, nowMs);
  if (ms === undefined) problems.push(`--${flag} ${written === undefined ? 'is not set' : `is ${JSON.stringify(written)}`}, and must be ${momentsAllowed}.`);
  return ms;
}

function prometheusOptions(flags: HistoryFlags & Readonly<Record<string, unknown>>, problems: string[]): Options | undefined {
  const url = flags.prometheus ?? process.env['PROMETHEUS_BASE_URL'];
  if (url === undefined || url === '') {
    problems.push('--prometheus is not set, and must be the URL of the Prometheus that holds the history (or --record a file that wva run --record wrote).');
    return undefined;
  }
  // who writes http here has seen it; a token over it is refused all the same
  const read = optionsFrom({ ...flags, prometheusUrl: url, prometheusAllowHttp: url.startsWith('http:') }, process.env);
  if (read.ok) return read.options;
  problems.push(...read.problems.map(({ message }) => message.replace('--prometheus-url', '--prometheus')));
  return undefined;
}

/** `undefined` where the file cannot be used; `problems` says why. */
async function resourcesIn(file: string, problems: string[]): Promise<ClusterObjects | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    problems.push(`The file of --variants, ${file}, cannot be read (${said(error)}). What kubectl get variantautoscalings,deployments,hpa,nodes -A -o yaml prints was expected.`);
    return undefined;
  }
  try {
    return readResources(text, file);
  } catch (error) {
    problems.push(said(error));
    return undefined;
  }
}

async function resourcesOfCluster(options: Options, signal: AbortSignal): Promise<ClusterObjects> {
  const connection = await connectCluster({
    clock: systemClock,
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.context !== undefined && { context: options.context }),
  }).catch((error: unknown) => {
    throw new BadInput([`${said(error)} Which variants there are is read from the cluster, unless --variants names a file with them.`]);
  });
  try {
    const client = createKubernetesClient({ transport: connection.transport, baseUrl: connection.baseUrl, clock: systemClock, userAgent: `workload-variant-autoscaler/${version}`, requestTimeoutMs: options.restTimeoutMs });
    const { objects, unread } = await clusterResources(client, signal);
    for (const what of unread) process.stderr.write(`Not known of the cluster: ${what}\n`);
    if (objects.variantAutoscalings.length === 0) throw new BadInput([`The cluster at ${connection.baseUrl} has no VariantAutoscaling, and at least one was expected. --variants takes a file of them.`]);
    return objects;
  } catch (error) {
    throw error instanceof BadInput ? error : new BadInput([`${said(error)} Which variants there are is read from the cluster, unless --variants names a file with them.`]);
  } finally {
    await connection.close();
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
