import { fieldsOf, placesOf } from './comma-separated.ts';
import type { Places } from './comma-separated.ts';
import { quoted, tokenCount } from './line-format.ts';
import type { LineFormat, ReadLine } from './line-format.ts';

const columns = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'];

/**
 * Azure's LLM inference traces (github.com/Azure/AzurePublicDataset). 2023: `2023-11-16 18:17:03.9799600`; 2024: `2024-05-10 00:00:00.009930+00:00`.
 * Both are read alike: a fraction of any length, a zone or none.
 */
export function azureFormat(): LineFormat {
  let places: Places;
  let minute = '';
  let minuteMs = 0;

  /** The date and minute are the same for many lines, and are worked out once. */
  function timeOf(text: string): number {
    const match = /^(\d{4}-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d):([0-5]\d(?:\.\d+)?)(Z|[+-]\d\d:?\d\d)?$/.exec(text);
    if (match === null) return NaN;
    const [, date, hourAndMinute, second, zone = 'Z'] = match;
    const key = `${date}T${hourAndMinute}:00${zone}`;
    if (key !== minute) {
      minuteMs = isDay(date as string) ? Date.parse(key) : NaN;
      minute = key;
    }
    return minuteMs + Math.round(Number(second) * 1e6) / 1000;
  }

  return {
    header(text) {
      const found = placesOf(text, columns);
      if ('problem' in found) return found.problem;
      places = found;
      return undefined;
    },
    line(text): ReadLine {
      const fields = fieldsOf(text);
      const at = fields[places.get('TIMESTAMP') as number] ?? '';
      const atMs = timeOf(at.trim());
      if (Number.isNaN(atMs)) return { problem: `TIMESTAMP is ${quoted(at.trim())}, expected a time like 2023-11-16 18:17:03.9799600` };
      const promptTokens = tokenCount(fields[places.get('ContextTokens') as number], 'ContextTokens');
      if (typeof promptTokens === 'object') return promptTokens;
      const generationTokens = tokenCount(fields[places.get('GeneratedTokens') as number], 'GeneratedTokens');
      if (typeof generationTokens === 'object') return generationTokens;
      if (promptTokens === 0) return { problem: 'ContextTokens is 0, expected at least one token' };
      return generationTokens === 0 ? 'failed' : { atMs, promptTokens, generationTokens };
    },
  };
}

/** The platform takes the 30th of February for the 1st of March: one such line would move the beginning of the whole trace. */
function isDay(date: string): boolean {
  const atMs = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(date);
}
