import { expect, it } from 'vitest';
import type { Problem } from '../model/index.ts';
import { silentLog } from '../runtime/index.ts';
import { createComplaints } from './complaints.ts';

it('says a problem when it begins, when it changes and when it is over', () => {
  const said: string[] = [];
  const complaints = createComplaints({ ...silentLog, warn: (_, message) => void said.push(`warn ${message}`), info: (_, message) => void said.push(`info ${message}`) });
  const problem = (message: string): Problem => ({ source: 'scrape', about: 'llm/pod', message });
  complaints.hear([problem('timed out')]);
  complaints.hear([problem('timed out')]);
  complaints.hear([problem('refused')]);
  complaints.hear([]);
  complaints.hear([]);
  complaints.hear([problem('refused')]);
  expect(said).toEqual(['warn timed out', 'warn refused', 'info Over: scrape llm/pod.', 'warn refused']);
});
