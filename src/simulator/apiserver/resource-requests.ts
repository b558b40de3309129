import type { Clock, HttpRequest, HttpResponse } from '../../runtime/index.ts';
import type { KubernetesList } from '../../wire/index.ts';
import { ApiError, badRequest, invalid, methodNotAllowed, notFound, unknownResource } from './api-error.ts';
import type { ApiObject, Fields } from './api-object.ts';
import { isFields, timeText } from './api-object.ts';
import { builtinSchema } from './builtin-schemas.ts';
import { decodeBuiltin, decodeMeta, refuseUnknown } from './decode.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import { applyJsonPatch } from './json-patch.ts';
import { listObjects } from './list.ts';
import { applyMergePatch } from './merge-patch.ts';
import { trackUpdate } from './managed-fields.ts';
import type { Wanted } from './negotiation.ts';
import { bodyText, jsonResponse, mediaOf, negotiate, readBody } from './negotiation.ts';
import type { DeleteOptions, Registry, WriteContext } from './registry.ts';
import type { RequestInfo, Verb } from './request-info.ts';
import { review } from './reviews.ts';
import { scaleOf, withScale } from './scale.ts';
import { applyConfiguration } from './server-side-apply.ts';
import type { Shelves } from './shelves.ts';
import { applyStrategicMerge } from './strategic-merge.ts';
import { pruneCustom } from './structural.ts';
import { partialMetadata, tableOf } from './tables/index.ts';
import type { UserInfo } from './user.ts';
import { forbiddenField, invalidValue } from './validate-names.ts';
import { watchObjects } from './watch.ts';
import { parse as parseYaml } from 'yaml';

export interface ResourceDesk {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly shelves: Shelves;
  readonly cut: () => AbortSignal;
  readonly userOf: (token: string) => UserInfo | undefined;
}

interface Asked {
  readonly request: HttpRequest;
  readonly info: RequestInfo;
  readonly verb: Verb;
  readonly query: URLSearchParams;
  readonly definition: ResourceDefinition;
  readonly user: UserInfo;
}

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

/** Reads the body as an object of the requested kind: checks group, version and kind, and unknown fields. */
function readObject(body: Fields, asked: Asked, warnings: string[]): ApiObject {
  const { definition, query } = asked;
  const { kind, version } = definition;
  const [givenVersion, givenKind] = [body['apiVersion'], body['kind']];
  if (definition.custom && (givenKind === undefined || givenVersion === undefined)) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if ((givenVersion !== undefined && givenVersion !== apiVersionOf(definition)) || (givenKind !== undefined && givenKind !== kind)) {
    throw badRequest(
      `${String(givenKind ?? kind)} in version "${String(givenVersion ?? version).split('/').at(-1)}" cannot be handled as a ${kind}: ${
        givenKind !== undefined && givenKind !== kind && givenVersion === apiVersionOf(definition)
          ? `converting (${version}.${String(givenKind)}) to (${definition.group === '' ? 'core' : definition.group.split('.')[0]}.${kind}): unknown conversion`
          : `no kind "${String(givenKind ?? kind)}" is registered for version "${String(givenVersion)}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
      }`,
    );
  }
  const decoded = definition.custom ? decodeCustom(body, definition) : decodeBuiltin(definition.schema, body, kind, version);
  reportUnknown(decoded.unknown, query, kind, version, warnings);
  const value = decoded.value;
  return { ...value, apiVersion: apiVersionOf(definition), kind, metadata: (value['metadata'] ?? {}) as ApiObject['metadata'] };
}

function decodeCustom(body: Fields, definition: ResourceDefinition): { value: Fields; unknown: string[] } {
  const meta = decodeMeta(body['metadata'], definition.kind, definition.version);
  const unknown = [...meta.unknown];
  if (!definition.custom?.preserveUnknownFields) pruneCustom(body, definition.schema, '', (path) => unknown.push(`unknown field "${path}"`));
  return { value: { ...body, metadata: meta.value }, unknown };
}

function reportUnknown(unknown: readonly string[], query: URLSearchParams, kind: string, version: string, warnings: string[]): void {
  if (unknown.length === 0) return;
  const mode = query.get('fieldValidation') ?? 'Warn';
  if (mode === 'Strict') throw refuseUnknown(kind, version, unknown);
  if (mode === 'Warn') warnings.push(...unknown);
}

function warningHeaders(warnings: readonly string[]): Record<string, string> {
  return warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
}

function matchUrl(object: ApiObject, { info, definition }: Asked): void {
  const { name, namespace } = object.metadata;
  if (!name) throw badRequest('name must be provided');
  if (name !== info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name ?? ''})`);
  if (definition.namespaced && namespace !== undefined && namespace !== info.namespace) {
    throw badRequest(`the namespace of the object (${namespace}) does not match the namespace on the request (${info.namespace ?? ''})`);
  }
}

function decodeScale(body: Fields): ApiObject {
  return decodeBuiltin(builtinSchema('autoscaling/v1', 'Scale'), body, 'Scale', 'v1').value as ApiObject;
}

function checkedScale(scale: ApiObject, name: string): ApiObject {
  const replicas = ((scale['spec'] ?? {}) as { replicas?: number }).replicas ?? 0;
  if (replicas < 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  return scale;
}

const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/apply-patch+cbor'];

function patch(asked: Asked, desk: ResourceDesk, context: WriteContext, answer: (status: number, object: ApiObject) => HttpResponse, warnings: string[]): HttpResponse {
  const { definition, info, query, request } = asked;
  const media = mediaOf(request);
  const name = info.name ?? '';
  const namespace = definition.namespaced ? info.namespace : undefined;
  const accepted = patchTypes.filter((each) => !each.endsWith('cbor') && !(definition.custom && each.includes('strategic')));
  if (!definition.custom && !accepted.includes(media)) throw new ApiError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {});
  if (!accepted.includes(media)) {
    throw new ApiError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`);
  }
  if (media === 'application/apply-patch+yaml') return apply(asked, desk, context, answer, warnings);
  if (query.get('force') !== null && query.get('force') !== '') {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [forbiddenField('force', 'may not be specified for non-apply patch')]);
  }
  const body = parsePatch(bodyText(request));
  if (media !== 'application/json-patch+json' && !isFields(body)) {
    throw badRequest(`json: cannot unmarshal ${Array.isArray(body) ? 'array' : typeof body} into Go value of type map[string]interface {}`);
  }
  const patched = (document: unknown): Fields => {
    const result =
      media === 'application/json-patch+json'
        ? applyJsonPatch(document, body)
        : media === 'application/merge-patch+json'
          ? applyMergePatch(document, body)
          : applyStrategicMerge(document, body as Fields, definition.schema);
    if (!isFields(result)) throw badRequest('the patched document is no object');
    return result;
  };
  if (info.subresource === 'scale') {
    return answer(200, scaleOf(definition, desk.registry.update(definition, namespace, name, (current) => withScale(definition, current, checkedScale(decodeScale(patched(scaleOf(definition, current))), name)), context)));
  }
  const updated = desk.registry.update(
    definition,
    namespace,
    name,
    (current) => {
      const object = readObject(patched(current), asked, warnings);
      if (object.metadata.name !== name) throw badRequest(`the name of the object (${String(object.metadata.name)}) does not match the name on the URL (${name})`);
      return object;
    },
    context,
  );
  return answer(200, updated);
}

function parsePatch(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`error decoding patch: invalid character '${text.trim().charAt(0)}' looking for beginning of object key string`);
  }
}

function apply(asked: Asked, desk: ResourceDesk, context: WriteContext, answer: (status: number, object: ApiObject) => HttpResponse, warnings: string[]): HttpResponse {
  const { definition, info, query, request } = asked;
  const name = info.name ?? '';
  const manager = query.get('fieldManager') ?? '';
  if (manager === '') {
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [{ reason: 'FieldValueRequired', message: 'Required value: is required for apply patch', field: 'fieldManager' }]);
  }
  let body: unknown;
  try {
    body = parseYaml(bodyText(request));
  } catch (error) {
    throw badRequest(`error decoding YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isFields(body)) throw badRequest('error decoding YAML: the document is no object');
  const namespace = definition.namespaced ? info.namespace : undefined;
  const force = /^(1|true)$/.test(query.get('force') ?? '');
  const scaled = info.subresource === 'scale';
  const current = desk.registry.find(definition, namespace, name);
  if (!current && info.subresource !== undefined) throw notFound(definition, name);
  const config = scaled ? scaleConfiguration(body, definition, name) : readObject(body, asked, warnings);
  if (isFields(body['metadata']) && Array.isArray(body['metadata']['managedFields']) && body['metadata']['managedFields'].length > 0) throw badRequest('metadata.managedFields must be nil');
  if (config.metadata.name === undefined) config.metadata.name = name;
  if (namespace !== undefined) config.metadata.namespace ??= namespace;
  if (config.metadata.name !== name) throw badRequest(`metadata.name: Invalid value: ${JSON.stringify(config.metadata.name)}: must match the name on the URL`);
  const { object, ownership } = applyConfiguration(current, config, definition, manager, force, info.subresource);
  const shown = (stored: ApiObject): ApiObject => (scaled ? scaleOf(definition, stored) : stored);
  if (!current) return answer(201, desk.registry.create(definition, object, { ...context, ownership }));
  return answer(200, shown(desk.registry.update(definition, namespace, name, () => object, { ...context, ownership })));
}

/** An applied Scale is an apply of the one field behind it. */
function scaleConfiguration(body: Fields, definition: ResourceDefinition, name: string): ApiObject {
  const scale = checkedScale(decodeScale(body), name);
  return withScale(definition, { apiVersion: apiVersionOf(definition), kind: definition.kind, metadata: { name } }, { ...scale, metadata: scale.metadata ?? {} });
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
