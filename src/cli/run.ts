import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { optionsFrom, type Options } from '../config/index.ts';
import { connectCluster } from '../kubernetes/index.ts';
import { createRandom, systemClock } from '../runtime/index.ts';
import { startController } from './compose.ts';
import { createProcessLog } from './process-log.ts';
import { untilSignalled } from './signals.ts';
import { version } from './version.ts';

/** `wva run`: one controller until it is told to end. Resolves to the exit status: 2 for options that cannot be used. */
export async function run(flags: Readonly<Record<string, unknown>>): Promise<number> {
  const read = optionsFrom(flags, process.env);
  if (!read.ok) {
    for (const { message } of read.problems) process.stderr.write(`${message}\n`);
    return 2;
  }
  return await runWith(read.options);
}

async function runWith(options: Options): Promise<number> {
  const log = createProcessLog(options.logLevel);
  // unique among restarts too: a namesake's lease must not be taken for one's own
  const identity = `${options.podName ?? hostname()}_${randomUUID().slice(0, 8)}`;
  const connection = await connectCluster({
    clock: systemClock,
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.context !== undefined && { context: options.context }),
  }).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  });
  if (!connection) return 2;
  log.info({ version, apiServer: connection.baseUrl, inCluster: connection.inCluster }, 'Workload Variant Autoscaler is starting.');
  const { signal } = untilSignalled(log);
  try {
    const { ended } = await startController(options, { ...connection, clock: systemClock, random: createRandom(identity), log, identity }, signal);
    await ended;
    log.info({}, 'The controller has ended.');
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    log.error({ err: error }, 'The controller ends because of a mistake of its own, or an address that it cannot listen on. Kubernetes starts it again.');
    return 1;
  } finally {
    await connection.close();
    log.flush();
  }
}
