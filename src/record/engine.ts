import { sourcesFingerprint } from '../runtime/index.ts';

/** Stands for the sources that decide: where it is the same, so is every decision about the same record. */
export function engineFingerprint(): string {
  return sourcesFingerprint(['base', 'model', 'decide']);
}
