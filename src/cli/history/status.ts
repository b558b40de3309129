import { errorText } from '../../base/index.ts';
import type { History, Replay } from '../../lab/history/index.ts';
import { BadInput } from './bad-input.ts';

/** How `wva backtest` and `wva whatif` end; docs/guides/backtest.md has the table. */
export const status = { well: 0, nothing: 1, badInput: 2, worse: 3, incomplete: 4, interrupted: 130 } as const;

/** Aborts on Ctrl-C and SIGTERM; the second of them ends the process at once. */
export function untilStopped(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(status.interrupted);
      stop.abort(new Error(name));
    });
  }
  return stop.signal;
}

/** Of a replay that came to its end. */
export function exitStatus({ cycles }: Pick<Replay, 'cycles'>, history: Pick<History, 'gaps'>): number {
  if (cycles === 0) {
    process.stderr.write(`Nothing could be decided: no part of the history could be read. ${history.gaps()[0]?.why ?? 'It has no cycle.'}\n`);
    return status.nothing;
  }
  return history.gaps().length > 0 ? status.incomplete : status.well;
}

/** What is said of work that was stopped, or whose files cannot be used. */
const ofHistory = {
  stopped: 'Stopped. What was read of a history is kept, and the same command goes on from there.',
  files: ' What was read of a history is kept in the folder of --out, and the same command goes on from there.',
};

/** Of one that did not: says why. */
export function stopped(error: unknown, signal: AbortSignal, words: { readonly stopped: string; readonly files: string } = ofHistory): number {
  if (error instanceof BadInput) {
    process.stderr.write(`${error.problems.join('\n')}\n`);
    return status.badInput;
  }
  if (signal.aborted) {
    process.stderr.write(`${words.stopped}\n`);
    return status.interrupted;
  }
  if (isOfFiles(error)) {
    process.stderr.write(`${error.path ?? 'A file that was asked for'} cannot be read or written: ${errorText(error)}.${words.files}\n`);
    return status.badInput;
  }
  throw error;
}

/** A full disk, a folder where a file is meant, no right: nothing of ours is wrong. */
function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error && /^E(ACCES|PERM|ROFS|NOSPC|DQUOT|NOTDIR|ISDIR|EXIST|NOENT|MFILE|IO|FBIG)$/.test(String(error.code));
}
