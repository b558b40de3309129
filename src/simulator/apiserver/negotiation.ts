import { parse as parseYaml, stringify } from 'yaml';
import type { HttpRequest, HttpResponse } from '../../runtime/index.ts';
import { ApiError, badRequest } from './api-error.ts';
import type { Fields } from './api-object.ts';
import { isFields } from './api-object.ts';
import { readProtobuf } from './protobuf.ts';

/** The form in which a client wants its answer. */
export interface Wanted {
  readonly media: 'json' | 'yaml';
  /** `Table` or `PartialObjectMetadata(List)`, from `as=`. */
  readonly as?: string;
  readonly group?: string;
  readonly version?: string;
}

interface Clause {
  media: string;
  parameters: Record<string, string>;
}

function clauses(accept: string): Clause[] {
  return accept.split(',').map((text) => {
    const [media = '', ...rest] = text.trim().split(';');
    const parameters = Object.fromEntries(rest.map((part) => part.trim().split('=') as [string, string]));
    return { media: media.trim().toLowerCase(), parameters };
  });
}

const transformable: Record<string, readonly string[]> = { 'meta.k8s.io': ['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList'] };

/**
 * Picks the first form of the Accept header that this server speaks.
 * @throws {ApiError} 406
 */
export function negotiate(accept: string | undefined, discovery = false): Wanted {
  const asked = clauses(accept === undefined || accept === '' ? 'application/json' : accept);
  for (const { media, parameters } of asked) {
    const { as, g, v } = parameters;
    if (as !== undefined && (discovery ? g !== 'apidiscovery.k8s.io' || v !== 'v2' : !(transformable[g ?? ''] ?? []).includes(as) || v !== 'v1')) continue;
    const form = as === undefined ? {} : { as, ...(g === undefined ? {} : { group: g }), ...(v === undefined ? {} : { version: v }) };
    if (media === 'application/json' || media === '*/*' || media === 'application/*') return { media: 'json', ...form };
    if (media === 'application/yaml') return { media: 'yaml', ...form };
  }
  throw new ApiError(
    406,
    'NotAcceptable',
    '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch',
    {},
  );
}

/** YAML as Go's library writes it: sorted, lists not indented, `.` without quotes. */
function yamlText(value: unknown): string {
  return stringify(value, { version: '1.1', sortMapEntries: true, indentSeq: false, lineWidth: 0 }).replaceAll(/^( *(?:- )?)"\.":/gm, '$1.:');
}

export function jsonResponse(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}, wanted?: Wanted): HttpResponse {
  const yaml = wanted?.media === 'yaml';
  const text = yaml ? yamlText(value) : `${JSON.stringify(value)}\n`;
  const form = wanted?.group === 'apidiscovery.k8s.io' ? `;g=${wanted.group};v=${wanted.version};as=${wanted.as}` : '';
  return bytesResponse(status, text, { 'content-type': `application/${yaml ? 'yaml' : 'json'}${form}`, ...headers });
}

export function bytesResponse(status: number, text: string, headers: Readonly<Record<string, string>>): HttpResponse {
  const bytes = new TextEncoder().encode(text);
  return { status, headers: { 'cache-control': 'no-cache, private', ...headers, 'content-length': String(bytes.byteLength) }, body: once(bytes) };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

function bodyBytes(request: HttpRequest): Uint8Array {
  return typeof request.body === 'string' ? new TextEncoder().encode(request.body) : (request.body ?? new Uint8Array());
}

export function bodyText(request: HttpRequest): string {
  if (request.body === undefined) return '';
  return typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
}

export function mediaOf(request: HttpRequest): string {
  return (request.headers?.['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

/**
 * An object from a request's body.
 * @throws {ApiError} 400 for a body that cannot be read, 415 for a form that is not spoken.
 */
export function readBody(request: HttpRequest, kind = 'DeleteOptions'): Fields {
  const media = mediaOf(request);
  if (media === 'application/vnd.kubernetes.protobuf') return readProtobuf(bodyBytes(request));
  if (media !== '' && media !== 'application/json' && media !== 'application/yaml') {
    throw new ApiError(
      415,
      'UnsupportedMediaType',
      `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf`,
    );
  }
  const text = bodyText(request);
  let value: unknown;
  try {
    value = media === 'application/yaml' ? parseYaml(text) : JSON.parse(text);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): ${goJsonError(text, error)} (${text})`);
  }
  if (!isFields(value)) throw badRequest(`couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`);
  return value;
}

/** Go's sentence for the character at which JSON breaks. */
function goJsonError(text: string, error: unknown): string {
  const prefix = "couldn't get version/kind; json parse error: ";
  const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (at === undefined || Number(at) >= text.length) return `${prefix}unexpected end of JSON input`;
  const char = text.charAt(Number(at));
  const before = text.slice(0, Number(at)).trimEnd();
  const expected = before.endsWith('{') || before.endsWith(',') ? 'looking for beginning of object key string' : before.endsWith(':') ? 'looking for beginning of value' : before.endsWith('"') ? 'after object key' : 'looking for beginning of value';
  return `${prefix}invalid character '${char}' ${expected}`;
}
