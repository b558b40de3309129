import type { Log } from '../runtime/index.ts';

/** A signal that aborts on SIGTERM and SIGINT; the second of them ends the process at once. */
export function untilSignalled(log: Log): AbortController {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      log.info({ signal: name }, `${name}: ending.`);
      stop.abort(new Error(name));
    });
  }
  return stop;
}
