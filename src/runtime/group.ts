import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** A piece of the process with a beginning and an end. */
export interface Part {
  readonly name: string;
  /** Resolves when the part is ready for those that come after it. What it returns is called to stop it. */
  start(signal: AbortSignal): Promise<(() => void | Promise<void>) | void> | (() => void | Promise<void>) | void;
}

export interface Group {
  /** Stops what was started, last first, each with at most `stopTimeoutMs`; never rejects, and may be called again. */
  stop(): Promise<void>;
}

/**
 * Starts parts one after the other. When one fails, or the signal ends it, those before it are stopped, last first, and the error is thrown.
 */
export async function startGroup(
  parts: readonly Part[],
  options: { readonly clock: Clock; readonly log: Log; readonly signal?: AbortSignal; readonly stopTimeoutMs?: number },
): Promise<Group> {
  const { clock, log, stopTimeoutMs = 10_000 } = options;
  const started: { readonly name: string; readonly stop: () => void | Promise<void> }[] = [];
  const end = new AbortController();
  const follow = (): void => end.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', follow, { once: true });
  if (options.signal?.aborted) follow();

  async function stopOne({ name, stop }: (typeof started)[number]): Promise<void> {
    const patience = new AbortController();
    const late = clock.sleep(stopTimeoutMs, patience.signal).then(
      () => log.warn({ part: name, stopTimeoutMs }, `${name} did not stop within ${stopTimeoutMs / 1000} s and is left behind.`),
      () => {},
    );
    const stopped = (async () => stop())().catch((error: unknown) => log.error({ part: name, err: error }, `${name} failed while stopping.`));
    await Promise.race([stopped, late]);
    patience.abort();
  }

  let stopping: Promise<void> | undefined;
  async function stopAll(): Promise<void> {
    options.signal?.removeEventListener('abort', follow);
    end.abort();
    for (const part of started.splice(0).toReversed()) await stopOne(part);
  }

  for (const part of parts) {
    try {
      end.signal.throwIfAborted();
      const stop = await part.start(end.signal);
      started.push({ name: part.name, stop: stop ?? (() => {}) });
      log.debug({ part: part.name }, `${part.name} is up.`);
    } catch (error) {
      log.error({ part: part.name, err: error }, `${part.name} did not start; stopping what was started before it.`);
      await stopAll();
      throw error;
    }
  }
  return { stop: () => (stopping ??= stopAll()) };
}
