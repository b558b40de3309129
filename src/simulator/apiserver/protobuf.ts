import { badRequest } from './api-error.ts';
import type { Fields } from './api-object.ts';
import { isFields } from './api-object.ts';
import { builtinSchemaName, builtinSchemas, resolved } from './builtin-schemas.ts';
import type { Schema } from './schema.ts';

/** What every protobuf body of Kubernetes begins with. */
const magic = [0x6b, 0x38, 0x73, 0x00];

interface Part {
  number: number;
  /** A varint or fixed64 as a number, anything with a length as bytes. */
  value: bigint | number | Uint8Array;
}

/** Splits a message into its fields. @throws {ApiError} 400 for a message cut short. */
function partsOf(bytes: Uint8Array): Part[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Part[] = [];
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw badRequest('unexpected EOF');
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return result;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const [number, kind] = [key >>> 3, key & 7];
    if (kind === 0) parts.push({ number, value: BigInt.asIntN(64, varint()) });
    else if (kind === 1) {
      parts.push({ number, value: view.getFloat64(at, true) });
      at += 8;
    } else if (kind === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw badRequest('unexpected EOF');
      parts.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    } else throw badRequest(`proto: illegal wireType ${kind}`);
  }
  return parts;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesAt = (parts: readonly Part[], number: number): Uint8Array => {
  const found = parts.findLast((part) => part.number === number)?.value;
  return found instanceof Uint8Array ? found : new Uint8Array();
};
const numberAt = (parts: readonly Part[], number: number): number => {
  const found = parts.findLast((part) => part.number === number)?.value;
  return found instanceof Uint8Array || found === undefined ? 0 : Number(found);
};

/**
 * Reads `k8s\0` and a message of a built-in kind, as today's typed clients write them, into the same JSON that the
 * kind has elsewhere.
 * @throws {ApiError} 400
 */
export function readProtobuf(body: Uint8Array): Fields {
  if (!magic.every((byte, index) => body[index] === byte)) throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  const envelope = partsOf(body.subarray(4));
  const type = partsOf(bytesAt(envelope, 1));
  const [apiVersion, kind] = [text(bytesAt(type, 1)), text(bytesAt(type, 2))];
  const raw = bytesAt(envelope, 2);
  const schema = kind === 'DeleteOptions' ? builtinSchemas.get('io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions') : builtinSchemas.get(builtinSchemaName(apiVersion, kind));
  if (!schema) throw badRequest(`no kind "${kind}" is registered for version "${apiVersion}"`);
  return { apiVersion, kind, ...message(schema, partsOf(raw)) };
}

/** Fields of a message by their numbers; a path of two numbers is a field of an embedded message. */
function message(schema: Schema, parts: readonly Part[]): Fields {
  const result: Fields = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const [first, second] = property.wire ?? [];
    if (first === undefined) continue;
    const source = second === undefined ? parts : partsOf(bytesAt(parts, first));
    const values = source.filter((part) => part.number === (second ?? first)).map((part) => part.value);
    if (values.length === 0) continue;
    result[name] = field(resolved(property), values);
  }
  return result;
}

function field(schema: Schema, values: readonly Part['value'][]): unknown {
  const last = values.at(-1) as Part['value'];
  if (schema.type === 'array') return values.map((value) => field(resolved(schema.items ?? {}), [value]));
  if (typeof last === 'bigint') return schema.type === 'boolean' ? last !== 0n : Number(last);
  if (typeof last === 'number') return last;
  if (isFields(schema.additionalProperties)) return Object.fromEntries(values.map((value) => entry(schema.additionalProperties as Schema, value as Uint8Array)));
  return scalarOrMessage(schema, last);
}

function entry(items: Schema, bytes: Uint8Array): [string, unknown] {
  const parts = partsOf(bytes);
  const schema = resolved(items);
  const value = bytesAt(parts, 2);
  // a list as a map's value is a message that holds it
  const read = schema.type === 'array' ? partsOf(value).map((part) => field(resolved(schema.items ?? {}), [part.value])) : scalarOrMessage(schema, value);
  return [text(bytesAt(parts, 1)), read];
}

function scalarOrMessage(schema: Schema, bytes: Uint8Array): unknown {
  if (schema['x-kubernetes-int-or-string']) {
    const parts = partsOf(bytes);
    return numberAt(parts, 1) === 1 ? text(bytesAt(parts, 3)) : numberAt(parts, 2);
  }
  if (schema.format === 'quantity') return text(bytesAt(partsOf(bytes), 1));
  if (schema.format === 'date-time') return timeOf(partsOf(bytes), schema.goType === 'v1.MicroTime');
  if (schema.format === 'byte') return Buffer.from(bytes).toString('base64');
  if (schema.type === 'string') return text(bytes);
  if (schema['x-kubernetes-preserve-unknown-fields']) return JSON.parse(text(bytesAt(partsOf(bytes), 1))) as unknown;
  return message(schema, partsOf(bytes));
}

function timeOf(parts: readonly Part[], micro: boolean): string | undefined {
  const seconds = numberAt(parts, 1);
  // the zero time of Go is the year 1, and means none
  if (seconds < -62_000_000_000 || parts.length === 0) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  return micro ? `${whole}.${String(Math.floor(numberAt(parts, 2) / 1000)).padStart(6, '0')}Z` : `${whole}Z`;
}

