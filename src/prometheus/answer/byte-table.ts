/** Bytes that came in, and the same to be read four at a time from wherever. */
export interface Piece {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export function pieceOf(bytes: Buffer): Piece {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/** Texts as the bytes they came in, each known by a number: 0, 1, 2... in the order in which they were first seen. */
export interface ByteTable {
  readonly size: number;
  /** Where the text ends that stands at `from`, if it is this one, or -1. */
  endAt(id: number, piece: Piece, from: number): number;
  /** The number of the text between two places; a new one where it was never seen. */
  intern(piece: Piece, from: number, to: number): number;
  text(id: number): string;
}

/** As `words` are read. */
const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * A table without an object for each text: a hundred thousand label sets cost their bytes and 16 more each. Four bytes are compared at a time, which takes
 * 30 ns for 250 of them, half of what the platform's own routine takes to be called; hashed they are only where it was not guessed which text comes.
 */
export function createByteTable(): ByteTable {
  let store = Buffer.from(new ArrayBuffer(1 << 12));
  let words = new Int32Array(store.buffer);
  /** Where each text begins in the store, at a multiple of four, and how long it is. */
  let starts = new Int32Array(1 << 8);
  let lengths = new Int32Array(1 << 8);
  let hashes = new Int32Array(1 << 8);
  let size = 0;
  let used = 0;
  /** Numbers plus one by hash, with open addressing; never more than half full. */
  let slots = new Int32Array(1 << 9);

  function endAt(id: number, { bytes, view }: Piece, from: number): number {
    const to = from + (lengths[id] as number);
    if (to > bytes.length) return -1;
    let word = (starts[id] as number) >> 2;
    let at = from;
    for (; at <= to - 4; at += 4, word++) if (view.getInt32(at, littleEndian) !== words[word]) return -1;
    for (let byte = word << 2; at < to; at++, byte++) if (bytes[at] !== store[byte]) return -1;
    return to;
  }

  function place(hash: number): number {
    let slot = hash & (slots.length - 1);
    while (slots[slot] !== 0) slot = (slot + 1) & (slots.length - 1);
    return slot;
  }

  function add(bytes: Buffer, from: number, to: number, hash: number): number {
    const end = used + to - from;
    if (end + 4 > store.length) {
      const larger = Buffer.from(new ArrayBuffer(2 ** Math.ceil(Math.log2(end + 4))));
      store.copy(larger);
      store = larger;
      words = new Int32Array(store.buffer);
    }
    bytes.copy(store, used, from, to);
    if (size === starts.length) {
      starts = grown(starts);
      lengths = grown(lengths);
      hashes = grown(hashes);
    }
    if (2 * size + 2 > slots.length) {
      slots = new Int32Array(slots.length * 2);
      for (let id = 0; id < size; id++) slots[place(hashes[id] as number)] = id + 1;
    }
    slots[place(hash)] = size + 1;
    hashes[size] = hash;
    starts[size] = used;
    lengths[size] = to - from;
    used = (end + 3) & ~3;
    return size++;
  }

  return {
    get size() {
      return size;
    },
    endAt,
    intern(piece, from, to) {
      const { bytes } = piece;
      const hash = hashOf(bytes, from, to);
      for (let slot = hash & (slots.length - 1); slots[slot] !== 0; slot = (slot + 1) & (slots.length - 1)) {
        const id = (slots[slot] as number) - 1;
        if (hashes[id] === hash && endAt(id, piece, from) === to) return id;
      }
      return add(bytes, from, to, hash);
    },
    text: (id) => store.toString('utf8', starts[id], (starts[id] as number) + (lengths[id] as number)),
  };
}

function grown(list: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(list.length * 2);
  larger.set(list);
  return larger;
}

/** FNV-1a, which needs no more than to spread label sets that differ in a digit. */
function hashOf(bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
  return hash ^ (hash >>> 15);
}
