import type { HttpResponse } from '../../runtime/index.ts';
import type { Catalog } from './catalog.ts';
import type { ResourceDefinition } from './definition.ts';
import type { Wanted } from './negotiation.ts';
import { jsonResponse } from './negotiation.ts';

/** A group served by another server, from its APIService. */
export interface RemoteGroup {
  readonly group: string;
  readonly version: string;
  readonly available: boolean;
  readonly resources: readonly RemoteResource[];
}

export interface RemoteResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

interface Group {
  group: string;
  versions: readonly string[];
}

function groupsOf(catalog: Catalog, remote: readonly RemoteGroup[]): Group[] {
  const added = [...new Set(remote.map((each) => each.group))].map((group) => ({ group, versions: remote.filter((each) => each.group === group).map((each) => each.version) }));
  return [...catalog.groups(), ...added.filter(({ group }) => !catalog.groups().some((each) => each.group === group))];
}

function resourceRows(definition: ResourceDefinition): object[] {
  const optional = (name: string, list: readonly string[]): object => (list.length > 0 ? { [name]: list } : {});
  return [
    {
      name: definition.plural,
      singularName: definition.singular,
      namespaced: definition.namespaced,
      kind: definition.kind,
      verbs: definition.verbs,
      ...optional('shortNames', definition.shortNames),
      ...optional('categories', definition.categories),
    },
    ...definition.subresources.map((sub) => ({
      name: `${definition.plural}/${sub.name}`,
      singularName: '',
      namespaced: definition.namespaced,
      ...(sub.group === undefined ? {} : { group: sub.group, version: sub.version }),
      kind: sub.kind,
      verbs: sub.verbs,
    })),
  ];
}

export function resourceList(group: string, version: string, definitions: readonly ResourceDefinition[]): object {
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources: definitions.flatMap(resourceRows) };
}

function groupObject({ group, versions }: Group, apiVersion = false): object {
  const rows = versions.map((version) => ({ groupVersion: `${group}/${version}`, version }));
  return { ...(apiVersion ? { kind: 'APIGroup', apiVersion: 'v1' } : {}), name: group, versions: rows, preferredVersion: rows[0] };
}

function aggregatedResource(definition: ResourceDefinition): object {
  const kind = { group: definition.group, version: definition.version, kind: definition.kind };
  return {
    resource: definition.plural,
    responseKind: kind,
    scope: definition.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: definition.singular,
    verbs: definition.verbs,
    ...(definition.shortNames.length > 0 ? { shortNames: definition.shortNames } : {}),
    ...(definition.categories.length > 0 ? { categories: definition.categories } : {}),
    ...(definition.subresources.length > 0
      ? {
          subresources: definition.subresources.map((sub) => ({
            subresource: sub.name,
            responseKind: { group: sub.group ?? definition.group, version: sub.version ?? definition.version, kind: sub.kind },
            verbs: sub.verbs,
          })),
        }
      : {}),
  };
}

function remoteResource(each: RemoteResource, group: string, version: string): object {
  return {
    resource: each.name,
    responseKind: { group, version, kind: each.kind },
    scope: each.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: each.singularName ?? '',
    verbs: each.verbs,
    ...(each.shortNames ? { shortNames: each.shortNames } : {}),
    ...(each.categories ? { categories: each.categories } : {}),
  };
}

function aggregatedList(groups: readonly Group[], catalog: Catalog, remote: readonly RemoteGroup[]): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: group === '' ? {} : { name: group },
      versions: versions.map((version) => {
        const other = remote.find((each) => each.group === group && each.version === version);
        const resources = other ? other.resources.map((each) => remoteResource(each, group, version)) : catalog.resources(group, version).map(aggregatedResource);
        return { version, resources, freshness: other && !other.available ? 'Stale' : 'Current' };
      }),
    })),
  };
}

/** /api, /apis and what lies under them down to a version; undefined for anything else. */
export function discover(path: string, catalog: Catalog, remote: readonly RemoteGroup[], wanted: Wanted): HttpResponse | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const groups = groupsOf(catalog, remote);
  const aggregated = wanted.as === 'APIGroupDiscoveryList';
  if (parts[0] === 'api' && parts.length === 1) {
    if (aggregated) return jsonResponse(200, aggregatedList([{ group: '', versions: ['v1'] }], catalog, remote), {}, wanted);
    return jsonResponse(200, { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }] }, {}, wanted);
  }
  if (parts[0] === 'apis' && parts.length === 1) {
    if (aggregated) return jsonResponse(200, aggregatedList(groups, catalog, remote), {}, wanted);
    return jsonResponse(200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map((group) => groupObject(group)) }, {}, wanted);
  }
  const group = parts[0] === 'api' ? '' : (parts[1] ?? '');
  const version = parts[0] === 'api' ? parts[1] : parts[2];
  if (parts[0] === 'apis' && parts.length === 2) {
    const found = groups.find((each) => each.group === group);
    return found && jsonResponse(200, groupObject(found, true), {}, wanted);
  }
  if (version === undefined || parts.length > (group === '' ? 2 : 3) || !catalog.hasVersion(group, version)) return undefined;
  return jsonResponse(200, resourceList(group, version, catalog.resources(group, version)), {}, wanted);
}
