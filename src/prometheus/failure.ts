import type { MissingReason } from '../model/index.ts';
import { TransportError } from '../runtime/index.ts';

/** The world failed us: why the readings are missing, and what happened, to be read after a subject ("it ..."). */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly why: MissingReason;
  constructor(why: MissingReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.why = why;
  }
}

/** Any error of a request as a failure, `limitMs` and `maxBytes` being the budgets it ran under. */
export function asFailure(error: unknown, limitMs: number, maxBytes: number): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof TransportError) {
    switch (error.code) {
      case 'TimedOut':
        return new Failure('TimedOut', `did not answer within ${inSeconds(limitMs)}`, error);
      case 'TooLarge':
        return new Failure('TooLarge', `answered with more than ${inBytes(maxBytes)}`, error);
      case 'Malformed':
        return new Failure('Malformed', `gave an answer that could not be understood (${error.message})`, error);
      case 'Aborted':
        return new Failure('TimedOut', 'was not waited for, because the whole look had used up its time', error);
      case 'Unreachable':
        break;
    }
  }
  return new Failure('Unreachable', `could not be reached (${reasonOf(error)})`, error);
}

/** The innermost message: wrappers of connection errors say only that something failed. */
function reasonOf(error: unknown): string {
  let reason = error;
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause;
  return reason instanceof Error ? reason.message || reason.name : String(reason);
}

function inSeconds(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(1))} s` : `${ms} ms`;
}

function inBytes(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Number((bytes / 1024 / 1024).toFixed(1))} MiB` : `${bytes} bytes`;
}

/** At most `length` characters on one line, for quoting what a stranger sent. */
export function excerpt(text: string, length = 120): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
