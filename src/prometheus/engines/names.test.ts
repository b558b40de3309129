import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bucketNames, engineMetrics, namesToKeep, seriesNames } from './names.ts';

const page = readFileSync(new URL('../../../docs/reference/input-metrics.md', import.meta.url), 'utf8');

describe('the names that engines use', () => {
  it('stand in docs/reference/input-metrics.md, the same and in the same order', () => {
    const rows = page.split('\n').flatMap((line) => {
      const match = /^\| `(?<name>(?:vllm|sglang):\w+)` \| (?<form>\w+) \| (?<meaning>\w+) \| (?<releases>[^|]*) \|(?<note>[^|]*)\|$/.exec(line);
      if (!match?.groups) return [];
      const { name, form, meaning, releases, note } = match.groups;
      return [{ name, form, meaning, releases, note: note?.trim() }];
    });
    expect(rows).toEqual(engineMetrics.map(({ name, form, meaning, releases, note }) => ({ name, form, meaning, releases, note })));
  });

  it('are each of one metric only', () => {
    const all = engineMetrics.flatMap(({ name, form }) => (form === 'histogram' ? [`${name}_sum`, `${name}_count`] : form === 'sum' ? [`${name}_sum`] : form === 'counter' ? [name, `${name}_total`] : [name]));
    expect(new Set(all).size).toBe(all.length);
    expect([...seriesNames.keys()].toSorted()).toEqual(all.toSorted());
    expect([...bucketNames.keys()].every((name) => /(?:time_to_first_token|inter_token_latency|time_per_output_token)_seconds_bucket$/.test(name))).toBe(true);
    expect(namesToKeep.size).toBe(all.length + bucketNames.size + 1);
  });

  it('give every reason for not knowing a line in the documentation', () => {
    const reasons = ['NotReported', 'NotANumber', 'NoPriorSample', 'CounterReset', 'NothingHappened', 'Unreachable', 'TimedOut', 'TooLarge', 'Malformed', 'NotScraped'];
    const source = readFileSync(new URL('../../model/reading.ts', import.meta.url), 'utf8');
    const union = /type MissingReason =(?<union>[^;]+);/.exec(source)?.groups?.['union'] ?? '';
    expect([...union.matchAll(/'(\w+)'/g)].map((match) => match[1])).toEqual(reasons);
    for (const reason of reasons) expect(page).toContain(`| \`${reason}\` |`);
  });
});
