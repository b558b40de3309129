import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Meters } from '../../runtime/index.ts';
import type { Wish } from '../access/identity.ts';
import type { Answerer, Query } from './answer.ts';
import { apiGroup, apiResourceList, apisDocument, type Document, group, groupVersion, jsonDocument, version } from './discovery.ts';
import { isExternalMetric } from './metrics.ts';
import { openapiV2, openapiV3, openapiV3Index } from './openapi.ts';

interface MetricRoute {
  Params: { namespace: string; metric: string };
  Querystring: Query;
}

const json = 'application/json';
const prefix = `/apis/${groupVersion}`;

/** What a request to one of these routes wants, for the authorizer. */
export function wishOf(request: FastifyRequest): Wish {
  const { namespace, metric } = request.params as { namespace?: string; metric?: string };
  if (namespace !== undefined && metric !== undefined) return { kind: 'resource', verb: 'list', group, version, resource: metric, namespace };
  const path = request.url.split('?', 1)[0] as string;
  return { kind: 'path', verb: request.method.toLowerCase(), path };
}

/** The external metrics API and what clients use to discover it. */
export function addExternalMetrics(app: FastifyInstance, parts: { readonly answer: Answerer; readonly meters: Meters; readonly version: string }): void {
  const { answer, meters } = parts;

  function documents(pages: Readonly<Record<string, Document>>): void {
    for (const [path, { contentType, body }] of Object.entries(pages)) {
      const bytes = Buffer.from(body);
      app.get(path, (_request, reply) => reply.header('content-type', contentType).send(bytes));
    }
  }

  app.get<MetricRoute>(`${prefix}/namespaces/:namespace/:metric`, (request, reply) => {
    const { namespace, metric } = request.params;
    const { code, body } = answer(namespace, metric, request.query, request.headers.accept);
    meters.count('wva_external_metrics_requests_total', { metric: isExternalMetric(metric) ? metric : 'unknown', code: String(code) });
    return reply.code(code).header('content-type', json).send(Buffer.from(body)); // bytes: to a string Fastify would add a charset
  });

  app.get('/apis', (request, reply) => sendApis(request, reply));
  app.get('/apis/', (request, reply) => sendApis(request, reply));
  const resourceList = jsonDocument(apiResourceList);
  documents({
    [`/apis/${group}`]: jsonDocument(apiGroup),
    [`/apis/${group}/`]: jsonDocument(apiGroup),
    [prefix]: resourceList,
    [`${prefix}/`]: resourceList,
    '/openapi/v2': jsonDocument(openapiV2),
    '/openapi/v3': jsonDocument(openapiV3Index),
    [`/openapi/v3${prefix}`]: jsonDocument(openapiV3),
    '/version': jsonDocument({ major: '1', minor: '0', gitVersion: `v${parts.version}`, platform: `${process.platform}/${process.arch}` }),
  });
}

function sendApis(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { contentType, body } = apisDocument(request.headers.accept);
  return reply.header('content-type', contentType).header('vary', 'Accept').send(Buffer.from(body));
}
