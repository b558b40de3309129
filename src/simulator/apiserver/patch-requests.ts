import { parse as parseYaml } from 'yaml';
import type { HttpResponse } from '../../runtime/index.ts';
import { ApiError, badRequest, invalid, notFound } from './api-error.ts';
import { isFields } from './api-object.ts';
import type { ApiObject, Fields } from './api-object.ts';
import type { Asked, ResourceDesk } from './asked.ts';
import { builtinSchema } from './builtin-schemas.ts';
import { decodeBuiltin } from './decode.ts';
import { apiVersionOf } from './definition.ts';
import type { ResourceDefinition } from './definition.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { bodyText, mediaOf } from './negotiation.ts';
import { readObject } from './read-object.ts';
import type { WriteContext } from './registry.ts';
import { scaleOf, withScale } from './scale.ts';
import { applyConfiguration } from './server-side-apply.ts';
import { applyStrategicMerge } from './strategic-merge.ts';
import { forbiddenField, invalidValue } from './validate-names.ts';

export function decodeScale(body: Fields): ApiObject {
  return decodeBuiltin(builtinSchema('autoscaling/v1', 'Scale'), body, 'Scale', 'v1').value as ApiObject;
}

export function checkedScale(scale: ApiObject, name: string): ApiObject {
  const replicas = ((scale['spec'] ?? {}) as { replicas?: number }).replicas ?? 0;
  if (replicas < 0) throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [invalidValue('spec.replicas', replicas, 'must be greater than or equal to 0')]);
  return scale;
}

const patchTypes = ['application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'application/apply-patch+cbor'];

export function patch(asked: Asked, desk: ResourceDesk, context: WriteContext, answer: (status: number, object: ApiObject) => HttpResponse, warnings: string[]): HttpResponse {
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

