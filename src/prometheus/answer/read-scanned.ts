import { TransportError, type HttpResponse } from '../../runtime/index.ts';
import { readPrometheusAnswer, readPrometheusSeries, type PrometheusAnswer, type PrometheusParse, type PrometheusSeries } from '../../wire/index.ts';
import { pieceOf } from './byte-table.ts';
import type { LabelBook } from './label-book.ts';
import { createAnswerColumns, type AnswerColumns, type ScannedAnswer } from './scanned-answer.ts';
import { createSeriesScanner, type ScanSeries } from './scan-series.ts';

export type ScannedParse =
  | { readonly kind: 'answer'; readonly answer: ScannedAnswer }
  /** Not an answer as Prometheus writes it: the whole of it, for who reads it in another way. */
  | { readonly kind: 'text'; readonly text: string }
  | Exclude<PrometheusParse, { kind: 'answer' }>;

/** How Prometheus and what speaks for it begin an answer. Whoever begins otherwise is read as any JSON. */
const head = /^\{"status":"success",(?:"isPartial":(?:true|false),)?"data":\{"resultType":"(?<type>matrix|vector)","result":\[/;
const longestHead = 120;
const boundary = '},{"metric":';
const nothing = Buffer.alloc(0);

/**
 * Reads an answer as it comes in, without a text of the whole of it or an object for any part: of the 250 MB about thirty thousand replicas only numbers stay.
 * What is not written as Prometheus writes it is read as any JSON is, series by series, or as a whole where already the beginning is otherwise.
 * @throws {TransportError} `TooLarge` when it passes `maxBytes`.
 */
export async function readScanned(response: HttpResponse, book: LabelBook, maxBytes: number, expected: { readonly series: number; readonly points: number }): Promise<ScannedParse> {
  book.restart();
  const columns = createAnswerColumns(expected);
  let reading: Reading | undefined;
  let otherwise: Buffer[] | undefined;
  let rest: Buffer = nothing;
  let total = 0;
  for await (const piece of response.body) {
    total += piece.byteLength;
    if (total > maxBytes) throw new TransportError('TooLarge', `The answer is larger than ${maxBytes} bytes.`);
    let chunk = Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    if (otherwise) {
      otherwise.push(Buffer.from(chunk));
      continue;
    }
    if (!reading) {
      chunk = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const match = head.exec(chunk.toString('latin1', 0, longestHead));
      if (!match) {
        rest = Buffer.from(chunk);
        if (chunk.length >= longestHead) otherwise = [rest];
        continue;
      }
      reading = createReading(match.groups?.['type'] as 'matrix' | 'vector', book, columns);
      chunk = chunk.subarray(match[0].length);
      rest = nothing;
    }
    const result = takeWhole(reading, rest, chunk);
    if (typeof result === 'string') return { kind: 'malformed', expected: result };
    rest = result;
  }
  if (!reading) return { kind: 'text', text: Buffer.concat(otherwise ?? [rest]).toString('utf8') };
  return reading.finish(rest);
}

/** Takes all series that are whole, and gives what is left. */
function takeWhole(reading: Reading, rest: Buffer, chunk: Buffer): Buffer | string {
  let from = 0;
  if (rest.length > 0) {
    // the series that the last chunk broke off, with so much of this one that it is whole
    const first = chunk.indexOf(boundary);
    const upTo = first === -1 ? chunk.length : first + boundary.length;
    const joined = Buffer.concat([rest, chunk.subarray(0, upTo)]);
    const end = joined.lastIndexOf(boundary);
    if (end === -1) return joined;
    const wrong = reading.take(joined, 0, end + 1);
    if (wrong !== undefined) return wrong;
    const left = joined.length - (end + 2);
    if (first === -1) return joined.subarray(end + 2);
    from = upTo - left;
  }
  const end = chunk.lastIndexOf(boundary);
  if (end < from) return Buffer.from(chunk.subarray(from));
  const wrong = reading.take(chunk, from, end + 1);
  // a copy, because whoever gave the chunk may fill it again
  return wrong ?? Buffer.from(chunk.subarray(end + 2));
}

interface Reading {
  /** Takes whole series that stand one after the other. Says what was expected where one is none. */
  take(bytes: Buffer, from: number, to: number): string | undefined;
  /** Takes what is left of the answer: the last series, and what stands after all of them. */
  finish(bytes: Buffer): ScannedParse;
}

function createReading(resultType: 'matrix' | 'vector', book: LabelBook, columns: AnswerColumns): Reading {
  const scan: ScanSeries = createSeriesScanner(resultType, book, columns);

  /** Series in the way of somebody else, up to the next that is in Prometheus' own. */
  function takeOthers(text: string): string | undefined {
    let others: unknown[];
    try {
      others = JSON.parse(`[${text}]`) as unknown[];
    } catch {
      return `series ${columns.count} of the result to be JSON`;
    }
    for (const one of others) {
      const read = readPrometheusSeries(one, resultType);
      if (typeof read === 'string') return `series ${columns.count} of the result to have ${read}`;
      putSeries(read, book, columns);
    }
    return undefined;
  }

  return {
    take(bytes, from, to) {
      const piece = pieceOf(bytes);
      for (let at = from; at < to; at++) {
        const end = scan(piece, at);
        if (end !== -1 && end <= to) {
          at = end;
          continue;
        }
        const until = bytes.indexOf(boundary, at);
        const whole = until === -1 || until >= to ? to : until + 1;
        const wrong = takeOthers(bytes.toString('utf8', at, whole));
        if (wrong !== undefined) return wrong;
        at = whole;
      }
      return undefined;
    },
    finish(bytes) {
      const piece = pieceOf(bytes);
      let at = 0;
      while (at < bytes.length) {
        const end = scan(piece, at);
        if (end === -1) break;
        at = end;
        if (bytes[at] !== 0x2c) break;
        at += 1;
      }
      const others = bytes.toString('utf8', at);
      let body: unknown;
      try {
        body = JSON.parse(`{"status":"success","data":{"resultType":"${resultType}","result":[${others}`);
      } catch {
        return { kind: 'malformed', expected: 'its JSON to be whole' };
      }
      const read = readPrometheusAnswer(body, columns.count);
      if (read.kind !== 'answer') return read;
      for (const series of read.answer.series) putSeries(series, book, columns);
      return { kind: 'answer', answer: columns.whole(resultType, read.answer.warnings) };
    },
  };
}

/** An answer that was read as any JSON. */
export function scannedOf(answer: PrometheusAnswer, book: LabelBook): ScannedAnswer {
  const columns = createAnswerColumns({ series: answer.series.length, points: answer.series.length });
  book.restart();
  for (const series of answer.series) putSeries(series, book, columns);
  return columns.whole(answer.resultType, answer.warnings);
}

function putSeries({ metric, points }: PrometheusSeries, book: LabelBook, columns: AnswerColumns): void {
  // by name, as Prometheus writes them, so that the same labels are the same series however they were read
  const text = Buffer.from(`{"metric":${JSON.stringify(Object.fromEntries(Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1))))}`);
  columns.startSeries(book.intern(pieceOf(text), 0, text.length));
  for (const { atMs, value } of points) columns.addPoint(atMs, value);
}
