export { createReplay, createWhatIf } from './decide-again.ts';
export type { Difference } from './differences.ts';
export { engineFingerprint } from './engine.ts';
export { recordFormat, type RecordHeader } from './header.ts';
export { observationUnder } from './observation-under.ts';
export { readRecord } from './read-record.ts';
export { createRecordFile, type RecordFile } from './record-file.ts';
