import type { Clock, HttpRequest, HttpResponse } from '../../runtime/index.ts';
import { ApiError, badRequest, gone } from './api-error.ts';
import type { ApiObject } from './api-object.ts';
import { convert } from './conversion.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import { numberOf, selectionOf } from './list.ts';
import type { Registry } from './registry.ts';
import type { Change, Shelves } from './shelves.ts';

/** How often an idle watch that allows bookmarks hears where it stands. The genuine server sends one about a minute. */
const BOOKMARK_MS = 60_000;
/** The genuine server ends a watch without a timeout of its own after 30 to 60 minutes. */
const DEFAULT_TIMEOUT_S = 1800;

export interface WatchDesk {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly shelves: Shelves;
  /** Ends with the server's restart. */
  readonly cut: () => AbortSignal;
  /** Turns an object into the form that the client asked for. */
  readonly present: (object: ApiObject, isFirst: boolean) => unknown;
}

/**
 * A stream of changes, one JSON document a line.
 * @throws {ApiError} 400 for parameters that make no sense. A revision too old is told in the stream.
 */
export function watchObjects(definition: ResourceDefinition, namespace: string | undefined, name: string | undefined, query: URLSearchParams, request: HttpRequest, desk: WatchDesk): HttpResponse {
  const { clock, registry, shelves } = desk;
  const selected = selectionOf(query, definition, name);
  const inScope = (object: ApiObject): boolean => (namespace === undefined || !definition.namespaced || object.metadata.namespace === namespace) && selected(object);
  const asked = query.get('resourceVersion') ?? '';
  const initial = query.get('sendInitialEvents');
  const bookmarks = /^(1|true)$/.test(query.get('allowWatchBookmarks') ?? '');
  const timeoutSeconds = numberOf(query.get('timeoutSeconds')) || DEFAULT_TIMEOUT_S;
  if (asked !== '' && !/^\d+$/.test(asked)) throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(asked)}: strconv.ParseUint: parsing ${JSON.stringify(asked)}: invalid syntax`);
  if (initial !== null && query.get('resourceVersionMatch') !== 'NotOlderThan') {
    throw new ApiError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan`, {
      group: 'meta.k8s.io',
      kind: 'ListOptions',
      causes: [{ reason: 'FieldValueForbidden', message: 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan', field: 'resourceVersionMatch' }],
    });
  }
  const from = Number(asked === '' ? 0 : asked);
  const lines: string[] = [];
  let isFirst = true;
  let wake: (() => void) | undefined;
  let ended = false;
  const send = (type: string, object: unknown): void => {
    lines.push(`${JSON.stringify({ type, object })}\n`);
    wake?.();
  };
  const say = (type: string, object: ApiObject): void => {
    send(type, desk.present(object, isFirst));
    isFirst = false;
  };
  const bookmark = (final: boolean): void => {
    const annotations = final ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    say('BOOKMARK', { kind: definition.kind, apiVersion: apiVersionOf(definition), metadata: { resourceVersion: String(shelves.revision), ...annotations } });
  };
  const tell = (change: Change): void => {
    const object = convert(change.object, apiVersionOf(definition));
    const before = change.previous && convert(change.previous, apiVersionOf(definition));
    const [was, is] = [before !== undefined && inScope(before), change.type !== 'DELETED' && inScope(object)];
    if (is) say(was ? 'MODIFIED' : 'ADDED', object);
    else if (was) say('DELETED', change.type === 'DELETED' ? object : { ...(before as ApiObject), metadata: { ...before?.metadata, ...(object.metadata.resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion }) } });
  };
  const end = (): void => {
    ended = true;
    wake?.();
  };

  const startsWithState = initial === 'true' || (initial === null && from === 0);
  const oldest = shelves.forgottenRevision(definition.shelf);
  if (!startsWithState && from > 0 && from < oldest) {
    send('ERROR', gone(`too old resource version: ${from} (${oldest})`).status);
    ended = true;
  } else if (startsWithState) {
    for (const object of registry.scan(definition, namespace).filter(inScope)) say('ADDED', object);
    if (initial === 'true' && bookmarks) bookmark(true);
  } else if (from > 0) {
    for (const change of shelves.since(definition.shelf, from)) tell(change);
  }
  const cancels = [
    shelves.subscribe(definition.shelf, (change) => {
      if (!ended) tell(change);
    }),
    clock.schedule(timeoutSeconds * 1000, end),
  ];
  if (bookmarks) {
    let cancelBookmark = (): void => {};
    const again = (): void => {
      cancelBookmark = clock.schedule(BOOKMARK_MS, () => {
        if (!ended) bookmark(false);
        again();
      });
    };
    again();
    cancels.push(() => cancelBookmark());
  }
  const signals = [desk.cut(), ...(request.signal ? [request.signal] : [])];
  for (const signal of signals) {
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
  }

  async function* body(): AsyncIterable<Uint8Array> {
    const encoder = new TextEncoder();
    try {
      for (;;) {
        const batch = lines.splice(0).join('');
        if (batch !== '') yield encoder.encode(batch);
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    } finally {
      ended = true;
      for (const cancel of cancels) cancel();
      for (const signal of signals) signal.removeEventListener('abort', end);
    }
  }
  return { status: 200, headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' }, body: body() };
}
