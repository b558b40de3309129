import { badRequest } from './api-error.ts';
import { plainText } from './api-object.ts';
import type { ApiObject, Fields } from './api-object.ts';
import type { Asked } from './asked.ts';
import { decodeBuiltin, decodeMeta, refuseUnknown } from './decode.ts';
import { apiVersionOf } from './definition.ts';
import type { ResourceDefinition } from './definition.ts';
import { pruneCustom } from './structural.ts';

/** Reads the body as an object of the requested kind: checks group, version and kind, and unknown fields. */
export function readObject(body: Fields, asked: Asked, warnings: string[]): ApiObject {
  const { definition, query } = asked;
  const { kind, version } = definition;
  const [givenVersion, givenKind] = [body['apiVersion'], body['kind']];
  if (definition.custom && (givenKind === undefined || givenVersion === undefined)) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body)}'`);
  if ((givenVersion !== undefined && givenVersion !== apiVersionOf(definition)) || (givenKind !== undefined && givenKind !== kind)) {
    throw badRequest(
      `${plainText(givenKind ?? kind)} in version "${plainText(givenVersion ?? version).split('/').at(-1)}" cannot be handled as a ${kind}: ${
        givenKind !== undefined && givenKind !== kind && givenVersion === apiVersionOf(definition)
          ? `converting (${version}.${plainText(givenKind)}) to (${definition.group === '' ? 'core' : definition.group.split('.')[0]}.${kind}): unknown conversion`
          : `no kind "${plainText(givenKind ?? kind)}" is registered for version "${plainText(givenVersion)}" in scheme "pkg/api/legacyscheme/scheme.go:30"`
      }`,
    );
  }
  const decoded = definition.custom ? decodeCustom(body, definition) : decodeBuiltin(definition.schema, body, kind, version);
  reportUnknown(decoded.unknown, query, kind, version, warnings);
  const value = decoded.value;
  return { ...value, apiVersion: apiVersionOf(definition), kind, metadata: (value['metadata'] ?? {}) };
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

export function warningHeaders(warnings: readonly string[]): Record<string, string> {
  return warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ') };
}

export function matchUrl(object: ApiObject, { info, definition }: Asked): void {
  const { name, namespace } = object.metadata;
  if (!name) throw badRequest('name must be provided');
  if (name !== info.name) throw badRequest(`the name of the object (${name}) does not match the name on the URL (${info.name ?? ''})`);
  if (definition.namespaced && namespace !== undefined && namespace !== info.namespace) {
    throw badRequest(`the namespace of the object (${namespace}) does not match the namespace on the request (${info.namespace ?? ''})`);
  }
}

