import type { Random } from '../../runtime/index.ts';
import type { Arrival } from './arrival.ts';
import type { Source } from './source.ts';
import type { TraceRecords } from './trace/trace-records.ts';
import type { TraceLoad } from './workload-spec.ts';

/** Copies of a request come within this of it, in the trace's own time: its bursts last seconds, and keep their shape. */
const jitterMs = 500;
/** A copy has the lengths of a request at most so many places away, so that copies of a long prompt are not all as long. */
const nearby = 32;
/** Window in which records are counted for the offered rate, in the trace's own time. */
const windowMs = 60_000;

/**
 * Plays a slice of a trace. `rateFactor` 2.5 makes of every request two or three: itself, and others at times drawn around it with the lengths of requests near it.
 */
export function traceSource(spec: TraceLoad, records: TraceRecords, random: Random, firstPrefix: number): Source {
  const { rateFactor, timeFactor } = spec;
  const fromMs = spec.fromSeconds * 1000;
  const first = indexAt(records, fromMs);
  const end = spec.untilSeconds === undefined ? records.count : indexAt(records, spec.untilSeconds * 1000);
  const sliceMs = spec.untilSeconds === undefined ? lengthMs(records, first, end, fromMs) : spec.untilSeconds * 1000 - fromMs;
  const empty = first >= end || sliceMs <= 0;
  const chance = random.fork('copies');
  /** Drawn already, by time, each after all that was given out. */
  let pending: Arrival[] = [];
  let given = 0;
  let index = first;
  let round = 0;

  function timeOf(at: number): number {
    return (records.atMs[at] as number) - fromMs + round * sliceMs;
  }

  function draw(traceMs: number, at: number): void {
    const arrival = {
      atMs: Math.max(0, traceMs) * timeFactor,
      promptTokens: records.promptTokens[at] as number,
      generationTokens: records.generationTokens[at] as number,
    };
    const tokens = records.prefixTokens?.[at] ?? 0;
    insert(pending, tokens === 0 ? arrival : { ...arrival, prefix: { id: firstPrefix + (records.prefixId?.[at] ?? 0), tokens } }, given);
  }

  /** Draws one record of the trace; false when there are no more. */
  function advance(): boolean {
    if (index >= end) {
      if (!spec.repeat) return false;
      index = first;
      round++;
    }
    const atMs = timeOf(index);
    const copies = Math.floor(rateFactor) + (chance.next() < rateFactor % 1 ? 1 : 0);
    for (let copy = 0; copy < copies; copy++) {
      if (copy === 0) draw(atMs, index);
      else {
        const near = index - nearby + chance.integer(2 * nearby + 1);
        draw(atMs + (2 * chance.next() - 1) * jitterMs, Math.min(end - 1, Math.max(first, near)));
      }
    }
    index++;
    return true;
  }

  /** Nothing that is still to be drawn comes before this. */
  function drawnUntilMs(): number {
    if (index < end) return (timeOf(index) - jitterMs) * timeFactor;
    return spec.repeat ? ((round + 1) * sliceMs - jitterMs) * timeFactor : Infinity;
  }

  return {
    prefixes: records.prefixes,
    next() {
      if (empty) return undefined;
      for (;;) {
        const head = pending[given];
        if (head !== undefined && head.atMs < drawnUntilMs()) {
          given++;
          if (given > 4096 && given * 2 > pending.length) {
            pending = pending.slice(given);
            given = 0;
          }
          return head;
        }
        if (!advance()) {
          if (head === undefined) return undefined;
          given++;
          return head;
        }
      }
    },
    offeredPerSecond(atMs) {
      if (empty) return 0;
      const traceMs = atMs / timeFactor;
      if (!spec.repeat && traceMs >= sliceMs) return 0;
      const within = fromMs + (traceMs % sliceMs);
      const [low, high] = [Math.max(fromMs, within - windowMs / 2), Math.min(fromMs + sliceMs, within + windowMs / 2)];
      const counted = Math.min(end, indexAt(records, high)) - Math.max(first, indexAt(records, low));
      return (1000 * counted * rateFactor) / ((high - low) * timeFactor);
    },
  };
}

/** Up to the last record and the mean time between two after it, so that a repetition does not begin on top of the end. */
function lengthMs(records: TraceRecords, first: number, end: number, fromMs: number): number {
  if (end - first < 2) return 1000;
  const [start, last] = [records.atMs[first] as number, records.atMs[end - 1] as number];
  return last - fromMs + (last - start) / (end - first - 1);
}

/** The first record at or after a time. */
function indexAt(records: TraceRecords, atMs: number): number {
  let [low, high] = [0, records.count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records.atMs[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Keeps `pending` ordered from `from` on; equal times in the order in which they were drawn. */
function insert(pending: Arrival[], arrival: Arrival, from: number): void {
  let at = pending.length;
  while (at > from && (pending[at - 1] as Arrival).atMs > arrival.atMs) at--;
  if (at === pending.length) pending.push(arrival);
  else pending.splice(at, 0, arrival);
}
