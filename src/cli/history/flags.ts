import { parseDuration } from '../../base/index.ts';
import type { MissRules } from '../../lab/history/index.ts';

/** Flags that say what counts as a miss. */
export interface MissFlags {
  readonly ttft?: string;
  readonly itl?: string;
  readonly startup: string;
}

/** Seconds of a written duration, `0.5` and `500ms` alike. */
function secondsOf(written: string): number | undefined {
  const plain = /^\d+(\.\d+)?$/.test(written) ? Number(written) : undefined;
  const ms = parseDuration(written);
  const seconds = plain ?? (ms === undefined ? undefined : ms / 1000);
  return seconds !== undefined && seconds > 0 ? seconds : undefined;
}

/** What counts as a miss; `problems` is given what cannot be used. */
export function missRules({ ttft, itl, startup }: MissFlags, problems: string[]): MissRules {
  const read = (flag: string, written: string | undefined): number | undefined => {
    if (written === undefined) return undefined;
    const seconds = secondsOf(written);
    if (seconds === undefined) problems.push(`--${flag} is ${JSON.stringify(written)}, and must be a duration above 0, such as 500ms or 0.5.`);
    return seconds;
  };
  const ttftSeconds = read('ttft', ttft);
  const itlSeconds = read('itl', itl);
  const startupMs = parseDuration(startup);
  if (startupMs === undefined) problems.push(`--startup is ${JSON.stringify(startup)}, and must be a duration, such as 2m.`);
  return { ...(ttftSeconds !== undefined && { ttftSeconds }), ...(itlSeconds !== undefined && { itlSeconds }), startupMs: startupMs ?? 0 };
}
