export type { Arrival } from './arrival.ts';
export { openWorkload } from './workload.ts';
export type { TraceSource, Workload } from './workload.ts';
export type { TraceFormat, TraceRecords } from './trace/trace-records.ts';
export { traceFormats } from './trace/trace-records.ts';
export { readTrace } from './trace/read-trace.ts';
export type { WorkloadSpec } from './workload-spec.ts';
