import { createLogUpdate } from 'log-update';
import { clamp } from '../../base/index.ts';
import type { Progress } from '../../lab/runs/index.ts';
import { span } from './figures.ts';

/** Says how far it is: a bar where there is a terminal, a line now and then where there is none. */
export interface ProgressView {
  show(progress: Progress): void;
  /** Leaves the last state standing. */
  end(): void;
}

/** Without a terminal: a line so often. */
const lineMs = 15_000;
/** A run of a day takes half a minute, in which the time that is left goes down all the same. */
const redrawMs = 1000;

export function createProgressView(out: NodeJS.WriteStream, now: () => number): ProgressView {
  return out.isTTY ? onTerminal(out, now) : inLines(out, now);
}

function onTerminal(out: NodeJS.WriteStream, now: () => number): ProgressView {
  const update = createLogUpdate(out);
  let shown: Progress | undefined;
  let shownAtMs = 0;
  const draw = (): void => {
    if (shown !== undefined) update(progressLine(shown, (now() - shownAtMs) / 1000, out.columns || 80));
  };
  const redraw = setInterval(draw, redrawMs);
  redraw.unref();
  return {
    show: (progress) => {
      shown = progress;
      shownAtMs = now();
      draw();
    },
    end: () => {
      clearInterval(redraw);
      update.done();
    },
  };
}

function inLines(out: NodeJS.WriteStream, now: () => number): ProgressView {
  let spokeAtMs = now();
  let unsaid: Progress | undefined;
  const say = (progress: Progress): void => {
    out.write(`${words(progress)}\n`);
    spokeAtMs = now();
    unsaid = undefined;
  };
  return {
    show: (progress) => {
      unsaid = progress;
      if (now() - spokeAtMs >= lineMs) say(progress);
    },
    end: () => {
      if (unsaid !== undefined && unsaid.done + unsaid.failed > 0) say(unsaid);
    },
  };
}

/**
 * A bar of one length and what fits beside it, never more than one line.
 *
 * @param ageSeconds How long ago that was true.
 */
export function progressLine(progress: Progress, ageSeconds: number, columns: number): string {
  const { secondsLeft } = progress;
  const width = clamp(Math.floor(columns / 4), 8, 30);
  const text = words(secondsLeft === undefined ? progress : { ...progress, secondsLeft: Math.max(1, secondsLeft - ageSeconds) });
  const room = columns - width - 2;
  return `${bar(progress, width)} ${text.length > room ? `${text.slice(0, Math.max(0, room - 1))}…` : text}`;
}

function bar({ done, failed, total }: Progress, width: number): string {
  const filled = total === 0 ? width : Math.floor((width * (done + failed)) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}

function words({ done, total, failed, secondsLeft, last }: Progress): string {
  const rest = secondsLeft === undefined || done + failed === total ? '' : `, about ${span(secondsLeft)} left`;
  const latest = last === undefined || done + failed === total ? '' : `; ${last.scenario}, ${last.policy}, seed ${last.seed}`;
  return `${done} of ${total} runs${failed === 0 ? '' : `, ${failed} failed`}${rest}${latest}`;
}
