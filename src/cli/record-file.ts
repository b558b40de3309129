import { createWriteStream } from 'node:fs';
import type { CycleRecord } from '../model/index.ts';
import type { Log } from '../runtime/index.ts';

/** Writes cycles down, one JSON object a line, for `wva whatif --record`. */
export interface RecordFile {
  write(record: CycleRecord): void;
  /** Resolves when everything is written. */
  close(): Promise<void>;
}

/** Appends to `file`. One that cannot be written is told once, and the controller goes on without it. */
export function openRecordFile(file: string, log: Log): RecordFile {
  const stream = createWriteStream(file, { flags: 'a' });
  let isBroken = false;
  stream.on('error', (error) => {
    if (!isBroken) log.error({ err: error, file }, `Cycles cannot be written to ${file}; the controller goes on without a record.`);
    isBroken = true;
  });
  return {
    write(record) {
      if (!isBroken) stream.write(`${JSON.stringify(record)}\n`);
    },
    close: () =>
      new Promise((resolve) => {
        if (isBroken || stream.closed) return resolve();
        stream.on('close', () => resolve());
        stream.end();
      }),
  };
}
