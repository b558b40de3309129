import type { Piece } from './byte-table.ts';
import type { LabelBook } from './label-book.ts';
import type { AnswerColumns } from './scanned-answer.ts';

const [quote, comma, dot, minus, nought, nine, bracket, closing, brace, colon, backslash] = [0x22, 0x2c, 0x2e, 0x2d, 0x30, 0x39, 0x5b, 0x5d, 0x7d, 0x3a, 0x5c] as const;
const metric = '{"metric":';
const openings = { matrix: Buffer.from(',"values":['), vector: Buffer.from(',"value":') } as const;
/** Exact in a double, as is any whole number of fifteen digits: their quotient is the double nearest to the decimal. */
const powers = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/** Where a series ended, or that it was not written as Prometheus writes one: it may be one all the same, or none at all. */
export type ScanSeries = (piece: Piece, from: number) => number;

/** -1 stands for a series that is not written as Prometheus writes it. Then nothing of it was taken. */
export function createSeriesScanner(resultType: 'matrix' | 'vector', book: LabelBook, columns: AnswerColumns): ScanSeries {
  const opening = openings[resultType];
  /** After the point that was read last. */
  let at = 0;

  /** Reads `[SECONDS,"VALUE"]`. */
  function readPoint(bytes: Buffer, from: number): boolean {
    at = from;
    if (bytes[at++] !== bracket) return false;
    let byte = bytes[at] as number;
    const begin = at;
    let whole = 0;
    while (byte >= nought && byte <= nine) {
      whole = whole * 10 + (byte - nought);
      byte = bytes[++at] as number;
    }
    if (at === begin || at - begin > 12) return false;
    let atMs = whole * 1000;
    if (byte === dot) {
      let worthMs = 100;
      byte = bytes[++at] as number;
      while (byte >= nought && byte <= nine && worthMs >= 1) {
        atMs += (byte - nought) * worthMs;
        worthMs /= 10;
        byte = bytes[++at] as number;
      }
    }
    if (byte !== comma || bytes[at + 1] !== quote) return false;
    at += 2;
    const value = readValue(bytes);
    if (value === undefined || bytes[at] !== closing) return false;
    at += 1;
    columns.addPoint(atMs, value);
    return true;
  }

  /** Reads a number and the quote after it. */
  function readValue(bytes: Buffer): number | undefined {
    const begin = at;
    let byte = bytes[at] as number;
    const negative = byte === minus;
    if (negative) byte = bytes[++at] as number;
    const first = at;
    let digits = 0;
    let point = -1;
    for (;;) {
      if (byte >= nought && byte <= nine) digits = digits * 10 + (byte - nought);
      else if (byte === dot && point === -1) point = at;
      else break;
      byte = bytes[++at] as number;
    }
    const length = at - first - (point === -1 ? 0 : 1);
    if (byte === quote && length > 0 && length <= 15) {
      const value = point === -1 ? digits : digits / (powers[at - point - 1] as number);
      at += 1;
      return negative ? -value : value;
    }
    const end = bytes.indexOf(quote, begin);
    if (end === -1) return undefined;
    at = end + 1;
    return numberOf(bytes.toString('latin1', begin, end));
  }

  return (piece, from) => {
    const { bytes } = piece;
    let series = book.guess(piece, from);
    let labelsEnd = book.ended;
    if (series === -1) {
      labelsEnd = endOfLabels(bytes, from);
      if (labelsEnd === -1) return -1;
      series = book.intern(piece, from, labelsEnd);
    }
    for (let index = 0; index < opening.length; index++) if (bytes[labelsEnd + index] !== opening[index]) return -1;
    columns.startSeries(series);
    at = labelsEnd + opening.length;
    let read = readPoint(bytes, at);
    if (resultType === 'matrix') {
      while (read && bytes[at] === comma) read = readPoint(bytes, at + 1);
      if (bytes[at++] !== closing) read = false;
    }
    if (read && bytes[at] === brace) return at + 1;
    columns.dropSeries();
    return -1;
  };
}

function numberOf(text: string): number | undefined {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(value) ? undefined : value;
}

/** After the brace that closes the labels, where all of them are texts; otherwise -1. */
function endOfLabels(bytes: Buffer, from: number): number {
  for (let index = 0; index < metric.length; index++) if (bytes[from + index] !== metric.charCodeAt(index)) return -1;
  let at = from + metric.length + 1;
  if (bytes[at - 1] !== 0x7b) return -1;
  if (bytes[at] === brace) return at + 1;
  for (;;) {
    const name = endOfText(bytes, at);
    if (name === -1 || bytes[name] !== colon) return -1;
    at = endOfText(bytes, name + 1);
    if (at === -1) return -1;
    if (bytes[at] === brace) return at + 1;
    if (bytes[at++] !== comma) return -1;
  }
}

function endOfText(bytes: Buffer, from: number): number {
  if (bytes[from] !== quote) return -1;
  let end = bytes.indexOf(quote, from + 1);
  while (end !== -1) {
    // a quote after an odd number of backslashes is part of the text
    let slashes = 0;
    while (bytes[end - 1 - slashes] === backslash) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    end = bytes.indexOf(quote, end + 1);
  }
  return -1;
}
