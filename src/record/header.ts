/** The first line of a record, and of each start within it: who wrote what follows. */
export interface RecordHeader {
  /** Version of the format; a reader of a lower one may not understand the lines. */
  readonly recordFormat: number;
  /** Of the product. */
  readonly version: string;
  readonly node: string;
  /** Fingerprint of the sources that decide: the same one decides the same. */
  readonly engine: string;
  /** Stands for one process: the memory of a cycle follows from the cycle before only within one run. */
  readonly run: string;
  readonly startedAtMs: number;
  /** Settings of that process that a reader of its cycles may want to know. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** What this program writes, and the highest that it reads. Since 2 decisions carry their basis. */
export const recordFormat = 2;
export const formatWithBasis = 2;

export function isHeader(value: unknown): value is RecordHeader {
  return typeof value === 'object' && value !== null && 'recordFormat' in value;
}
