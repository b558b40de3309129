import type { SweepRecord } from '../policies/index.ts';

/** The record as a file that people read and compare: what belongs to one scenario stands on one line, and so do settings. */
export function recordText(record: SweepRecord): string {
  return `${JSON.stringify(record, undefined, 2).replaceAll(/\{[^{}[\]]*\}|\[[^{}[\]]*\]/g, (block) => block.replaceAll(/\s*\n\s*/g, ' '))}\n`;
}
