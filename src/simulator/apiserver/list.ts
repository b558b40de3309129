import type { KubernetesList } from '../../wire/index.ts';
import { badRequest, gone } from './api-error.ts';
import type { ApiObject } from './api-object.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import { parseFieldSelector } from './field-selector.ts';
import { meets, parseLabelSelector } from './label-selector.ts';
import type { Registry } from './registry.ts';
import type { Shelves } from './shelves.ts';

export type Selection = (object: ApiObject) => boolean;

/** The test that a list or watch asks of each object. */
export function selectionOf(query: URLSearchParams, definition: ResourceDefinition, name?: string): Selection {
  const labels = parseLabelSelector(query.get('labelSelector') ?? '');
  const field = parseFieldSelector(query.get('fieldSelector') ?? '', definition);
  return (object) => (name === undefined || object.metadata.name === name) && labels.every((each) => meets(each, object.metadata.labels)) && field(object);
}

interface Token {
  v: 'meta.k8s.io/v1';
  rv: number;
  start: string;
}

function readToken(text: string): Token {
  try {
    const token = JSON.parse(Buffer.from(text, 'base64url').toString()) as Token;
    if (token.v !== 'meta.k8s.io/v1') throw new Error('another version');
    return token;
  } catch {
    throw badRequest('invalid continue token: continue key is not valid: illegal base64 data at input byte 0');
  }
}

const keyOf = (object: ApiObject): string => `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;

/**
 * A list or one page of it. Pages after the first are read from the present, as from a genuine server whose
 * token has just been refreshed, unless the token's revision is compacted.
 * @throws {ApiError} 400 for a bad token, 410 for one too old.
 */
export function listObjects(definition: ResourceDefinition, namespace: string | undefined, query: URLSearchParams, registry: Registry, shelves: Shelves, name?: string): KubernetesList<ApiObject> {
  const selected = selectionOf(query, definition, name);
  const limit = numberOf(query.get('limit'));
  const continued = query.get('continue') ?? '';
  const wantedRevision = query.get('resourceVersion') ?? '';
  const match = query.get('resourceVersionMatch');
  if (wantedRevision !== '' && !/^\d+$/.test(wantedRevision)) throw badRequest(`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(wantedRevision)}: strconv.ParseUint: parsing ${JSON.stringify(wantedRevision)}: invalid syntax`);
  if (match === 'Exact' && Number(wantedRevision) < shelves.compactedRevision) throw gone(`The resourceVersion for the provided list is too old.`);
  const token = continued === '' ? undefined : readToken(continued);
  if (token && token.rv < shelves.compactedRevision) {
    throw gone('The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.');
  }
  const all = registry.scan(definition, namespace).filter(selected);
  const rest = token ? all.filter((object) => keyOf(object) > token.start) : all;
  const items = limit > 0 ? rest.slice(0, limit) : rest;
  const last = items.at(-1);
  const revision = token?.rv ?? shelves.revision;
  const isCut = items.length < rest.length && last !== undefined;
  const next: Token | undefined = isCut ? { v: 'meta.k8s.io/v1', rv: revision, start: keyOf(last) } : undefined;
  const filtered = (query.get('labelSelector') ?? '') !== '' || (query.get('fieldSelector') ?? '') !== '';
  return {
    kind: definition.listKind,
    apiVersion: apiVersionOf(definition),
    metadata: {
      resourceVersion: String(revision),
      ...(next ? { continue: Buffer.from(JSON.stringify(next)).toString('base64url') } : {}),
      ...(next && !filtered ? { remainingItemCount: rest.length - items.length } : {}),
    },
    items: [...items],
  };
}

export function numberOf(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}
