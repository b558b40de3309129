import type { Random } from '../../runtime/index.ts';
import type { ServingProfile } from './profile.ts';

/**
 * Pauses of a machine that does not belong to its engine alone: a quota of CPU that is used up, another process, a collection of garbage. They come by
 * chance while the engine works, each makes one iteration longer, and their lengths are exponential. Seen in every recording of a CPU server
 * as latencies between tokens of 25 to 100 ms that no prompt explains; accelerators that are not shared have none.
 */
export interface Pauses {
  /** Work until the next one, milliseconds: iterations that end later than that are planned one by one. */
  untilMs(): number;
  /** The engine has worked so long. */
  pass(workedMs: number): void;
  /** The length of the pause that is due in the iteration that begins now; 0 when none is. */
  take(): number;
}

/** `undefined` for a profile without pauses, or where chance is not handed in. */
export function createPauses({ pausesPerSecond = 0, pauseMs = 0 }: ServingProfile, random: Random | undefined): Pauses | undefined {
  if (random === undefined || pausesPerSecond <= 0 || pauseMs <= 0) return undefined;
  const between = (): number => random.exponential(1000 / pausesPerSecond);
  let untilMs = between();
  return {
    untilMs: () => untilMs,
    pass(workedMs) {
      untilMs -= workedMs;
    },
    take() {
      if (untilMs > 0) return 0;
      const lengthMs = random.exponential(pauseMs);
      // the pause is no work
      untilMs = between() + lengthMs;
      return lengthMs;
    },
  };
}
