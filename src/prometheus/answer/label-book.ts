import { createByteTable, type Piece } from './byte-table.ts';

/**
 * The label sets of the series of one query, each known by a number from answer to answer. In every answer the same labels stand in the same
 * bytes, and nearly always in the same order: so whoever knows what came after a label set the last time needs only to compare.
 */
export interface LabelBook {
  /** How many series are known. */
  readonly size: number;
  /** The series whose `{"metric":{...}` begins at `from`, or -1 where it has to be looked up by `intern`. `ended` then says where it ends. */
  guess(piece: Piece, from: number): number;
  /** The series whose `{"metric":{...}` stands between two places. */
  intern(piece: Piece, from: number, to: number): number;
  /** Where the series that `guess` found ends. */
  readonly ended: number;
  /** A new answer begins. */
  restart(): void;
  /** Labels of a series, taken from its text anew: they are not kept. */
  labels(series: number): Readonly<Record<string, string>>;
  /** The number of a series' labels but for its name: all metrics of one target share it, where they have no labels of their own. */
  restOf(series: number): number;
  nameOf(series: number): string;
}

const opening = '{"metric":{"__name__":"';
const openingBytes = Buffer.from(opening);
const quote = 0x22;

export function createLabelBook(): LabelBook {
  /** `{"metric":{"__name__":"NAME"`, or `{"metric":` where the name does not stand first, which only labels in capitals bring about. */
  const heads = createByteTable();
  /** The rest of the label set, closing brace included. */
  const rests = createByteTable();
  /** Which rest came last after each rest. */
  let following = new Int32Array(1 << 8).fill(-1);
  /** By head: series plus one by rest. */
  const seriesOf: Int32Array[] = [];
  let headOf = new Int32Array(1 << 8);
  let restOf = new Int32Array(1 << 8);
  let size = 0;
  let head = -1;
  let rest = -1;
  let ended = 0;

  function seriesAt(ofHead: number, ofRest: number): number {
    let byRest = seriesOf[ofHead] ?? new Int32Array(0);
    if (ofRest >= byRest.length) {
      byRest = resized(byRest, Math.max(256, rests.size, 2 * byRest.length), 0);
      seriesOf[ofHead] = byRest;
    }
    const known = byRest[ofRest] as number;
    if (known !== 0) return known - 1;
    if (size === headOf.length) {
      headOf = resized(headOf, size * 2, 0);
      restOf = resized(restOf, size * 2, 0);
    }
    headOf[size] = ofHead;
    restOf[size] = ofRest;
    byRest[ofRest] = size + 1;
    return size++;
  }

  return {
    get size() {
      return size;
    },
    get ended() {
      return ended;
    },
    restart() {
      head = -1;
      rest = -1;
    },
    guess(piece, from) {
      if (head === -1) return -1;
      const headEnd = heads.endAt(head, piece, from);
      if (headEnd === -1) return -1;
      let next = following[rest] as number;
      if (next === -1) return -1;
      let to = rests.endAt(next, piece, headEnd);
      if (to === -1) {
        // answers that are in the order of targets rather than of names
        next = rest;
        to = rests.endAt(next, piece, headEnd);
        if (to === -1) return -1;
      }
      ended = to;
      rest = next;
      return seriesAt(head, next);
    },
    intern(piece, from, to) {
      const { bytes } = piece;
      const named = openingBytes.compare(bytes, from, Math.min(to, from + openingBytes.length)) === 0;
      const headEnd = named ? bytes.indexOf(quote, from + openingBytes.length) + 1 : from + '{"metric":'.length;
      head = heads.intern(piece, from, headEnd);
      const before = rest;
      rest = rests.intern(piece, headEnd, to);
      if (rests.size > following.length) following = resized(following, rests.size * 2, -1);
      if (before !== -1) following[before] = rest;
      return seriesAt(head, rest);
    },
    labels(series) {
      const text = heads.text(headOf[series] as number) + rests.text(restOf[series] as number);
      return JSON.parse(text.slice('{"metric":'.length)) as Record<string, string>;
    },
    restOf: (series) => restOf[series] as number,
    nameOf(series) {
      const text = heads.text(headOf[series] as number);
      // names of series have no characters that JSON escapes, and those that might have are asked of the labels
      return text.startsWith(opening) && !text.includes('\\') ? text.slice(opening.length, -1) : ((JSON.parse(text + rests.text(restOf[series] as number) + '}') as { metric: Record<string, string> }).metric['__name__'] ?? '');
    },
  };
}

function resized(list: Int32Array, length: number, filling: number): Int32Array<ArrayBuffer> {
  const other = new Int32Array(length);
  if (filling !== 0) other.fill(filling, list.length);
  other.set(list);
  return other;
}
