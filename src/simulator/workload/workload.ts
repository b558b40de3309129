import { assert } from '../../base/index.ts';
import type { Random } from '../../runtime/index.ts';
import type { Arrival } from './arrival.ts';
import { drawnSource } from './drawn-source.ts';
import type { Source } from './source.ts';
import type { TraceFormat, TraceRecords } from './trace/trace-records.ts';
import { traceSource } from './trace-source.ts';
import type { WorkloadSpec } from './workload-spec.ts';

/** All requests of one model, in the order of their times. */
export interface Workload {
  /** The next request; `undefined` when no more will come. Some loads go on for ever: the caller ends them. */
  next(): Arrival | undefined;
  /** Requests per second that the sources mean to bring at a time; of a trace, the mean of the minute around it. */
  offeredPerSecond(atMs: number): number;
}

/** Finds the records of a trace. */
export type TraceSource = (file: string, format: TraceFormat) => TraceRecords;

/**
 * Opens sources of requests as one. Nothing is drawn before it is asked for, and little is kept, however long the load. Each source has chance of its own
 * (`random.fork`), so that a change of one leaves the others as they were.
 * @throws when a source is a trace and no `trace` is given: a mistake of the caller.
 */
export function openWorkload(specs: readonly WorkloadSpec[], random: Random, trace?: TraceSource): Workload {
  let prefixes = 0;
  const sources = specs.map((spec, index): Source => {
    const source = open(spec, random.fork(`source/${index}`), prefixes, trace);
    prefixes += source.prefixes;
    return source;
  });
  const heads = sources.map((source) => source.next());

  return {
    next() {
      let first = -1;
      for (let index = 0; index < heads.length; index++) {
        const head = heads[index];
        if (head !== undefined && (first < 0 || head.atMs < (heads[first] as Arrival).atMs)) first = index;
      }
      if (first < 0) return undefined;
      const arrival = heads[first];
      heads[first] = sources[first]?.next();
      return arrival;
    },
    offeredPerSecond: (atMs) => sources.reduce((total, source) => total + source.offeredPerSecond(atMs), 0),
  };
}

function open(spec: WorkloadSpec, random: Random, firstPrefix: number, trace: TraceSource | undefined): Source {
  if (spec.kind !== 'trace') return drawnSource(spec, random, firstPrefix);
  assert(trace !== undefined, `A workload plays the trace ${spec.file}, and was opened without traces.`);
  return traceSource(spec, trace(spec.file, spec.format), random, firstPrefix);
}
