import type { Status } from '../../wire/index.ts';

export interface Cause {
  reason: string;
  message: string;
  field: string;
}

/** An answer that is a failure: the Status that the client will read. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: Status & { metadata: object; code: number };
  constructor(code: number, reason: string, message: string, details?: Status['details']) {
    super(message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      ...(reason === '' ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
  get code(): number {
    return this.status.code;
  }
  get reason(): string {
    return this.status.reason ?? '';
  }
}

interface Named {
  group: string;
  plural: string;
}

export function qualified(resource: Named): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function detailsOf(resource: Named, name: string): NonNullable<Status['details']> {
  return { ...(name === '' ? {} : { name }), ...(resource.group === '' ? {} : { group: resource.group }), kind: resource.plural };
}

export const notFound = (resource: Named, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${qualified(resource)} "${name}" not found`, detailsOf(resource, name));

export const alreadyExists = (resource: Named, name: string): ApiError =>
  new ApiError(409, 'AlreadyExists', `${qualified(resource)} "${name}" already exists`, detailsOf(resource, name));

export const conflict = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, detailsOf(resource, name));

export const modified = (resource: Named, name: string): ApiError =>
  conflict(resource, name, 'the object has been modified; please apply your changes to the latest version and try again');

export const badRequest = (message: string): ApiError => new ApiError(400, 'BadRequest', message);

export const forbidden = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(403, 'Forbidden', `${qualified(resource)}${name === '' ? '' : ` "${name}"`} is forbidden: ${why}`, detailsOf(resource, name));

export const unauthorized = (): ApiError => new ApiError(401, 'Unauthorized', 'Unauthorized');

/** A group and version that is served, and nothing of this name in it. */
export const unknownResource = (): ApiError => new ApiError(404, 'NotFound', 'the server could not find the requested resource', {});

/** Nothing at all is served there; told in plain text. */
export const unknownPath = (): ApiError => new ApiError(404, '', '404 page not found');

export const methodNotAllowed = (): ApiError =>
  new ApiError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const gone = (message: string): ApiError => new ApiError(410, 'Expired', message);

/** 422 with one cause per field, joined as the genuine server joins them. */
export function invalid(kind: { group: string; kind: string }, name: string, causes: readonly Cause[]): ApiError {
  const seen = new Set<string>();
  const texts: string[] = [];
  for (const cause of causes) {
    const text = `${cause.field}: ${cause.message}`;
    if (!seen.has(text)) texts.push(text);
    seen.add(text);
  }
  const told = texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`;
  const owner = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  return new ApiError(422, 'Invalid', `${owner} "${name}" is invalid: ${told}`, {
    ...(name === '' ? {} : { name }),
    ...(kind.group === '' ? {} : { group: kind.group }),
    kind: kind.kind,
    causes: [...causes],
  });
}
