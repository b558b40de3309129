import { createLogUpdate } from 'log-update';

/** Without a terminal: a line so often. */
const lineMs = 15_000;
/** On a terminal: drawn at most so often. */
const frameMs = 200;

/** Says on the error stream how far a replay is. */
export function createProgress(out: NodeJS.WriteStream, now: () => number): { say(share: number, cycles: number): void; end(): void } {
  const show = out.isTTY ? createLogUpdate(out) : undefined;
  let spokeMs = now();
  return {
    say(share, cycles) {
      if (now() - spokeMs < (show ? frameMs : lineMs)) return;
      spokeMs = now();
      const text = `${Math.floor(Math.min(1, share) * 100)} % read, ${cycles} cycles decided again`;
      if (show) show(text);
      else out.write(`${text}\n`);
    },
    end: () => show?.done(),
  };
}
