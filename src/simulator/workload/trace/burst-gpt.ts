import { fieldsOf, placesOf } from './comma-separated.ts';
import type { Places } from './comma-separated.ts';
import { quoted, tokenCount } from './line-format.ts';
import type { LineFormat, ReadLine } from './line-format.ts';

const columns = ['Timestamp', 'Request tokens', 'Response tokens'];

/**
 * BurstGPT (github.com/HPMLL/BurstGPT): `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type`, seconds; newer files have `Session ID` and `Elapsed time` too, which are
 * not used. No tokens in the response: the recorded service failed.
 */
export function burstGptFormat(): LineFormat {
  let places: Places;
  return {
    header(text) {
      const found = placesOf(text, columns);
      if ('problem' in found) return found.problem;
      places = found;
      return undefined;
    },
    line(text): ReadLine {
      const fields = fieldsOf(text);
      const at = (fields[places.get('Timestamp') as number] ?? '').trim();
      const seconds = at === '' ? NaN : Number(at);
      if (!Number.isFinite(seconds) || seconds < 0) return { problem: `Timestamp is ${quoted(at)}, expected seconds` };
      const promptTokens = tokenCount(fields[places.get('Request tokens') as number], 'Request tokens');
      if (typeof promptTokens === 'object') return promptTokens;
      const generationTokens = tokenCount(fields[places.get('Response tokens') as number], 'Response tokens');
      if (typeof generationTokens === 'object') return generationTokens;
      if (generationTokens === 0) return 'failed';
      if (promptTokens === 0) return { problem: 'Request tokens is 0, expected at least one token' };
      return { atMs: seconds * 1000, promptTokens, generationTokens };
    },
  };
}
