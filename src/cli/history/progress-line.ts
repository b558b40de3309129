import { createLogUpdate } from 'log-update';
import { span } from '../lab/figures.ts';

/** Says on the error stream how much of a history has been read. */
export interface ProgressLine {
  read(read: { readonly stretch: { readonly toMs: number }; readonly samples: number; readonly stored: boolean }, fromMs: number, toMs: number): void;
  end(): void;
}

/** Without a terminal: a line so often. */
const lineMs = 15_000;

export function createProgressLine(out: NodeJS.WriteStream, now: () => number): ProgressLine {
  const show = out.isTTY ? createLogUpdate(out) : undefined;
  const startedMs = now();
  let spokeMs = startedMs;
  let chunks = 0;
  let kept = 0;
  let samples = 0;
  let asked = 0;
  return {
    read({ stretch, samples: more, stored }, fromMs, toMs) {
      chunks++;
      samples += more;
      if (stored) kept++;
      else asked++;
      const share = toMs <= fromMs ? 1 : Math.min(1, (stretch.toMs - fromMs) / (toMs - fromMs));
      const secondsLeft = asked === 0 || share <= 0 ? undefined : (((now() - startedMs) / 1000) * (1 - share)) / share;
      const text =
        `Read up to ${new Date(stretch.toMs).toISOString().slice(0, 16)}Z, ${Math.floor(share * 100)} % (${chunks} chunks${kept === 0 ? '' : `, ${kept} of them kept from before`}, ` +
        `${(samples / 1e6).toFixed(1)} million samples)${secondsLeft === undefined || share === 1 ? '' : `, about ${span(secondsLeft)} left`}`;
      if (show) show(text);
      else if (now() - spokeMs >= lineMs) {
        spokeMs = now();
        out.write(`${text}\n`);
      }
    },
    end() {
      show?.done();
    },
  };
}
