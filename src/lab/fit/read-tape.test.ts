import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readTape } from './read-tape.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wva-tape-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function page(number: number, lines: readonly string[], first = `# scraped ${5 * number}.0 s after the start, client sees 0 in flight`): void {
  writeFileSync(join(folder, `${String(number).padStart(3, '0')}.prom`), `${[first, ...lines].join('\n')}\n`);
}

const series = (tokens: number): string[] => [`vllm:prompt_tokens_total{model_name="m"} ${tokens}`, 'vllm:num_requests_running{model_name="m"} 2.0'];

describe('reading a recording', () => {
  it('keeps what can be used, and says where and why the rest cannot', () => {
    page(1, series(10));
    page(2, [...series(20), 'vllm:num_requests_waiting{model_name="m" 3']);
    page(3, ['vllm:prompt_tokens_total NaN', 'vllm:num_requests_running 1']);
    page(4, series(30), '# a page without its time');
    writeFileSync(join(folder, '005.prom'), '# scraped 25.0 s after the start\nvllm:prompt_tokens_total 40\nvllm:num_requests_running 1');
    writeFileSync(join(folder, 'requests.csv'), 'at_s,input_tokens,output_tokens,ttft_s,e2e_s,status\n2.5,100,50,0.1,1.2,200\n1.5,90,40,0.1,1.0,200\nx,1,2,3,4,200\n3,80,40,,,429\n4,80,40,,,200\n');
    const { pages, requests, problems } = readTape(folder);
    expect(pages.map(({ atSeconds }) => atSeconds)).toEqual([5, 10, 15, 25]);
    expect(pages[2]).toEqual({ atSeconds: 15, running: 1 });
    expect(pages[3]).toEqual({ atSeconds: 25, promptTokens: 40 });
    expect(requests).toEqual([
      { atSeconds: 1.5, promptTokens: 90, generationTokens: 40, ttftSeconds: 0.1, e2eSeconds: 1 },
      { atSeconds: 2.5, promptTokens: 100, generationTokens: 50, ttftSeconds: 0.1, e2eSeconds: 1.2 },
      { atSeconds: 4, promptTokens: 80, generationTokens: 40 },
    ]);
    const text = problems.join('\n');
    expect(text).toMatch(/002\.prom, line 4: expected .* found/);
    expect(text).toMatch(/003\.prom, vllm:prompt_tokens_total is NaN, expected a number/);
    expect(text).toMatch(/004\.prom, line 1: expected "# scraped SECONDS s after the start", found "# a page without its time"/);
    expect(text).toMatch(/005\.prom, the page stops inside its last line/);
    expect(text).toMatch(/requests\.csv, line 4: expected a number in at_s, found "x"/);
    expect(text).toMatch(/requests\.csv: 1 requests were turned away/);
    expect(problems).toHaveLength(6);
  });

  it('uses the pages when the log lacks a column', () => {
    page(1, series(10));
    page(2, series(20));
    writeFileSync(join(folder, 'requests.csv'), 'at_s,tokens\n1,2\n');
    const { requests, problems } = readTape(folder);
    expect(requests).toBeUndefined();
    expect(problems.join()).toMatch(/requests\.csv, line 1: expected the columns at_s, input_tokens, output_tokens, .* without input_tokens, output_tokens/);
  });

  it('keeps the longest stretch without a restart', () => {
    for (const [number, tokens] of [[1, 100], [2, 200], [3, 10], [4, 20], [5, 30]] as const) page(number, series(tokens));
    const { pages, problems } = readTape(folder);
    expect(pages.map(({ promptTokens }) => promptTokens)).toEqual([10, 20, 30]);
    expect(problems.join()).toContain('promptTokens fell between 10 s and 15 s');
  });

  it('refuses what holds nothing', () => {
    expect(() => readTape(join(folder, 'nowhere'))).toThrow(/nowhere: expected a folder with a recording; it cannot be read \(no such file or directory\)/);
    page(1, series(10));
    expect(() => readTape(folder)).toThrow(/expected at least two metrics pages .* found 1/);
  });
});
