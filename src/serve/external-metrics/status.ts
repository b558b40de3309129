/** A refusal as API servers write it. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function refusalBody(refusal: Refusal): string {
  const { code, reason, message, details } = refusal;
  return `${JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code })}\n`;
}

export const refusals = {
  badRequest: (message: string): Refusal => ({ code: 400, reason: 'BadRequest', message }),
  unauthorized: (): Refusal => ({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' }),
  notFound: (): Refusal => ({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} }),
  methodNotAllowed: (): Refusal => ({
    code: 405,
    reason: 'MethodNotAllowed',
    message: 'the server does not allow this method on the requested resource',
    details: {},
  }),
  notAcceptable: (): Refusal => ({
    code: 406,
    reason: 'NotAcceptable',
    message: 'only the following media types are accepted: application/json',
  }),
  /** For an HPA, which holds its replicas on any error, and never reads absence as 0. */
  unavailable: (message: string): Refusal => ({ code: 503, reason: 'ServiceUnavailable', message }),
} as const;
