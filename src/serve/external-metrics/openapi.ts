import { createHash } from 'node:crypto';
import { group, groupVersion, version } from './discovery.ts';
import { externalMetrics } from './metrics.ts';

const listName = 'io.k8s.metrics.pkg.apis.external_metrics.v1beta1.ExternalMetricValueList';
const valueName = 'io.k8s.metrics.pkg.apis.external_metrics.v1beta1.ExternalMetricValue';
const info = { title: 'workload-variant-autoscaler', version: version };

function schemas(reference: (name: string) => string): Record<string, object> {
  return {
    [listName]: {
      description: 'Values of one external metric.',
      type: 'object',
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        kind: { type: 'string' },
        metadata: { type: 'object' },
        items: { type: 'array', items: { $ref: reference(valueName) } },
      },
      'x-kubernetes-group-version-kind': [{ group, kind: 'ExternalMetricValueList', version }],
    },
    [valueName]: {
      description: 'One value of an external metric.',
      type: 'object',
      required: ['metricName', 'metricLabels', 'timestamp', 'value'],
      properties: {
        metricName: { type: 'string' },
        metricLabels: { type: 'object', additionalProperties: { type: 'string' } },
        timestamp: { type: 'string', format: 'date-time' },
        value: { type: 'string', description: 'A Kubernetes quantity.' },
      },
      'x-kubernetes-group-version-kind': [{ group, kind: 'ExternalMetricValue', version }],
    },
  };
}

const paths = Object.keys(externalMetrics).map((metric) => `/apis/${groupVersion}/namespaces/{namespace}/${metric}`);
const description = 'values of an external metric in a namespace';

/** GET /openapi/v2 */
export const openapiV2 = {
  swagger: '2.0',
  info,
  paths: Object.fromEntries(
    paths.map((path) => [
      path,
      {
        get: {
          description,
          operationId: `list${path.split('/').at(-1)}`,
          produces: ['application/json'],
          parameters: [
            { name: 'namespace', in: 'path', required: true, type: 'string' },
            { name: 'labelSelector', in: 'query', type: 'string' },
          ],
          responses: { 200: { description: 'OK', schema: { $ref: `#/definitions/${listName}` } } },
        },
      },
    ]),
  ),
  definitions: schemas((name) => `#/definitions/${name}`),
};

/** GET /openapi/v3/apis/external.metrics.k8s.io/v1beta1 */
export const openapiV3 = {
  openapi: '3.0.0',
  info,
  paths: Object.fromEntries(
    paths.map((path) => [
      path,
      {
        get: {
          description,
          operationId: `list${path.split('/').at(-1)}`,
          parameters: [
            { name: 'namespace', in: 'path', required: true, schema: { type: 'string' } },
            { name: 'labelSelector', in: 'query', schema: { type: 'string' } },
          ],
          responses: { 200: { description: 'OK', content: { 'application/json': { schema: { $ref: `#/components/schemas/${listName}` } } } } },
        },
      },
    ]),
  ),
  components: { schemas: schemas((name) => `#/components/schemas/${name}`) },
};

const hash = createHash('sha512').update(JSON.stringify(openapiV3)).digest('hex').toUpperCase();

/** GET /openapi/v3 */
export const openapiV3Index = {
  paths: { [`apis/${groupVersion}`]: { serverRelativeURL: `/openapi/v3/apis/${groupVersion}?hash=${hash}` } },
};
