import { AssertionFailure } from '../base/index.ts';
import type { Status } from '../wire/index.ts';
import { TransportError } from '../runtime/index.ts';
import type { PathParts, ResourceKind } from './resource-kind.ts';

/** What was being done, for the sentence. */
export interface Attempted extends PathParts {
  readonly verb: string;
  readonly resource?: ResourceKind | undefined;
  /** Where there is no resource: the path of a raw request. */
  readonly path?: string;
}

interface Facts {
  readonly status: number;
  readonly reason: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number | undefined;
  readonly fields?: readonly string[];
  readonly cause?: unknown;
}

/** A request to Kubernetes that did not succeed. Its message is a sentence for the person on call. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /**
   * Kubernetes' own reason (`Conflict`, `Forbidden`, `Expired`...), or one of ours: `Unreachable` (also a stream that
   * broke off), `TimedOut`, `Aborted`, `Malformed`, `NotKubernetes` (an answer that is no Kubernetes answer) and `ResourceUnknown` (the
   * kind is not served at all, while `NotFound` is about one object).
   */
  readonly reason: string;
  /** The same request may succeed later without anybody doing anything. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
  /** The fields that an `Invalid` answer names. */
  readonly fields: readonly string[];

  constructor(message: string, facts: Facts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = facts.status;
    this.reason = facts.reason;
    this.retryable = facts.retryable;
    this.fields = facts.fields ?? [];
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
  }
}

/** True for a `KubernetesError` of this HTTP status, and reason where one is given. */
export function isKubernetesError(error: unknown, status?: number, reason?: string): error is KubernetesError {
  return (
    error instanceof KubernetesError && (status === undefined || error.status === status) && (reason === undefined || error.reason === reason)
  );
}

/** From an answer that is not a success. `body` is what came, as text. */
export function errorFromAnswer(
  attempted: Attempted,
  answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string },
): KubernetesError {
  const status = statusIn(answer.body);
  const retryAfterMs = retryAfter(answer.headers['retry-after'], status);
  const isObject = status?.details?.name !== undefined || status?.details?.kind !== undefined;
  if (status && (answer.status !== 404 || isObject)) return errorFromStatus(attempted, { ...status, code: status.code ?? answer.status }, retryAfterMs);
  // groups that are not served get a line of text, resources of a served group a Status without details
  if (answer.status === 404) {
    const where = attempted.resource ? `${attempted.resource.plural} of ${attempted.resource.group || 'core'}/${attempted.resource.version}` : attempted.path;
    return new KubernetesError(
      `The API server does not serve ${where} (404); the CustomResourceDefinition is not installed, or not in this version.`,
      { status: 404, reason: 'ResourceUnknown', retryable: false },
    );
  }
  const retryable = answer.status === 429 || answer.status >= 500;
  const reason = reasons[answer.status] ?? 'NotKubernetes';
  const seen = excerpt(answer.body);
  return new KubernetesError(
    `Could not ${words(attempted)}: the answer (HTTP ${answer.status}) is not one of a Kubernetes API server${seen && `: "${seen}"`}. ` +
      'Something stands between, or the URL is another server\'s.',
    { status: answer.status, reason, retryable, retryAfterMs },
  );
}

/** From a `Status` object: the body of an answer, or the object of an ERROR event in a watch. */
export function errorFromStatus(attempted: Attempted, status: Status, retryAfterMs = retryAfter(undefined, status)): KubernetesError {
  const code = status.code ?? 500;
  const reason = status.reason || reasons[code] || 'Unknown';
  const fields = (status.details?.causes ?? []).flatMap((cause) => (cause.field ? [cause.field] : []));
  const retryable = code === 408 || code === 429 || code >= 500;
  return new KubernetesError(sentence(attempted, code, reason, status.message ?? ''), { status: code, reason, retryable, retryAfterMs, fields });
}

/** From a request that got no answer, or a body that broke off. */
export function errorFromFailure(attempted: Attempted, error: unknown): KubernetesError {
  if (error instanceof KubernetesError) return error;
  // our own mistake, in a handler that is called directly: no fault of the world, and not to be tried again
  if (error instanceof AssertionFailure) throw error;
  const known = error instanceof TransportError;
  const detail = error instanceof Error ? error.message : String(error);
  return new KubernetesError(`Could not ${words(attempted)}: ${detail}`, {
    status: 0,
    reason: known ? error.code : 'Unreachable',
    retryable: known ? error.retryable : true,
    cause: error,
  });
}

/** From a success whose body is not what was due. */
export function errorFromNonsense(attempted: Attempted, status: number, body: string): KubernetesError {
  return new KubernetesError(
    `Could not ${words(attempted)}: the answer (HTTP ${status}) is not the JSON that was due: "${excerpt(body)}". Something stands between us and the API server, or cut its answer short.`,
    { status, reason: 'NotKubernetes', retryable: true },
  );
}

const reasons: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  409: 'Conflict',
  410: 'Expired',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  422: 'Invalid',
  429: 'TooManyRequests',
  500: 'InternalError',
  502: 'ServiceUnavailable',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

function sentence(attempted: Attempted, code: number, reason: string, message: string): string {
  const said = message === '' ? '' : `: ${message.replace(/\.?\s*$/, '')}`;
  const could = `Could not ${words(attempted)}`;
  switch (code) {
    case 401:
      return `${could}: the API server does not accept our credentials (401 ${reason}${said}). The token has expired or was revoked; it is read again at each attempt.`;
    case 403:
      return `The API server refused to ${words(attempted)} (403 ${reason})${said}.${rightNeeded(attempted, message)}`;
    case 404:
      return `${could}: it does not exist (404 ${reason}${said}).`;
    case 409:
      return reason === 'AlreadyExists'
        ? `${could}: there is one already (409 ${reason}${said}).`
        : `${could}: somebody else changed it in between (409 ${reason}${said}).`;
    case 410:
      return `${could}: the version asked for is too old (410 ${reason}${said}).`;
    case 422:
      return `The API server rejected the object when asked to ${words(attempted)} (422 ${reason})${said}.`;
    case 429:
      return `${could}: the API server asks to slow down (429 ${reason}${said}).`;
    default:
      return `${could} (${code} ${reason})${said}.`;
  }
}

/** What to write into a Role, in Kubernetes' own words; admission refusals are 403 too and need no right. */
function rightNeeded(attempted: Attempted, message: string): string {
  if (attempted.resource === undefined || /admission webhook|exceeded quota|is forbidden: violates/.test(message)) return '';
  const plural = attempted.subresource === undefined ? attempted.resource.plural : `${attempted.resource.plural}/${attempted.subresource}`;
  const where = attempted.resource.namespaced && attempted.namespace !== undefined ? `Role in namespace ${attempted.namespace}` : 'ClusterRole';
  return ` Give the ServiceAccount the verb "${attempted.verb}" on "${plural}" of apiGroup "${attempted.resource.group}" in a ${where}.`;
}

/** `patch deployments/scale "llm/decode"`. */
function words(attempted: Attempted): string {
  if (!attempted.resource) return `${attempted.verb} ${attempted.path ?? ''}`.trim();
  const plural = attempted.subresource === undefined ? attempted.resource.plural : `${attempted.resource.plural}/${attempted.subresource}`;
  const object = [attempted.namespace, attempted.name].filter((part) => part !== undefined).join('/');
  if (attempted.name !== undefined) return `${attempted.verb} ${plural} "${object}"`;
  return attempted.namespace === undefined ? `${attempted.verb} ${plural}` : `${attempted.verb} ${plural} in namespace "${attempted.namespace}"`;
}

function statusIn(body: string): Status | undefined {
  if (!body.trimStart().startsWith('{')) return undefined;
  try {
    const parsed = JSON.parse(body) as Partial<Status> | null;
    return parsed?.kind === 'Status' ? (parsed as Status) : undefined;
  } catch {
    return undefined;
  }
}

/** Retry-After in seconds, as API servers send it (never as a date), or the same from the Status. */
function retryAfter(header: string | undefined, status: Status | undefined): number | undefined {
  const seconds = Number(header ?? status?.details?.retryAfterSeconds ?? Number.NaN);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined;
}

/** The first words of what came, without markup and line ends. */
function excerpt(body: string): string {
  return body.slice(0, 2000).replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ').trim().slice(0, 120);
}
