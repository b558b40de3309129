import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress, type Gunzip, type Gzip, type ZstdCompress, type ZstdDecompress } from 'node:zlib';

/** How a record is stored. `plain` files can be gone on with; the others are one stream each, from a start to its end. */
export type Compression = 'plain' | 'gzip' | 'zstd';

/** As the name of a file that is to be written asks for. */
export function compressionOfName(file: string): Compression {
  return file.endsWith('.gz') ? 'gzip' : file.endsWith('.zst') ? 'zstd' : 'plain';
}

/** As the first bytes of a file show, whatever it is called by now. */
export function compressionOfBytes(start: Uint8Array): Compression {
  const begins = (...magic: readonly number[]): boolean => magic.every((byte, index) => start[index] === byte);
  return begins(0x1f, 0x8b) ? 'gzip' : begins(0x28, 0xb5, 0x2f, 0xfd) ? 'zstd' : 'plain';
}

/** Compresses piece by piece, so that each piece can be read again without what follows it. */
export interface Compressor {
  /** The bytes with which everything given so far can be read. */
  add(text: string): Promise<Buffer>;
  /** The bytes that end the stream. */
  end(): Promise<Buffer>;
}

export function createCompressor(compression: Compression): Compressor {
  if (compression === 'plain') return { add: async (text) => Buffer.from(text), end: async () => Buffer.alloc(0) };
  const stream: Gzip | ZstdCompress = compression === 'gzip' ? createGzip() : createZstdCompress();
  const flushMode = compression === 'gzip' ? constants.Z_SYNC_FLUSH : constants.ZSTD_e_flush;
  const out = collect(stream);
  return {
    add: (text) =>
      new Promise((resolve, reject) => {
        out.onFailure(reject);
        stream.write(text);
        stream.flush(flushMode, () => resolve(out.taken()));
      }),
    end: () =>
      new Promise((resolve, reject) => {
        out.onFailure(reject);
        stream.once('end', () => resolve(out.taken()));
        stream.end();
      }),
  };
}

/**
 * Everything that the bytes say, also when they break off: a process that was killed leaves its stream without an end.
 * @throws when the bytes are no such stream, or not any more; what came before has been given by then.
 */
export async function* decompressed(bytes: AsyncIterable<Uint8Array>, compression: Compression): AsyncIterable<Uint8Array> {
  if (compression === 'plain') return yield* bytes;
  const stream: Gunzip | ZstdDecompress = compression === 'gzip' ? createGunzip() : createZstdDecompress();
  const out = collect(stream);
  try {
    for await (const chunk of bytes) {
      const failure = await new Promise<Error | undefined>((resolve) => {
        out.onFailure(resolve);
        stream.write(chunk, (error) => resolve(error ?? undefined));
      });
      const taken = out.taken();
      if (taken.length > 0) yield taken;
      if (failure) throw failure;
      if (stream.readableEnded) return;
    }
  } finally {
    stream.destroy();
  }
}

/** Keeps what comes out of a stream until it is taken. */
function collect(stream: NodeJS.ReadableStream): { taken(): Buffer; onFailure(tell: (error: Error) => void): void } {
  let chunks: Buffer[] = [];
  let failure: Error | undefined;
  let tell: ((error: Error) => void) | undefined;
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.on('error', (error) => {
    failure = error;
    tell?.(error);
  });
  return {
    taken() {
      const all = Buffer.concat(chunks);
      chunks = [];
      return all;
    },
    onFailure(listener) {
      tell = listener;
      if (failure) listener(failure);
    },
  };
}
