import type { ReplicaReadings } from '../../model/index.ts';
import type { EngineSample } from '../engines/sample.ts';
import { emptyHistory, extended, windowOf, windowRules, type History } from './history.ts';
import { readingsOver, type Window } from './readings.ts';

/** The windows of many replicas, for who has their samples already: the laboratory, and whoever goes through a history. */
export interface SampleWindows {
  /** What the replica did up to this sample, and over which window. A sample that is no newer than the last one changes nothing. */
  see(uid: string, sample: EngineSample): { readonly readings: ReplicaReadings; readonly window: Window };
  /** Forgets all replicas but these. */
  keepOnly(uids: ReadonlySet<string>): void;
}

/** @param windowMs rates and means are over this long, as nearly as the samples allow; 60 000 as everywhere in the product. */
export function createSampleWindows(windowMs = 60_000): SampleWindows {
  const rules = windowRules(windowMs);
  const histories = new Map<string, History>();
  return {
    see(uid, sample) {
      const history = extended(histories.get(uid) ?? emptyHistory, sample, rules);
      histories.set(uid, history);
      const window = windowOf(history, rules, sample);
      return { readings: readingsOver(window), window };
    },
    keepOnly(uids) {
      for (const uid of histories.keys()) if (!uids.has(uid)) histories.delete(uid);
    },
  };
}
