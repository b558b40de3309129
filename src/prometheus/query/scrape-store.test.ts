import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PrometheusSeries } from '../../wire/index.ts';
import { scannedOf } from '../answer/read-scanned.ts';
import type { PodAddress } from '../source.ts';
import { windowRules } from '../window/history.ts';
import { readingsOfRanks } from '../window/ranks.ts';
import { pastReadings } from './past.ts';
import { createScrapeStore } from './scrape-store.ts';

const windowMs = 60_000;
const lookbackMs = 120_000;
const rules = windowRules(windowMs);
const names = ['vllm:num_requests_running', 'vllm:num_requests_waiting', 'vllm:request_success_total', 'vllm:generation_tokens_total', 'vllm:time_to_first_token_seconds_count', 'vllm:kv_cache_usage_perc'] as const;

const pod = (index: number): PodAddress => ({ namespace: 'models', pod: `pod-${index}`, uid: `uid-${index}`, ip: `10.0.0.${index}`, ports: [8000], engine: 'vllm', modelID: 'm' });
const labelsOf = (name: string, index: number, more: Record<string, string> = {}): Record<string, string> =>
  ({ __name__: name, engine: '0', model_name: 'm', namespace: 'models', pod: `pod-${index}`, instance: `10.0.0.${index}:8000`, job: 'models', ...more });

interface Step {
  readonly seconds: number;
  readonly gauges: readonly number[];
  readonly left: number;
  readonly aborted: number;
  readonly tokens: number;
  readonly restart: boolean;
  readonly odd: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  seconds: fc.integer({ min: 3, max: 40 }), gauges: fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }), left: fc.nat(9), aborted: fc.nat(30).map((n) => Math.max(0, n - 28)), tokens: fc.nat(500),
  restart: fc.nat(12).map((n) => n === 0), odd: fc.nat(40),
});

/** Everything that was ever scraped of a pod. Now and then a value is NaN, a page lacks a series, or a label set appears. */
function historyOf(index: number, steps: readonly Step[]): PrometheusSeries[] {
  const series = new Map<string, { metric: Record<string, string>; points: { atMs: number; value: number }[] }>();
  let [atMs, left, aborted, tokens, first] = [index * 1000, 0, 0, 0, 0];
  for (const one of steps) {
    atMs += one.seconds * 1000;
    if (one.restart) [left, aborted, tokens, first] = [0, 0, 0, 0];
    left += one.left;
    aborted += one.aborted;
    tokens += one.tokens;
    first += one.left;
    const values: [string, Record<string, string>, number][] = names.map((name, at) => [name, name.includes('success') ? { finished_reason: 'stop' } : {}, [one.gauges[0], one.gauges[1], left, one.odd === 1 ? Number.NaN : tokens, first, (one.gauges[2] ?? 0) / 10][at] as number]);
    if (aborted > 0) values.push([names[2], { finished_reason: 'abort' }, aborted]);
    if (one.odd === 2) values.splice(3, 1);
    for (const [name, more, value] of values) {
      const metric = labelsOf(name, index, more);
      const key = JSON.stringify(metric);
      const known = series.get(key);
      if (known) known.points.push({ atMs, value });
      else series.set(key, { metric, points: [{ atMs, value }] });
    }
  }
  return [...series.values()].toSorted((a, b) => (JSON.stringify(a.metric) < JSON.stringify(b.metric) ? -1 : 1));
}

/** What Prometheus answers when it is asked for the last `rangeMs`. */
function answered(series: readonly PrometheusSeries[], nowMs: number, rangeMs: number): { readonly resultType: 'matrix'; readonly warnings: []; readonly series: PrometheusSeries[] } {
  return {
    resultType: 'matrix',
    warnings: [],
    series: series.flatMap(({ metric, points }) => {
      const seen = points.filter(({ atMs }) => atMs > nowMs - rangeMs && atMs <= nowMs);
      return seen.length === 0 ? [] : [{ metric, points: seen }];
    }),
  };
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, one: unknown) => (key === 'detail' ? undefined : one)) ?? 'null');

describe('pages that are kept from look to look', () => {
  it('give at every look what all samples of the last two minutes would give', () => {
    let looks = 0;
    fc.assert(
      fc.property(fc.array(fc.array(step, { minLength: 1, maxLength: 14 }), { minLength: 1, maxLength: 3 }), fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }), (pods, gaps) => {
        const all = pods.flatMap((steps, index) => historyOf(index, steps));
        const addresses = pods.map((_, index) => pod(index));
        const store = createScrapeStore(rules, lookbackMs);
        store.wants(addresses);
        let last: { atMs: number; behindMs: number } | undefined;
        let nowMs = 20_000;
        for (const gap of gaps) {
          nowMs += gap * 1000;
          const rangeMs = last ? Math.min(lookbackMs, nowMs - last.atMs + last.behindMs + 1000) : lookbackMs;
          const { behindMs } = store.take(scannedOf(answered(all, nowMs, rangeMs), store.book), nowMs, last?.atMs);
          last = behindMs === undefined ? undefined : { atMs: nowMs, behindMs };
          const told = [...pastReadings({ samples: answered(all, nowMs, lookbackMs), config: { resultType: 'vector', warnings: [], series: [] }, pods: addresses, windowMs, lookbackMs }, [nowMs])];
          for (const [position] of addresses.entries()) {
            const windows = store.targetsOf(position).flatMap((target) => store.windowOf(target) ?? []);
            const [first, ...others] = windows;
            const past = told.find(({ index, pod: { uid } }) => index === 0 && uid === `uid-${position}`)?.readings;
            // a page that is not whole and is followed by none counts in a history once all before it are two minutes old, which here nobody asks for any more
            if (!first && past && Object.values(past).every((reading) => reading.kind === 'missing' || reading.atMs < nowMs - 60_000)) continue;
            expect(plain(first && readingsOfRanks([first, ...others]))).toEqual(plain(past ?? null));
            looks += 1;
          }
        }
      }),
      { numRuns: 400 },
    );
    expect(looks).toBeGreaterThan(1000);
  });
});
