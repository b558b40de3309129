import { externalMetrics } from './metrics.ts';

export const group = 'external.metrics.k8s.io';
export const version = 'v1beta1';
export const groupVersion = `${group}/${version}`;
const kind = 'ExternalMetricValueList';
const groupVersions = { versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
const names = Object.keys(externalMetrics);

/** GET /apis */
export const apiGroupList = { kind: 'APIGroupList', apiVersion: 'v1', groups: [{ name: group, ...groupVersions }] };

/** GET /apis/external.metrics.k8s.io */
export const apiGroup = { kind: 'APIGroup', apiVersion: 'v1', name: group, ...groupVersions };

/** GET /apis/external.metrics.k8s.io/v1beta1 */
export const apiResourceList = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion,
  resources: names.map((name) => ({ name, singularName: '', namespaced: true, kind, verbs: ['get'] })),
};

/** GET /apis, asked for as one document: what API servers since 1.27 merge into their own. */
function groupDiscoveryList(discoveryVersion: 'v2' | 'v2beta1'): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${discoveryVersion}`,
    metadata: {},
    items: [
      {
        metadata: { name: group, creationTimestamp: null },
        versions: [
          {
            version,
            freshness: 'Current',
            resources: names.map((resource) => ({
              resource,
              responseKind: { group: '', version: '', kind },
              scope: 'Namespaced',
              singularResource: '',
              verbs: ['get'],
            })),
          },
        ],
      },
    ],
  };
}

const discoveryType = (discoveryVersion: string): string => `application/json;g=apidiscovery.k8s.io;v=${discoveryVersion};as=APIGroupDiscoveryList`;

export interface Document {
  readonly contentType: string;
  readonly body: string;
}

export function jsonDocument(value: object, contentType = 'application/json'): Document {
  return { contentType, body: `${JSON.stringify(value)}\n` };
}

const plain = jsonDocument(apiGroupList);
const merged = (['v2', 'v2beta1'] as const).map((discoveryVersion) => ({
  asked: new RegExp(`g=apidiscovery\\.k8s\\.io;\\s*v=${discoveryVersion};\\s*as=APIGroupDiscoveryList`),
  document: jsonDocument(groupDiscoveryList(discoveryVersion), discoveryType(discoveryVersion)),
}));

/** The answer to GET /apis in the form that an `accept` header asks for. */
export function apisDocument(accept: string | undefined): Document {
  return merged.find(({ asked }) => accept !== undefined && asked.test(accept))?.document ?? plain;
}
