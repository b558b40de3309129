import { errorText } from '../../base/index.ts';
import { createDecisionHistory } from '../../controller/index.ts';
import type { CycleRecord } from '../../model/index.ts';
import { readRecord } from '../../record/index.ts';
import { BadInput } from '../history/bad-input.ts';
import { instant } from '../history/words.ts';
import { accountText } from './account-text.ts';
import type { Explanation } from './explanation.ts';

/** The decision that was in force at a moment, as a record has it. */
export async function fromRecord(key: string, files: readonly string[], atMs: number): Promise<Explanation> {
  const history = createDecisionHistory();
  const notes: string[] = [];
  let last: CycleRecord | undefined;
  let first: CycleRecord | undefined;
  for (const file of files) {
    try {
      for await (const entry of readRecord(file)) {
        if (entry.kind === 'unreadable') notes.push(`${file}, line ${entry.line} was passed over: ${entry.why}.`);
        if (entry.kind !== 'cycle') continue;
        first ??= entry.record;
        if (entry.record.atMs > atMs) break;
        last = entry.record;
        history.hear(last);
      }
    } catch (error) {
      throw new BadInput([`The record ${file} cannot be read (${errorText(error)}).`]);
    }
  }
  const account = history.account(key);
  if (account) return { kind: 'known', text: accountText(account, notes.length === 0 ? undefined : notes.slice(0, 3).join(' ')), data: account };
  return { kind: 'unknown', why: whyUnknown(key, first, last, atMs) };
}

function whyUnknown(key: string, first: CycleRecord | undefined, last: CycleRecord | undefined, atMs: number): string {
  if (!first) return 'The record has no cycle.';
  if (!last) return `The record begins at ${instant(first.atMs)}, after ${instant(atMs)}.`;
  const invalid = last.observation.invalid.find(({ resource }) => resource.key === key);
  if (invalid) return `Nothing was decided about ${key} at ${instant(last.atMs)}, because its spec cannot be used: ${invalid.problems.map(({ path, message }) => `${path} ${message}`).join('; ')}.`;
  const known = last.decisions.map(({ variant }) => variant.key);
  const shown = known.slice(0, 10).join(', ');
  return `Nothing was decided about ${key} at ${instant(last.atMs)}. ${known.length === 0 ? 'There was no variant at all.' : `There were ${shown}${known.length > 10 ? ` and ${known.length - 10} more` : ''}.`}`;
}
