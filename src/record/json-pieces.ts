/** About so many characters of JSON are made at a time: a few milliseconds of the main thread. */
const pieceLength = 512 * 1024;
/** How deep a cycle is taken apart: down to one variant of the observation, one decision, one status. */
const depth = 3;

/**
 * What `JSON.stringify` writes, and `end`, in pieces. A cycle of a thousand models of three variants with ten replicas each is 47 million characters, and written at once
 * takes a third of a second in which nothing else runs.
 */
export function* jsonPieces(value: unknown, end = ''): Iterable<string> {
  let piece: string[] = [];
  let length = 0;
  for (const part of partsOf(value, depth)) {
    piece.push(part);
    length += part.length;
    if (length < pieceLength) continue;
    yield piece.join('');
    piece = [];
    length = 0;
  }
  yield `${piece.join('')}${end}`;
}

function* partsOf(value: unknown, levels: number): Iterable<string> {
  if (levels === 0 || typeof value !== 'object' || value === null) {
    yield JSON.stringify(value) ?? 'null';
  } else if (Array.isArray(value)) {
    yield '[';
    for (const [index, inner] of value.entries()) {
      if (index > 0) yield ',';
      yield* partsOf(inner, levels - 1);
    }
    yield ']';
  } else {
    let before = '{';
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      yield `${before}${JSON.stringify(key)}:`;
      before = ',';
      yield* partsOf(inner, levels - 1);
    }
    yield before === '{' ? '{}' : '}';
  }
}
