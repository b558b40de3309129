import type { HttpRequest } from '../../runtime/index.ts';

/** The body of a request as text; empty where there is none. */
export function bodyText(request: HttpRequest): string {
  const { body } = request;
  return typeof body === 'string' || body === undefined ? (body ?? '') : new TextDecoder().decode(body);
}
