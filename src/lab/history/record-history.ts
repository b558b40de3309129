import type { CycleRecord } from '../../model/index.ts';
import { observationUnder, readRecord } from '../../record/index.ts';
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
  const notes = [`What there was: from the cycles in ${file}.`];
  return {
    stepMs,
    async *chunks(signal) {
      let records: CycleRecord[] = [];
      let lastMs = 0;
      let isFirst = true;
      for await (const entry of readRecord(file, signal)) {
        if (entry.kind === 'header') continue;
        if (entry.kind === 'cut') {
          notes.push(`${file} ends in the middle, in line ${entry.line} (${entry.why}): its writer was killed, or is writing still. Everything before that was used.`);
          continue;
        }
        const { line } = entry;
        if (entry.kind === 'unreadable') {
          gaps.push({ fromMs: lastMs, toMs: lastMs, why: `${file}, line ${line}: ${entry.why}. The line was passed over.` });
          continue;
        }
        const { record } = entry;
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
    notes: () => notes,
  };
}

function chunkOf(records: readonly CycleRecord[], isFirst: boolean): HistoryChunk {
  const memory = records[0]?.memory;
  return {
    cycles: records.length,
    atMs: (cycle) => (records[cycle] as CycleRecord).atMs,
    observe: (cycle, staleAfterMs) => observationUnder(records[cycle] as CycleRecord, staleAfterMs),
    ...(isFirst && memory !== undefined ? { memory } : {}),
  };
}
