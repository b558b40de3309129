import type { Problem } from '../model/index.ts';
import type { Log } from '../runtime/index.ts';

/** Says each problem once when it begins and once when it ends, however many cycles it lasts. */
export interface Complaints {
  hear(problems: readonly Problem[]): void;
}

export function createComplaints(log: Log): Complaints {
  let open = new Map<string, Problem>();
  return {
    hear(problems) {
      const now = new Map(problems.map((problem) => [`${problem.source}\n${problem.about}`, problem]));
      for (const [key, { source, about, message }] of now) if (open.get(key)?.message !== message) log.warn({ source, about }, message);
      for (const [key, { source, about }] of open) if (!now.has(key)) log.info({ source, about }, `Over: ${source} ${about}.`);
      open = now;
    },
  };
}
