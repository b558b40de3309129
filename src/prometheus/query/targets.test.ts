import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PrometheusSeries } from '../../wire/index.ts';
import { recognise } from '../engines/recognise.ts';
import { emptyHistory, extended, windowOf, windowRules } from '../window/history.ts';
import { readingsOver, type Window } from '../window/readings.ts';
import { windowOfTarget } from './targets.ts';

const rules = windowRules(60_000);
const names = ['vllm:num_requests_running', 'vllm:num_requests_waiting', 'vllm:request_success_total', 'vllm:generation_tokens_total', 'vllm:time_to_first_token_seconds_count'] as const;

function readingsOf(window: Window | undefined): unknown {
  const all = window && readingsOver(window);
  // which counter is named first may differ with what was read
  return JSON.parse(JSON.stringify(all ?? null, (key, value: unknown) => (key === 'detail' ? undefined : value)));
}

it('reads from the three pages of a window what it would read from all of them', () => {
  const step = fc.record({ seconds: fc.integer({ min: 1, max: 30 }), running: fc.nat(9), waiting: fc.nat(9), left: fc.nat(9), tokens: fc.nat(500), restart: fc.nat(15).map((n) => n === 0), odd: fc.nat(30) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const points = new Map<string, { atMs: number; value: number }[]>(names.map((name) => [name, []]));
      let [atMs, left, tokens, first] = [0, 0, 0, 0];
      const pages: { name: string; labels: Record<string, string>; value: number }[][] = [];
      const times: number[] = [];
      for (const one of steps) {
        atMs += one.seconds * 1000;
        if (one.restart) [left, tokens, first] = [0, 0, 0];
        left += one.left;
        tokens += one.tokens;
        first += one.left;
        const values = [one.running, one.waiting, left, tokens, first].map((value) => (one.odd === 1 ? Number.NaN : value));
        times.push(atMs);
        pages.push(names.map((name, index) => ({ name, labels: { engine: '0' }, value: values[index] as number })));
        for (const [index, name] of names.entries()) points.get(name)?.push({ atMs, value: values[index] as number });
      }
      const series: PrometheusSeries[] = names.map((name) => ({ metric: { __name__: name, engine: '0' }, points: points.get(name) ?? [] }));
      const whole = pages.flatMap((page, index) => recognise(page, times[index] as number) ?? []);
      const latest = whole.at(-1);
      const window = latest && windowOf(whole.reduce((earlier, scrape) => extended(earlier, scrape, rules), emptyHistory), rules, latest);
      expect(readingsOf(windowOfTarget({ instance: '', job: '', series, newestMs: atMs }, [], rules))).toEqual(readingsOf(window));
    }),
    { numRuns: 1000 },
  );
});
