import { describe, expect, it } from 'vitest';
import { readTrace } from './read-trace.ts';
import type { TraceFormat, TraceRecords } from './trace-records.ts';

const rows = ({ atMs, promptTokens, generationTokens }: TraceRecords): readonly (readonly number[])[] => Array.from(atMs, (at, index) => [Math.round(at * 1000) / 1000, promptTokens[index] ?? -1, generationTokens[index] ?? -1]);
const messages = ({ problems }: TraceRecords): readonly string[] => problems.map(({ message }) => message);

describe('a trace', () => {
  const azure = 'TIMESTAMP,ContextTokens,GeneratedTokens';
  const burst = 'Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type';
  const sessions = 'Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type';

  it.each<[string, TraceFormat, string]>([
    ['of Azure 2023', 'azure-2023', `${azure}\n2023-11-16 18:17:03.9799600,4808,10\n2023-11-16 18:17:05.0000000,110,27\n`],
    ['of Azure 2024', 'azure-2024', `${azure}\n2024-05-10 23:59:59.979960+00:00,4808,10\n2024-05-11 00:00:01+00:00,110,27\n`],
    ['of Azure over a leap day and in zones', 'azure-2024', `${azure}\n2024-02-29 23:59:59.979960+00:00,4808,10\n2024-02-29 20:00:01-0400,110,27\n`],
    ['of BurstGPT', 'burstgpt', `${burst}\n5.97996,ChatGPT,4808,10,4818,Conversation log\n7,GPT-4,110,27,137,API log\n`],
    ['of BurstGPT with sessions', 'burstgpt', `${sessions}\n5.97996,1,2.5,ChatGPT,4808,10,4818,Conversation log\n7,,,GPT-4,110,27,137,API log\n`],
    ['of Mooncake', 'mooncake', '{"timestamp": 20.04, "input_length": 4808, "output_length": 10, "hash_ids": [1, 2]}\n{"timestamp": 1040.08, "input_length": 110, "output_length": 27, "hash_ids": [3]}\n'],
    ['with a BOM, CRLF, quotes, other order of columns and blank lines', 'azure-2023', '\uFEFF"GeneratedTokens","TIMESTAMP","ContextTokens"\r\n"10","2023-11-16 18:17:03.9799600","4808"\r\n\r\n27,2023-11-16T18:17:05Z,110\r\n\r\n'],
  ])('%s is read', (_, format, text) => {
    const records = readTrace(text, format, 'trace');
    expect(messages(records)).toStrictEqual([]);
    expect(rows(records)).toStrictEqual([[0, 4808, 10], [1020.04, 110, 27]]);
    expect(records).toMatchObject({ count: 2, complete: true, failed: 0, format });
  });

  it.each<[string, TraceFormat, string, string]>([
    ['a missing field', 'azure-2023', '2023-11-16 18:17:04,12', "GeneratedTokens is missing, expected a whole number of tokens"],
    ['an empty field', 'azure-2023', '2023-11-16 18:17:04,,5', "ContextTokens is '', expected a whole number of tokens"],
    ['a negative number', 'azure-2023', '2023-11-16 18:17:04,-12,5', "ContextTokens is '-12', expected a whole number of tokens"],
    ['no number', 'azure-2023', '2023-11-16 18:17:04,NaN,5', "ContextTokens is 'NaN', expected a whole number of tokens"],
    ['half a token', 'burstgpt', '9,m,12.5,5,17,log', "Request tokens is '12.5', expected a whole number of tokens"],
    ['no time', 'azure-2024', 'yesterday,12,5', "TIMESTAMP is 'yesterday', expected a time like 2023-11-16 18:17:03.9799600"],
    ['no day', 'azure-2024', '2024-13-45 00:00:00,12,5', "TIMESTAMP is '2024-13-45 00:00:00', expected a time"],
    ['a day that its month does not have', 'azure-2023', '2023-02-30 00:00:00,12,5', "TIMESTAMP is '2023-02-30 00:00:00', expected a time"],
    ['an hour that the day does not have', 'azure-2023', '2023-11-16 24:00:03,12,5', "TIMESTAMP is '2023-11-16 24:00:03', expected a time"],
    ['a second that the minute does not have', 'azure-2023', '2023-11-16 18:17:75.5,12,5', "TIMESTAMP is '2023-11-16 18:17:75.5', expected a time"],
    ['a time below zero', 'burstgpt', '-1,m,12,5,17,log', "Timestamp is '-1', expected seconds"],
    ['an infinite time', 'burstgpt', 'Infinity,m,12,5,17,log', "Timestamp is 'Infinity', expected seconds"],
    ['no prompt', 'azure-2023', '2023-11-16 18:17:04,0,5', 'ContextTokens is 0, expected at least one token'],
    ['no JSON', 'mooncake', '{"timestamp": 5,', "is not JSON, expected an object with timestamp"],
    ['no object', 'mooncake', '[1]', 'this is not an object'],
    ['no length', 'mooncake', '{"timestamp": 5, "output_length": 1}', 'input_length is missing, expected a whole number of tokens from 1'],
    ['a text for a number', 'mooncake', '{"timestamp": "5", "input_length": 1, "output_length": 1}', 'timestamp is "5", expected milliseconds'],
    ['hashes that are none', 'mooncake', '{"timestamp": 5, "input_length": 1, "output_length": 1, "hash_ids": ["a"]}', 'hash_ids is ["a"], expected a list of numbers'],
  ])('with a line that has %s tells file, line and what was expected, and keeps the rest', (_, format, bad, expected) => {
    const good = { 'azure-2023': '2023-11-16 18:17:03,7,8', 'azure-2024': '2023-11-16 18:17:03,7,8', burstgpt: '8,m,7,8,15,log', mooncake: '{"timestamp": 3, "input_length": 7, "output_length": 8}' }[format];
    const header = { 'azure-2023': [azure], 'azure-2024': [azure], burstgpt: [burst], mooncake: [] }[format];
    const text = [...header, good, bad, good].join('\n');
    const skipped = readTrace(text, format, 'some.csv');
    expect(rows(skipped)).toStrictEqual([[0, 7, 8], [0, 7, 8]]);
    expect(skipped).toMatchObject({ problemCount: 1, complete: true, problems: [{ file: 'some.csv', line: header.length + 2 }] });
    expect(messages(skipped)[0]).toContain(`some.csv:${header.length + 2}: `);
    expect(messages(skipped)[0]).toContain(expected);
    expect(messages(skipped)[0]).toContain('The line was left out.');
    const stopped = readTrace(text, format, 'some.csv', { onBadLine: 'stop' });
    expect(stopped).toMatchObject({ count: 1, complete: false });
    expect(messages(stopped)[0]).toContain('Reading stopped here; the requests before it, 1, were kept.');
  });

  it.each([
    ['', 'the file is empty, expected a header'],
    ['\n\n', 'the file is empty, expected a header'],
    ['when,what\n1,2\n', "the header 'when,what' has no column TIMESTAMP, ContextTokens, GeneratedTokens"],
    [`${azure.replace('GeneratedTokens', 'Tokens')}\n1,2,3\n`, 'has no column GeneratedTokens; expected TIMESTAMP,ContextTokens,GeneratedTokens'],
    ['\u001F\u008B\u0008\u0000', 'this looks compressed (gzip), expected text'],
  ])('%j is told and nothing made of it', (text, expected) => {
    const records = readTrace(text, 'azure-2023', 'x.csv');
    expect(records.count).toBe(0);
    expect(messages(records)[0]).toContain(expected);
  });

  it('puts a request whose time lies back in its place, and tells it', () => {
    const records = readTrace(`${burst}\n10,m,1,1,2,l\n30,m,3,1,4,l\n20,m,2,1,3,l\n40,m,4,1,5,l\n5,m,5,1,6,l\n`, 'burstgpt', 'x');
    expect(rows(records)).toStrictEqual([[0, 5, 1], [5000, 1, 1], [15_000, 2, 1], [25_000, 3, 1], [35_000, 4, 1]]);
    expect(messages(records)).toStrictEqual([
      'x:4: the time lies 10.000 s before that of the line before it. The request was put in its place.',
      'x:6: the time lies 35.000 s before that of the line before it. The request was put in its place.',
    ]);
  });

  it('tells one time far in the future once, and is not stopped by it', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `${index},m,1,1,2,l`).with(5, '9999999,m,7,1,8,l').join('\n');
    expect(messages(readTrace(`${burst}\n${lines}`, 'burstgpt', 'x'))).toStrictEqual(['x:8: the time lies 9999993.000 s before that of the line before it. The request was put in its place.']);
    expect(readTrace(`${burst}\n${lines}`, 'burstgpt', 'x', { untilSeconds: 100 })).toMatchObject({ count: 19, problemCount: 0 });
  });

  it('leaves out a time that lies days before the first, which would move all others out of what is played', () => {
    const text = `${azure}\n2023-11-16 18:17:03,7,8\n1970-01-01 00:00:00,7,8\n2023-11-16 18:17:05,7,8`;
    const records = readTrace(text, 'azure-2023', 'x', { untilSeconds: 60 });
    expect(rows(records)).toStrictEqual([[0, 7, 8], [2000, 7, 8]]);
    expect(messages(records)).toStrictEqual(['x:3: the time lies 19677.8 days before that of the first line, expected at most one. The line was left out.']);
  });

  it.each<[string, TraceFormat]>([[`${azure}\n`, 'azure-2023'], ['', 'mooncake'], [`${burst}\n\n`, 'burstgpt']])('%j has no request, and that is told', (text, format) => {
    expect(messages(readTrace(text, format, 'x'))).toStrictEqual([expect.stringMatching(/^x:[12]: the file ends without a request, expected one a line\. Nothing was read\.$/)]);
  });

  it('shows no more of a line than can be read, and nothing that moves the cursor', () => {
    const [long = '', control = ''] = messages(readTrace(`${azure}\n${'x'.repeat(5_000_000)}\n\u001B[2J\u0000,1,1`, 'azure-2023', 'x'));
    expect(long.length).toBeLessThan(200);
    expect(control).toContain("TIMESTAMP is '·[2J·', expected");
  });

  it('counts what the recorded service failed, and leaves it out', () => {
    expect(readTrace(`${burst}\n1,m,9,0,9,l\n2,m,8,1,9,l\n`, 'burstgpt', 'x')).toMatchObject({ count: 1, failed: 1, problemCount: 0 });
  });

  it('stops when nothing in it is as it should be, and keeps a hundred examples', () => {
    const records = readTrace(`${azure}\n${'x,y,z\n'.repeat(5000)}`, 'azure-2023', 'x');
    expect(records).toMatchObject({ count: 0, problemCount: 1000, complete: false });
    expect(records.problems).toHaveLength(100);
  });

  it('reads no further than asked', () => {
    let read = 0;
    function* lines(): Generator<string> {
      yield burst;
      for (let second = 0; ; second++) {
        read++;
        yield `${second},m,1,1,2,l`;
      }
    }
    expect(readTrace(lines(), 'burstgpt', 'x', { untilSeconds: 100 })).toMatchObject({ count: 100, complete: false, problemCount: 0 });
    expect(read).toBe(200);
  });

  it('keeps a million requests in 16 MB', () => {
    function* lines(): Generator<string> {
      yield burst;
      for (let index = 0; index < 1_000_000; index++) yield `${index},m,100,10,110,l`;
    }
    const { count, atMs, promptTokens, generationTokens } = readTrace(lines(), 'burstgpt', 'x');
    expect(count).toBe(1_000_000);
    expect(atMs.buffer.byteLength + promptTokens.buffer.byteLength + generationTokens.buffer.byteLength).toBe(16_000_000);
  });
});

describe('shared beginnings of Mooncake', () => {
  const read = (...prompts: readonly (readonly number[])[]): readonly (readonly number[])[] => {
    const text = prompts.map((ids, index) => JSON.stringify({ timestamp: index, input_length: ids.length * 512 - 100, output_length: 1, hash_ids: ids })).join('\n');
    const { prefixId, prefixTokens } = readTrace(text, 'mooncake', 'x');
    return Array.from(prefixId ?? [], (id, index) => [id, prefixTokens?.[index] ?? -1]);
  };
  const alike = (prefixes: readonly (readonly number[])[], a: number, b: number): number => {
    const [one = [], other = []] = [prefixes[a], prefixes[b]];
    return one[0] === other[0] ? Math.min(one[1] ?? 0, other[1] ?? 0) : 0;
  };

  it('are none where nothing is shared', () => {
    expect(read([1, 2], [3, 4])).toStrictEqual([[0, 0], [0, 0]]);
  });

  it('are whole between the turns of a conversation', () => {
    const turns = read([1, 2], [1, 2, 3], [1, 2, 3, 4]);
    // the last block of the first prompt is not full
    expect(alike(turns, 0, 1)).toBe(2 * 512 - 100);
    expect(alike(turns, 1, 2)).toBe(3 * 512 - 100);
  });

  it('end where the prompts part', () => {
    const prompts = read([1, 2, 3], [1, 2, 3], [1, 9]);
    expect(alike(prompts, 0, 1)).toBe(3 * 512 - 100);
    expect(alike(prompts, 0, 2)).toBe(512);
  });

  it('begin a chain of their own on a side branch: its first prompt misses the trunk, its others do not miss it', () => {
    const prompts = read([1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 8, 9], [1, 8, 9]);
    expect(alike(prompts, 3, 4)).toBe(3 * 512 - 100);
    expect(alike(prompts, 0, 3)).toBe(0);
  });

  it('are not believed where ids are no chain of hashes', () => {
    expect(read([1, 2], [2, 1])).toStrictEqual([[0, 0], [0, 0]]);
  });
});
