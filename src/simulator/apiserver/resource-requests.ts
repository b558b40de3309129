import type { HttpRequest, HttpResponse } from '../../runtime/index.ts';
import type { KubernetesList } from '../../wire/index.ts';
import { badRequest, invalid, methodNotAllowed, unknownResource } from './api-error.ts';
import { timeText } from './api-object.ts';
import type { ApiObject, Fields } from './api-object.ts';
import type { Asked, ResourceDesk } from './asked.ts';
import type { ResourceDefinition } from './definition.ts';
import { listObjects } from './list.ts';
import { trackUpdate } from './managed-fields.ts';
import { bodyText, jsonResponse, negotiate, readBody } from './negotiation.ts';
import type { Wanted } from './negotiation.ts';
import { checkedScale, decodeScale, patch } from './patch-requests.ts';
import { matchUrl, readObject, warningHeaders } from './read-object.ts';
import type { DeleteOptions, WriteContext } from './registry.ts';
import type { Verb } from './request-info.ts';
import { review } from './reviews.ts';
import { scaleOf, withScale } from './scale.ts';
import { partialMetadata, tableOf } from './tables/index.ts';
import { watchObjects } from './watch.ts';

/** Answers one request about resources. @throws {ApiError} */
export function answerResource(asked: Asked, desk: ResourceDesk): HttpResponse {
  const { definition, info, verb, query, request } = asked;
  const sub = info.subresource;
  if (sub !== undefined && !definition.subresources.some((each) => each.name === sub)) throw unknownResource();
  if (sub === undefined && !definition.verbs.includes(verb)) throw methodNotAllowed();
  if (sub !== undefined && !definition.subresources.some((each) => each.name === sub && each.verbs.includes(verb))) throw methodNotAllowed();
  const wanted = negotiate(request.headers?.['accept']);
  const { registry, shelves, clock } = desk;
  const namespace = definition.namespaced ? info.namespace : undefined;
  const name = info.name ?? '';
  const present = (object: ApiObject, withColumns = true): unknown => shaped(object, definition, wanted, query, clock.now(), withColumns);
  const manager = managerOf(request, query);
  const context = (): WriteContext => ({ fieldManager: manager, dryRun: dryRunOf(query, verb), subresource: sub });
  const warnings: string[] = [];
  const answer = (status: number, object: ApiObject): HttpResponse => jsonResponse(status, sub === 'scale' ? object : present(object), warningHeaders(warnings), wanted);

  switch (verb) {
    case 'get':
      if (sub === 'scale') return answer(200, scaleOf(definition, registry.read(definition, namespace, name)));
      return answer(200, registry.read(definition, namespace, name));
    case 'list': {
      const list = listObjects(definition, namespace, query, registry, shelves, info.name);
      return jsonResponse(200, shapedList(list, definition, wanted, query, clock.now()), {}, wanted);
    }
    case 'watch':
      return watchObjects(definition, namespace, info.name, query, request, { clock, registry, shelves, cut: desk.cut, present });
    case 'create':
      return create(asked, desk, context(), answer, warnings);
    case 'update': {
      const body = readBody(request, definition.kind);
      if (sub === 'scale') {
        const scale = decodeScale(body);
        return answer(200, scaleOf(definition, registry.update(definition, namespace, name, (current) => withScale(definition, current, checkedScale(scale, name)), context())));
      }
      const object = readObject(body, asked, warnings);
      matchUrl(object, asked);
      return answer(200, registry.update(definition, namespace, name, () => object, context()));
    }
    case 'patch':
      return patch(asked, desk, context(), answer, warnings);
    case 'delete': {
      const options = deleteOptions(request, query);
      const { object, gone } = registry.remove(definition, namespace, name, options, dryRunOf(query, verb) || isDry(options));
      if (!gone || ['pods', 'services', 'serviceaccounts'].includes(definition.plural)) return answer(200, object);
      const details = { name, ...(definition.group === '' ? {} : { group: definition.group }), kind: definition.plural, uid: object.metadata.uid };
      return jsonResponse(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }, {}, wanted);
    }
    case 'deletecollection':
    default: {
      const options = deleteOptions(request, query);
      const list = listObjects(definition, namespace, query, registry, shelves);
      for (const object of list.items) registry.remove(definition, object.metadata.namespace, object.metadata.name ?? '', options, dryRunOf(query, verb));
      return jsonResponse(200, shapedList({ ...list, metadata: { resourceVersion: String(shelves.revision) } }, definition, wanted, query, clock.now()), {}, wanted);
    }
  }
}

function create(asked: Asked, desk: ResourceDesk, context: WriteContext, answer: (status: number, object: ApiObject) => HttpResponse, warnings: string[]): HttpResponse {
  const { definition, info, request, user } = asked;
  const body = readBody(request, definition.kind);
  const name = info.name ?? '';
  if (info.subresource === 'binding') {
    const node = ((body['target'] ?? {}) as { name?: string }).name;
    desk.registry.update(definition, info.namespace, name, (pod) => ({ ...pod, spec: { ...(pod['spec'] as Fields), nodeName: node } }), { fieldManager: context.fieldManager });
    return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }
  if (info.subresource === 'eviction') {
    desk.registry.remove(definition, info.namespace, name, {});
    return jsonResponse(201, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 });
  }
  if (info.name !== undefined) throw methodNotAllowed();
  const object = readObject(body, asked, warnings);
  if (definition.namespaced && info.namespace !== undefined) {
    const told = object.metadata.namespace;
    if (told !== undefined && told !== info.namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
    object.metadata.namespace = info.namespace;
  }
  if (definition.namespaced && object.metadata.namespace === undefined) throw badRequest('an empty namespace may not be set during creation');
  if (definition.verbs.length === 1) {
    const managedFields = trackUpdate(undefined, object, definition, context.fieldManager, undefined, timeText(desk.clock.now()));
    return answer(201, { ...review(object, user, desk.userOf, desk.shelves), metadata: { managedFields } });
  }
  return answer(201, desk.registry.create(definition, object, context));
}

function deleteOptions(request: HttpRequest, query: URLSearchParams): DeleteOptions & { dryRun?: string[] } {
  const text = bodyText(request);
  const body = text.trim() === '' ? {} : (readBody(request) as DeleteOptions & { orphanDependents?: boolean });
  const grace = query.get('gracePeriodSeconds');
  const orphan = (body as { orphanDependents?: boolean }).orphanDependents;
  const policy = query.get('propagationPolicy') ?? body.propagationPolicy ?? (orphan === true ? 'Orphan' : undefined);
  return { ...body, ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }), propagationPolicy: policy };
}

function isDry(options: { dryRun?: string[] }): boolean {
  return options.dryRun?.includes('All') === true;
}

const optionKinds: Partial<Record<Verb, string>> = { create: 'CreateOptions', update: 'UpdateOptions', patch: 'PatchOptions' };

function dryRunOf(query: URLSearchParams, verb: Verb): boolean {
  const kind = optionKinds[verb] ?? 'DeleteOptions';
  const values = query.getAll('dryRun').filter((value) => value !== '');
  if (values.some((value) => value !== 'All')) {
    throw invalid({ group: 'meta.k8s.io', kind }, '', [{ reason: 'FieldValueNotSupported', message: `Unsupported value: ${JSON.stringify(values)}: supported values: "All"`, field: 'dryRun' }]);
  }
  return values.length > 0;
}

/** The name under which a writer owns fields: what it says, or its program's name. */
function managerOf(request: HttpRequest, query: URLSearchParams): string {
  return query.get('fieldManager') || ((request.headers?.['user-agent'] ?? '').split('/')[0] ?? '') || 'unknown';
}

function shaped(object: ApiObject, definition: ResourceDefinition, wanted: Wanted, query: URLSearchParams, nowMs: number, withColumns: boolean): unknown {
  if (wanted.as === 'Table') {
    if ((object as { metadata?: object }).metadata && object.kind === definition.kind && object['rows'] === undefined) return tableOf(definition, object, query.get('includeObject') ?? 'Metadata', nowMs, withColumns);
    return object;
  }
  return wanted.as === 'PartialObjectMetadata' || wanted.as === 'PartialObjectMetadataList' ? partialMetadata(object) : object;
}

function shapedList(list: KubernetesList<ApiObject>, definition: ResourceDefinition, wanted: Wanted, query: URLSearchParams, nowMs: number): unknown {
  if (wanted.as === 'Table') return tableOf(definition, list, query.get('includeObject') ?? 'Metadata', nowMs);
  if (wanted.as?.startsWith('PartialObjectMetadata')) return { kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1', metadata: list.metadata, items: list.items.map(partialMetadata) };
  // Items of built-in kinds carry no kind of their own inside a list.
  if (definition.custom) return list;
  return { ...list, items: list.items.map(({ apiVersion: _apiVersion, kind: _kind, ...item }) => item) };
}
