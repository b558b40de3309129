import { TransportError } from '../runtime/index.ts';

/** Far above the 1.5 MiB that etcd takes for one object. */
const maxLineBytes = 32 * 1024 * 1024;

/**
 * Cuts a stream of bytes into the values of its JSON lines.
 * @throws {TransportError} `Unreachable` when the stream ends inside a line, `Malformed` when a line is not JSON, `TooLarge`.
 */
export async function* jsonLines(body: AsyncIterable<Uint8Array>): AsyncGenerator {
  let pieces: Uint8Array[] = [];
  let pending = 0;
  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      pieces.push(chunk.subarray(start, end));
      start = end + 1;
      const line = decode(pieces);
      pieces = [];
      pending = 0;
      if (line.trim() !== '') yield parse(line);
    }
    if (start < chunk.byteLength) {
      pieces.push(chunk.subarray(start));
      pending += chunk.byteLength - start;
      if (pending > maxLineBytes) throw new TransportError('TooLarge', `One line of the stream is longer than ${maxLineBytes} bytes.`);
    }
  }
  const rest = decode(pieces);
  if (rest.trim() !== '') throw new TransportError('Unreachable', 'the stream was cut in the middle of an object.');
}

function decode(pieces: readonly Uint8Array[]): string {
  return pieces.length === 1 ? utf8.decode(pieces[0]) : utf8.decode(Buffer.concat(pieces));
}

const utf8 = new TextDecoder();

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new TransportError('Malformed', `a line of the stream is not JSON: "${line.slice(0, 80)}".`, { cause: error, retryable: true });
  }
}
