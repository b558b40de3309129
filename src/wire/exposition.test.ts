import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseExposition, type ExpositionSeries } from './exposition.ts';

/** The shortest true renderer: what it writes must be read back the same. */
function render(series: readonly ExpositionSeries[], options: { crlf: boolean; openMetrics: boolean }): string {
  const escape = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  const number = (value: number): string =>
    value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : Number.isNaN(value) ? 'NaN' : Object.is(value, -0) ? '-0' : String(value);
  const lines = series.map(({ name, labels, value, timestampMs }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
    const time = timestampMs === undefined ? '' : ` ${options.openMetrics ? timestampMs / 1000 : timestampMs}`;
    return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${number(value)}${time}`;
  });
  if (options.openMetrics) lines.push('# EOF');
  return lines.map((line) => line + (options.crlf ? '\r\n' : '\n')).join('');
}

const plain = (series: readonly ExpositionSeries[]): unknown[] => series.map((one) => ({ ...one, labels: Object.entries(one.labels) }));

describe('reading what servers show', () => {
  it('reads back whatever is rendered', () => {
    const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,20}$/);
    const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/);
    // a carriage return has no escape of its own in the format, and is left out of what a server may write
    const text = fc.string({ unit: 'binary', maxLength: 20 }).map((value) => value.replaceAll('\r', ''));
    const series = fc.record({
      name,
      labels: fc.dictionary(label, text, { maxKeys: 5 }),
      value: fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity)),
      timestampMs: fc.option(fc.integer({ min: 0, max: 4_000_000_000_000 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(series, { maxLength: 8 }), fc.boolean(), fc.boolean(), (all, crlf, openMetrics) => {
        const given = all.map(({ timestampMs, ...rest }) => (timestampMs === undefined ? rest : { ...rest, timestampMs }));
        const read = parseExposition(render(given, { crlf, openMetrics }));
        expect(read.problems).toEqual([]);
        expect(plain(read.series)).toEqual(plain(given));
        expect(read.terminated).toBe(true);
      }),
    );
  });

  it('never throws, and counts every line it cannot read', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseExposition(text)));
    const pieces = fc.constantFrom('a', '{', '}', '"', '=', ',', ' ', '\\', '1', '#', '\n', 'NaN', 'x="y"', '# EOF');
    fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => void parseExposition(parts.join(''))));
  });

  it.each([
    ['a 1', { name: 'a', value: 1 }],
    ['  a\t+1.5e3  ', { name: 'a', value: 1500 }],
    ['a{} .5', { name: 'a', value: 0.5 }],
    ['a {x="1" , y = "2",} 2 1700000000000', { name: 'a', value: 2, labels: { x: '1', y: '2' }, timestampMs: 1_700_000_000_000 }],
    ['a{p="C:\\\\x\\"y\\"\\n\\d"} 1', { name: 'a', value: 1, labels: { p: 'C:\\x"y"\n\\d' } }],
    ['a_bucket{le="+Inf"} 7 # {trace="x"} 0.3 1.5', { name: 'a_bucket', value: 7, labels: { le: '+Inf' } }],
    ['{"dotted.name", x="1"} 3', { name: 'dotted.name', value: 3, labels: { x: '1' } }],
    ['{"only.name"} 3', { name: 'only.name', value: 3 }],
    ['a{__proto__="x"} 1', { name: 'a', value: 1, labels: JSON.parse('{"__proto__":"x"}') as Record<string, string> }],
    ['a -Inf', { name: 'a', value: -Infinity }],
    ['a Infinity', { name: 'a', value: Infinity }],
    ['a nan', { name: 'a', value: NaN }],
  ])('understands %s', (line, expected) => {
    const read = parseExposition(`${line}\n`);
    expect(read.problems).toEqual([]);
    expect(plain(read.series)).toEqual(plain([{ labels: {}, ...expected }]));
  });

  it.each([
    ['<html><body>Not found</body></html>', 'a metric name'],
    ['{"status":"ok"}', 'a comma or a closing brace after the metric name'],
    ['9lives 1', 'a metric name that does not begin with a digit'],
    ['a', 'a number as the value'],
    ['a one', 'a number as the value'],
    ['a 0x10', 'a number as the value'],
    ['a 1 soon', 'a timestamp, an exemplar or the end of the line after the value'],
    ['a 1 2 3', 'an exemplar or the end of the line after the timestamp'],
    ['a{x="1" 1', 'a comma or a closing brace after a label'],
    ['a{x="1', 'a closing quote'],
    ['a{x="1",', 'a closing brace'],
    ['a{x=1} 1', 'a label value in quotes'],
    ['a{x="1",x="2"} 1', 'the label x only once'],
    ['a{="1"} 1', 'a label name'],
    ['a{"b"} 1', 'one metric name, not one before the braces and another inside'],
  ])('reports %s and keeps the rest', (line, expected) => {
    const read = parseExposition(`before 1\n${line}\nafter 2\n`);
    expect(read.series.map(({ name }) => name)).toEqual(['before', 'after']);
    expect(read.problems).toEqual([{ line: 2, expected, text: line.slice(0, 80) }]);
    expect(read.malformedLines).toBe(1);
  });

  it('keeps what was asked for, and does not judge the rest', () => {
    const read = parseExposition('# HELP a b\n# TYPE a counter\na_total 1\nb_total garbage\n\nc 3\n', { keep: new Set(['a_total', 'c']) });
    expect(read.series.map(({ name, value }) => [name, value])).toEqual([['a_total', 1], ['c', 3]]);
    expect(read.malformedLines).toBe(0);
  });

  it('reads dates in seconds once the text ends as OpenMetrics does, and nothing after it', () => {
    const read = parseExposition('a_total 1 1700000000.5\n# EOF\nb 2\n');
    expect(plain(read.series)).toEqual(plain([{ name: 'a_total', labels: {}, value: 1, timestampMs: 1_700_000_000_500 }]));
  });

  it('says when the text stops inside a line', () => {
    expect(parseExposition('a 1\nb 12').terminated).toBe(false);
    expect(parseExposition('a 1\nb 12\n').terminated).toBe(true);
    expect(parseExposition('').terminated).toBe(true);
  });

  it('lists no more problems than asked for, and counts them all', () => {
    const read = parseExposition('?\n'.repeat(100), { maxProblems: 3 });
    expect(read.problems.map(({ line }) => line)).toEqual([1, 2, 3]);
    expect(read.malformedLines).toBe(100);
  });
});
