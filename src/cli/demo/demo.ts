import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import logUpdate from 'log-update';
import { parseDuration } from '../../base/index.ts';
import { optionsFrom } from '../../config/index.ts';
import type { CycleRecord } from '../../model/index.ts';
import { createRandom, systemClock } from '../../runtime/index.ts';
import { createWorld, demoScenario } from '../../simulator/index.ts';
import { variantAutoscalingCrd } from '../../wire/index.ts';
import { startController } from '../compose.ts';
import { createProcessLog } from '../process-log.ts';
import { untilSignalled } from '../signals.ts';
import { own, withProductInstalled } from './cluster.ts';
import { createFollowUps } from './follow-up.ts';
import { summarize } from './summary.ts';
import { drawView } from './view.ts';

export interface DemoFlags {
  readonly duration?: string;
  readonly headless?: boolean;
  readonly seed: string;
  readonly port: string;
}

const frameMs = 500;
/** Without a live view: one line so often. */
const lineMs = 10_000;
/** How long requests under way may take to end once no new ones come. */
const drainMs = 8000;

/**
 * `wva demo`: the embedded cluster with its load, and the very controller that `wva run` starts, in one process. Resolves to the exit
 * status: 1 when a request was lost or an HPA never followed.
 */
export async function demo(flags: DemoFlags): Promise<number> {
  const durationMs = flags.duration === undefined ? undefined : parseDuration(flags.duration);
  if (flags.duration !== undefined && (durationMs === undefined || durationMs < 15_000)) {
    process.stderr.write(`--duration is ${JSON.stringify(flags.duration)}, and must be a duration of at least 15s, such as 90s.\n`);
    return 2;
  }
  const read = optionsFrom(
    {
      interval: '2s',
      metricsSecure: false,
      metricsBindAddress: `127.0.0.1:${flags.port}`,
      healthProbeBindAddress: '0',
      podNamespace: own.namespace,
      serviceName: own.service,
      metricSource: 'scrape',
    },
    {},
  );
  if (!read.ok) {
    for (const { message } of read.problems) process.stderr.write(`${message}\n`);
    return 2;
  }
  const folder = await mkdtemp(join(tmpdir(), 'wva-demo-'));
  const log = createProcessLog('info', join(folder, 'controller.log'));
  const stop = untilSignalled(log);
  const clock = systemClock;
  const startedMs = clock.now();
  const world = createWorld({
    seed: flags.seed,
    clock,
    scenario: withProductInstalled(demoScenario),
    customResourceDefinitions: [variantAutoscalingCrd()],
  });
  const followUps = createFollowUps();
  const news: { atMs: number; text: string }[] = [];
  let last: CycleRecord | undefined;
  let cycles = 0;
  const heard = (record: CycleRecord): void => {
    last = record;
    cycles++;
    followUps.hear(record);
    for (const { variant, desired, previous, trail, reason } of record.decisions) {
      if (desired === previous || desired === undefined || previous === undefined) continue;
      const why = trail.filter(({ from, to }) => from !== to).map(({ sentence }) => sentence).join(' ');
      news.unshift({ atMs: record.atMs - startedMs, text: `${variant.name}: ${previous} -> ${desired} ${reason}. ${why}` });
    }
    news.splice(4);
  };

  try {
    world.start();
    const kubeconfigPath = join(folder, 'kubeconfig');
    await world.listenOnLoopback({ kubeconfigPath });
    const random = createRandom(`${flags.seed}/controller`);
    const { server, ended } = await startController(
      read.options,
      { transport: world.transport, pods: world.transport, baseUrl: world.apiServerUrl, clock, random, log, identity: 'demo', onCycle: heard },
      stop.signal,
    );
    world.connectService({ namespace: own.namespace, name: own.service }, server.inProcess);
    const base = server.urls.plain ?? '';
    const [first] = demoScenario.traffic;
    const addresses = [
      ['metrics', `${base}/metrics`],
      ['external metrics API', `${base}/apis/external.metrics.k8s.io/v1beta1/namespaces/${first?.namespace}/wva_desired_replicas`],
      ['kubectl', `kubectl --kubeconfig ${kubeconfigPath} get va,hpa,deploy -A`],
      ['why', `wva explain ${first?.namespace}/qwen3-32b-a100 --server ${base}`],
      ['log', join(folder, 'controller.log')],
    ] as const;
    const isLive = flags.headless !== true && process.stdout.isTTY;
    // the live view shows them all the time
    if (!isLive) process.stdout.write(`${addresses.map(([name, address]) => `${name.padEnd(22)}${address}\n`).join('')}\n`);

    let nextLineMs = 0;
    const show = (): void => {
      const stats = world.stats();
      followUps.look(stats.targets);
      const elapsedMs = clock.now() - startedMs;
      if (isLive) logUpdate(drawView({ elapsedMs, stats, decisions: last?.decisions ?? [], news, addresses }, true));
      else if (elapsedMs >= nextLineMs) {
        nextLineMs += lineMs;
        const replicas = stats.targets.map(({ name, readyReplicas, specReplicas }) => `${name} ${readyReplicas}/${specReplicas}`).join(', ');
        const load = stats.traffic.map(({ offeredPerSecond }) => offeredPerSecond.toFixed(1)).join(' + ');
        process.stdout.write(`${String(Math.round(elapsedMs / 1000)).padStart(4)} s  load ${load}/s  ready/asked: ${replicas}\n`);
      }
    };
    const crashed = ended.catch((error: unknown) => {
      stop.abort(error);
      throw error;
    });
    // whoever ends the demo early wants the summary all the same
    const pause = (ms: number): Promise<void> => clock.sleep(ms, stop.signal).catch(() => {});
    const endsMs = durationMs === undefined ? Infinity : startedMs + durationMs - drainMs;
    while (!stop.signal.aborted && clock.now() < endsMs) {
      show();
      await pause(frameMs);
    }
    world.stopTraffic();
    const drainedByMs = clock.now() + drainMs;
    while (clock.now() < drainedByMs && world.stats().traffic.some(({ inFlight, held }) => inFlight + held > 0)) {
      show();
      await clock.sleep(frameMs);
    }
    show();
    if (isLive) logUpdate.done();
    const verdict = summarize({ seed: flags.seed, durationMs: clock.now() - startedMs, stats: world.stats(), followUps: followUps.all(), cycles });
    stop.abort(new Error('The demo is over.'));
    await crashed;
    process.stdout.write(`\n${verdict.text}\n\n`);
    for (const problem of verdict.problems) process.stdout.write(`Problem: ${problem}\n`);
    process.stdout.write(`RESULT ${JSON.stringify(verdict.result)}\n`);
    return verdict.problems.length === 0 ? 0 : 1;
  } finally {
    stop.abort(new Error('The demo is over.'));
    await world.stop();
    log.flush();
    await rm(folder, { recursive: true, force: true });
  }
}
