import type { TapeRequest } from './tape.ts';

const needed = ['at_s', 'input_tokens', 'output_tokens'] as const;

/**
 * Reads the client's log: a header line that names the columns (`at_s`, `input_tokens`, `output_tokens`, and `ttft_s`, `e2e_s`, `status` where
 * they are known), then one line a request, in any order of lines and columns. Requests that the server turned away
 * (a status of 400 and above) never were in it and are left out. Lines that cannot be used are added to `problems`.
 */
export function readRequestLog(text: string, path: string, problems: string[]): readonly TapeRequest[] | undefined {
  const lines = text.split(/\r?\n/);
  const columns = (lines[0] ?? '').split(',').map((column) => column.trim());
  const missing = needed.filter((column) => !columns.includes(column));
  if (missing.length > 0) {
    problems.push(`${path}, line 1: expected the columns ${needed.join(', ')}, found "${(lines[0] ?? '').slice(0, 80)}" without ${missing.join(', ')}; the log was left out.`);
    return undefined;
  }
  const requests: TapeRequest[] = [];
  let turnedAway = 0;
  let broken = 0;
  for (const [index, line] of lines.entries()) {
    if (index === 0 || line.trim() === '') continue;
    const fields = line.split(',');
    const cell = (column: string): string => fields[columns.indexOf(column)]?.trim() ?? '';
    const number = (column: string): number => (cell(column) === '' ? Number.NaN : Number(cell(column)));
    const [atSeconds, promptTokens, generationTokens] = [number('at_s'), number('input_tokens'), number('output_tokens')];
    const wrong = needed.find((column) => !(number(column) >= (column === 'at_s' ? 0 : 1)));
    if (wrong !== undefined) {
      broken += 1;
      if (broken <= 5) problems.push(`${path}, line ${index + 1}: expected a number in ${wrong}, found "${cell(wrong)}"; the line was left out.`);
      continue;
    }
    if (number('status') >= 400) {
      turnedAway += 1;
      continue;
    }
    const [ttftSeconds, e2eSeconds] = [number('ttft_s'), number('e2e_s')];
    const answered = ttftSeconds >= 0 && e2eSeconds >= ttftSeconds;
    requests.push({ atSeconds, promptTokens, generationTokens, ...(answered ? { ttftSeconds, e2eSeconds } : {}) });
  }
  if (broken > 5) problems.push(`${path}: ${broken - 5} more lines could not be read and were left out.`);
  if (turnedAway > 0) problems.push(`${path}: ${turnedAway} requests were turned away (status 400 and above) and are no part of the load.`);
  return requests.toSorted((a, b) => a.atSeconds - b.atSeconds);
}
