import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { aged, type CycleRecord, type Observation, type Reading, type ReplicaReadings } from '../../model/index.ts';
import type { History, HistoryChunk, HistoryGap } from './history.ts';

/** Cycles that are held in memory at once: a record of a hundred variants has half a megabyte of objects. */
const cyclesAtOnce = 200;

/**
 * History as a controller wrote it down, one cycle a line (`wva run --record`). A line that cannot be read is told with its number and
 * passed over; all others are used.
 * @param stepMs how long a cycle lasts where nothing follows it.
 */
export function openRecordHistory(file: string, stepMs: number): History {
  const gaps: HistoryGap[] = [];
  return {
    stepMs,
    async *chunks(signal) {
      let records: CycleRecord[] = [];
      let line = 0;
      let lastMs = 0;
      let isFirst = true;
      const input = createReadStream(file, { encoding: 'utf8', signal });
      for await (const text of createInterface({ input, crlfDelay: Infinity })) {
        line++;
        if (text.trim() === '') continue;
        const record = readRecord(text);
        if (typeof record === 'string') {
          gaps.push({ fromMs: lastMs, toMs: lastMs, why: `${file}, line ${line}: ${record}. The line was passed over.` });
          continue;
        }
        if (record.atMs <= lastMs) {
          gaps.push({ fromMs: lastMs, toMs: lastMs, why: `${file}, line ${line}: a cycle later than ${new Date(lastMs).toISOString()} was expected, and this one is of ${new Date(record.atMs).toISOString()}. The line was passed over.` });
          continue;
        }
        lastMs = record.atMs;
        records.push(record);
        if (records.length < cyclesAtOnce) continue;
        yield chunkOf(records, isFirst);
        records = [];
        isFirst = false;
      }
      if (records.length > 0) yield chunkOf(records, isFirst);
    },
    gaps: () => gaps,
    notes: () => [`What there was: from the cycles in ${file}.`],
  };
}

/** The record, or what was expected of the line. */
function readRecord(text: string): CycleRecord | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `a cycle as JSON was expected (${error instanceof Error ? error.message : String(error)})`;
  }
  const { atMs, observation, policy } = (typeof value === 'object' && value !== null ? value : {}) as Partial<CycleRecord>;
  if (typeof atMs !== 'number') return 'a cycle with a number "atMs" was expected';
  if (!Array.isArray(observation?.variants)) return 'a cycle with "observation.variants" was expected';
  if (typeof policy?.staleAfterMs !== 'number') return 'a cycle with its "policy" was expected';
  return value as CycleRecord;
}

function chunkOf(records: readonly CycleRecord[], isFirst: boolean): HistoryChunk {
  const memory = records[0]?.memory;
  return {
    cycles: records.length,
    atMs: (cycle) => (records[cycle] as CycleRecord).atMs,
    observe(cycle, staleAfterMs) {
      const { observation, policy } = records[cycle] as CycleRecord;
      return policy.staleAfterMs === staleAfterMs ? observation : agedAnew(observation, staleAfterMs);
    },
    ...(isFirst && memory !== undefined ? { memory } : {}),
  };
}

/** Another policy may take other readings for stale: their times are still known. */
function agedAnew(observation: Observation, staleAfterMs: number): Observation {
  const anew = (readings: ReplicaReadings): ReplicaReadings =>
    Object.fromEntries(Object.entries(readings).map(([name, reading]: [string, Reading<number | boolean>]) => [name, aged(reading, observation.atMs, staleAfterMs)])) as unknown as ReplicaReadings;
  return {
    ...observation,
    variants: observation.variants.map((variant) => ({ ...variant, replicas: variant.replicas.map((replica) => ({ ...replica, readings: anew(replica.readings) })) })),
  };
}
