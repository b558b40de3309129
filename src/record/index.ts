export { engineFingerprint } from './engine.ts';
export { recordFormat, type RecordHeader } from './header.ts';
export { readRecord, type RecordEntry } from './read-record.ts';
export { createRecordFile, type RecordFile } from './record-file.ts';
