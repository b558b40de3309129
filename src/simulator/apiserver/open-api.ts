import type { HttpRequest, HttpResponse } from '../../runtime/index.ts';
import { compareText } from '../../base/index.ts';
import { unknownPath } from './api-error.ts';
import { builtinSchemaName, builtinSchemas } from './builtin-schemas.ts';
import type { Catalog } from './catalog.ts';
import type { ResourceDefinition } from './definition.ts';
import { apiVersionOf } from './definition.ts';
import { jsonResponse } from './negotiation.ts';
import type { Schema } from './schema.ts';

/** swagger "2.0", title and version, as protobuf. */
const emptyDocument = new Uint8Array([0x0a, 3, 0x32, 0x2e, 0x30, 0x12, 6, 0x0a, 1, 0x4b, 0x12, 1, 0x31]);

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

/** /openapi/v3 and its documents. v2 is only offered as JSON, and kubectl of today does without it. */
export function openApi(request: HttpRequest, path: string, catalog: Catalog): HttpResponse {
  if (path === '/openapi/v2') {
    // kubectl asks for protobuf and takes an empty document for `look elsewhere`
    if ((request.headers?.['accept'] ?? '').includes('proto-openapi')) {
      return { status: 200, headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' }, body: once(emptyDocument) };
    }
    return jsonResponse(200, { swagger: '2.0', info: { title: 'Kubernetes', version: 'v1.36.3' }, paths: {} });
  }
  const versions = [{ group: '', version: 'v1' }, ...catalog.groups().flatMap(({ group, versions }) => versions.map((version) => ({ group, version })))];
  if (path === '/openapi/v3' || path === '/openapi/v3/') {
    const paths = Object.fromEntries(
      versions.map(({ group, version }) => {
        const name = group === '' ? `api/${version}` : `apis/${group}/${version}`;
        return [name, { serverRelativeURL: `/openapi/v3/${name}?hash=${catalog.generation}` }];
      }),
    );
    return jsonResponse(200, { paths });
  }
  const [, , , kind, ...rest] = path.split('/');
  const [group, version] = kind === 'api' ? ['', rest[0] ?? ''] : [rest[0] ?? '', rest[1] ?? ''];
  if (!versions.some((each) => each.group === group && each.version === version)) throw unknownPath();
  return jsonResponse(200, document(group, version, catalog.resources(group, version)));
}

function document(group: string, version: string, definitions: readonly ResourceDefinition[]): object {
  const schemas: Record<string, Schema> = {};
  for (const definition of definitions) {
    const gvk = { group, version, kind: definition.kind };
    const name = definition.custom ? `${group.split('.').toReversed().join('.')}.${version}.${definition.kind}` : builtinSchemaName(apiVersionOf(definition), definition.kind);
    const root = rooted(definition.schema);
    collect(root, schemas);
    schemas[name] = { ...served(root), 'x-kubernetes-group-version-kind': [gvk] };
  }
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const paths = Object.fromEntries(
    definitions.map((definition) => {
      const path = `${base}${definition.namespaced ? '/namespaces/{namespace}' : ''}/${definition.plural}/{name}`;
      const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({ name, in: 'query', schema: { type: 'string', uniqueItems: true } }));
      const operation = { 'x-kubernetes-group-version-kind': { group, version, kind: definition.kind }, parameters, responses: { 200: { description: 'OK' } } };
      return [path, { get: { ...operation, 'x-kubernetes-action': 'get' }, patch: { ...operation, 'x-kubernetes-action': 'patch' }, put: { ...operation, 'x-kubernetes-action': 'put' } }];
    }),
  );
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'v1.36.3' }, paths, components: { schemas: Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => compareText(a, b))) } };
}

const kindWords = {
  apiVersion: 'The group and version in which this object is written.',
  kind: 'What this object is.',
};

function rooted(schema: Schema): Schema {
  const named = (name: 'apiVersion' | 'kind'): Schema => ({ type: 'string', description: kindWords[name] });
  return {
    ...schema,
    properties: { apiVersion: named('apiVersion'), kind: named('kind'), ...schema.properties, metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta', description: schema.properties?.['metadata']?.description ?? 'Standard object metadata.' } },
  };
}

/** Gathers every built-in type that a schema leads to. */
function collect(schema: Schema, into: Record<string, Schema>): void {
  if (schema.$ref !== undefined && into[schema.$ref] === undefined) {
    const target = builtinSchemas.get(schema.$ref) ?? {};
    into[schema.$ref] = {};
    collect(target, into);
    into[schema.$ref] = served(target);
  }
  for (const property of Object.values(schema.properties ?? {})) collect(property, into);
  if (schema.items) collect(schema.items, into);
  if (typeof schema.additionalProperties === 'object') collect(schema.additionalProperties, into);
}

/** The wire form: references by path, without what only we need. */
function served(schema: Schema): Schema {
  const { goType: _goType, wire: _wire, absentWhenZero: _absent, $ref, ...rest } = schema;
  if (rest['x-kubernetes-int-or-string'] && $ref === undefined && _goType !== undefined) return { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
  if (rest.format === 'quantity') return { oneOf: [{ type: 'string' }, { type: 'number' }] };
  if ($ref !== undefined) return { allOf: [{ $ref: `#/components/schemas/${$ref}` }], ...(rest.description === undefined ? {} : { description: rest.description }) };
  const result: Schema = { ...rest };
  if (rest.properties) result.properties = Object.fromEntries(Object.entries(rest.properties).map(([name, property]) => [name, served(property)]));
  if (rest.items) result.items = served(rest.items);
  if (typeof rest.additionalProperties === 'object') result.additionalProperties = served(rest.additionalProperties);
  return result;
}
