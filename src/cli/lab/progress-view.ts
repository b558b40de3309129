import logUpdate from 'log-update';
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

export function createProgressView(out: NodeJS.WriteStream, now: () => number): ProgressView {
  if (out.isTTY) {
    return {
      show: (progress) => {
        const text = words(progress);
        logUpdate(`${bar(progress, clamp((out.columns ?? 80) - text.length - 2, 8, 40))} ${text}`);
      },
      end: () => {
        logUpdate.done();
      },
    };
  }
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

function bar({ done, failed, total }: Progress, width: number): string {
  const filled = total === 0 ? width : Math.floor((width * (done + failed)) / total);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}

function words({ done, total, failed, secondsLeft, last }: Progress): string {
  const rest = secondsLeft === undefined || done + failed === total ? '' : `, about ${span(secondsLeft)} left`;
  const latest = last === undefined || done + failed === total ? '' : `; ${last.scenario}, ${last.policy}, seed ${last.seed}`;
  return `${done} of ${total} runs${failed === 0 ? '' : `, ${failed} failed`}${rest}${latest}`;
}
