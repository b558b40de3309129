import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HttpResponse } from '../../runtime/index.ts';
import { readPrometheusAnswer, type PrometheusParse } from '../../wire/index.ts';
import { createLabelBook, type LabelBook } from './label-book.ts';
import { readScanned, scannedOf } from './read-scanned.ts';
import type { ScannedAnswer } from './scanned-answer.ts';

/** In pieces of these lengths, and then the rest. Every piece is filled with other bytes once the next is asked for, as sockets may do. */
function inPieces(text: string, lengths: readonly number[]): HttpResponse {
  const bytes = Buffer.from(text);
  return {
    status: 200,
    headers: {},
    body: (async function* () {
      let from = 0;
      for (const length of [...lengths, bytes.length]) {
        const piece = Buffer.from(bytes.subarray(from, from + length));
        if (piece.length > 0) yield piece;
        piece.fill(0x7d);
        from += length;
      }
    })(),
  };
}

/** As objects, which is how an answer that is read as JSON is. */
function asObjects({ resultType, warnings, count, series, firstPoint, timesMs, values }: ScannedAnswer, book: LabelBook): object {
  return {
    resultType,
    warnings,
    series: Array.from({ length: count }, (_, index) => ({
      metric: book.labels(series[index] as number),
      points: Array.from({ length: (firstPoint[index + 1] as number) - (firstPoint[index] as number) }, (_, point) => ({ atMs: timesMs[(firstPoint[index] as number) + point], value: values[(firstPoint[index] as number) + point] })),
    })),
  };
}

async function scanned(text: string, lengths: readonly number[], book: LabelBook): Promise<PrometheusParse> {
  const read = await readScanned(inPieces(text, lengths), book, 1 << 20, { series: 0, points: 0 });
  if (read.kind === 'text') {
    const parsed = readPrometheusAnswer(JSON.parse(read.text));
    return parsed.kind === 'answer' ? { kind: 'answer', answer: asObjects(scannedOf(parsed.answer, book), book) as never } : parsed;
  }
  return read.kind === 'answer' ? { kind: 'answer', answer: asObjects(read.answer, book) as never } : read;
}

const text = fc.oneof(fc.constantFrom('a', 'vllm:x_total', '10.0.0.1:8000', '', '}', '},{"metric":', '"', '\\', '\\"', 'é', '{', ']', '😀'), fc.string({ maxLength: 6 }));
const number = fc.oneof(fc.constantFrom('0', '-0', 'NaN', '+Inf', '-Inf', '1e+06', '12345678901234567', '0.1', '1.2345678901234567', '-3.5', '00012', '5.'), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.integer().map(String));
const point = fc.tuple(fc.oneof(fc.constantFrom(0, 1_700_000_000, 1_700_000_000.5, 1_700_000_000.123, 1_699_999_999.001), fc.integer({ min: 0, max: 2e12 }).map((ms) => ms / 1000)), number);
const labels = fc.dictionary(fc.constantFrom('__name__', 'pod', 'le', 'Zone', 'model_name'), text);
const matrix = fc.record({ metric: labels, values: fc.array(point, { minLength: 0, maxLength: 4 }) });
const vector = fc.record({ metric: labels, value: point });
const answer = fc.oneof(
  fc.record({ status: fc.constant('success'), data: fc.record({ resultType: fc.constant('matrix'), result: fc.array(matrix, { maxLength: 6 }) }) }),
  fc.record({ status: fc.constant('success'), data: fc.record({ resultType: fc.constant('vector'), result: fc.array(vector, { maxLength: 6 }) }), warnings: fc.array(text, { maxLength: 2 }) }),
  fc.record({ status: fc.constant('success'), isPartial: fc.boolean(), data: fc.record({ resultType: fc.constant('matrix'), result: fc.array(fc.oneof({ weight: 5, arbitrary: matrix }, { weight: 1, arbitrary: fc.constantFrom({}, { metric: { a: 1 }, values: [] }, { metric: {}, values: [[1, 2]] }, { metric: {}, values: [['1', '2']] }, { metric: {} }) }), { maxLength: 4 }) }) }),
);

describe('an answer that is read as it comes in', () => {
  it('says what it says when it is read as JSON, in whatever pieces it comes and whatever was read before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(answer, fc.array(fc.nat(90), { maxLength: 30 }), fc.boolean()), { minLength: 1, maxLength: 4 }), async (answers) => {
        const book = createLabelBook();
        for (const [body, lengths, spaced] of answers) {
          const json = JSON.stringify(body, null, spaced ? 1 : undefined);
          expect(await scanned(json, lengths, book)).toEqual(readPrometheusAnswer(JSON.parse(json)));
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('knows a series by the same number from answer to answer, in whatever order they come', async () => {
    const book = createLabelBook();
    const series = (names: readonly string[]): string => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: names.map((name) => ({ metric: { __name__: name.slice(0, 1), pod: name.slice(1) }, values: [[1, '1']] })) } });
    const numbers = async (names: readonly string[]): Promise<number[]> => {
      const read = await readScanned(inPieces(series(names), []), book, 1 << 20, { series: 0, points: 0 });
      return read.kind === 'answer' ? [...read.answer.series.subarray(0, read.answer.count)] : [];
    };
    expect(await numbers(['a1', 'a2', 'b1', 'b2'])).toEqual([0, 1, 2, 3]);
    expect(await numbers(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'])).toEqual([0, 1, 4, 2, 3, 5]);
    expect(await numbers(['b3', 'a3', 'a1', 'b1'])).toEqual([5, 4, 0, 2]);
    expect(book.size).toBe(6);
    expect([book.nameOf(5), book.labels(5), book.restOf(5) === book.restOf(4)]).toEqual(['b', { __name__: 'b', pod: '3' }, true]);
  });

  it('is refused where it is too large or breaks off', async () => {
    const whole = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: { a: 'b' }, values: [[1, '1']] }] } });
    await expect(readScanned(inPieces(whole, []), createLabelBook(), 50, { series: 0, points: 0 })).rejects.toMatchObject({ code: 'TooLarge' });
    for (const length of [whole.length - 1, whole.length - 5, whole.length - 12]) {
      expect(await readScanned(inPieces(whole.slice(0, length), []), createLabelBook(), 1 << 20, { series: 0, points: 0 })).toEqual({ kind: 'malformed', expected: 'its JSON to be whole' });
    }
  });
});
