import { plainText } from '../api-object.ts';
import type { ApiObject } from '../api-object.ts';
import { ageColumn, ageText, at, column, createdColumn, itemsAt, nameColumn, wide } from './column.ts';
import type { Column } from './column.ts';

const text = (value: unknown, fallback = ''): string => (value === undefined || value === null || value === '' ? fallback : plainText(value));
const countOf = (...values: unknown[]): number => values.reduce<number>((all, value) => all + (typeof value === 'object' && value !== null ? Object.keys(value).length : 0), 0);

function externalAddress(service: ApiObject): string {
  const type = at(service, 'spec', 'type');
  const external = at(service, 'spec', 'externalIPs');
  const own = Array.isArray(external) ? external.join(',') : '';
  if (type === 'ExternalName') return text(at(service, 'spec', 'externalName'));
  if (type !== 'LoadBalancer') return own === '' ? '<none>' : own;
  const ingress = itemsAt(service, 'status', 'loadBalancer', 'ingress').map((each) => text(each['ip'], text(each['hostname'])));
  return ingress.length > 0 ? ingress.join(',') : own === '' ? '<pending>' : own;
}

function ports(service: ApiObject): string {
  const list = itemsAt(service, 'spec', 'ports').map((port) => `${String(port['port'])}${port['nodePort'] ? `:${plainText(port['nodePort'])}` : ''}/${String(port['protocol'])}`);
  return list.length > 0 ? list.join(',') : '<none>';
}

function labelsText(labels: unknown): string {
  const pairs = Object.entries((labels ?? {}) as Record<string, string>).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length > 0 ? pairs.map(([key, value]) => `${key}=${value}`).join(',') : '<none>';
}

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column('Type', (service) => text(at(service, 'spec', 'type'))),
  column('Cluster-IP', (service) => text(at(service, 'spec', 'clusterIP'), '<none>')),
  column('External-IP', externalAddress),
  column('Port(s)', ports),
  ageColumn,
  column('Selector', (service) => labelsText(at(service, 'spec', 'selector')), wide),
];

function nodeStatus(node: ApiObject): string {
  const ready = itemsAt(node, 'status', 'conditions').find((each) => each['type'] === 'Ready');
  const word = ready ? (ready['status'] === 'True' ? 'Ready' : 'NotReady') : 'Unknown';
  return at(node, 'spec', 'unschedulable') === true ? `${word},SchedulingDisabled` : word;
}

function roles(node: ApiObject): string {
  const found = Object.entries(node.metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith('node-role.kubernetes.io/')) return [key.slice('node-role.kubernetes.io/'.length)];
    return key === 'kubernetes.io/role' && value !== '' ? [value] : [];
  });
  return found.length > 0 ? [...new Set(found)].toSorted().join(',') : '<none>';
}

function nodeAddress(type: string): (node: ApiObject) => string {
  return (node) => text(itemsAt(node, 'status', 'addresses').find((each) => each['type'] === type)?.['address'], '<none>');
}

const nodeInfo = (name: string): ((node: ApiObject) => string) => (node) => text(at(node, 'status', 'nodeInfo', name), '<unknown>');

const kernel = (node: ApiObject): string => {
  const architecture = text(at(node, 'status', 'nodeInfo', 'architecture'));
  return `${nodeInfo('kernelVersion')(node)}${architecture === '' ? '' : ` (${architecture})`}`;
};

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', roles),
  ageColumn,
  column('Version', (node) => text(at(node, 'status', 'nodeInfo', 'kubeletVersion'))),
  column('Internal-IP', nodeAddress('InternalIP'), wide),
  column('External-IP', nodeAddress('ExternalIP'), wide),
  column('OS-Image', nodeInfo('osImage'), wide),
  column('Kernel-Version', kernel, wide),
  column('Container-Runtime', nodeInfo('containerRuntimeVersion'), wide),
];

export const namespaceColumns: readonly Column[] = [nameColumn, column('Status', (object) => text(at(object, 'status', 'phase'))), ageColumn];

export const configMapColumns: readonly Column[] = [nameColumn, column('Data', (object) => countOf(object['data'], object['binaryData'])), ageColumn];

export const secretColumns: readonly Column[] = [nameColumn, column('Type', (object) => text(object['type'])), column('Data', (object) => countOf(object['data'])), ageColumn];

export const serviceAccountColumns: readonly Column[] = [nameColumn, ageColumn];

export const endpointsColumns: readonly Column[] = [
  nameColumn,
  column('Endpoints', (object) => {
    const pairs = itemsAt(object, 'subsets').flatMap((subset) => {
      const ports = itemsAt(subset, 'ports');
      const addresses = itemsAt(subset, 'addresses').map((each) => String(each['ip']));
      return ports.length === 0 ? addresses : addresses.flatMap((ip) => ports.map((port) => `${ip}:${String(port['port'])}`));
    });
    return pairs.length === 0 ? '<none>' : pairs.slice(0, 3).join(',') + (pairs.length > 3 ? ` + ${pairs.length - 3} more...` : '');
  }),
  ageColumn,
];

export const leaseColumns: readonly Column[] = [nameColumn, column('Holder', (object) => text(at(object, 'spec', 'holderIdentity'))), ageColumn];

export const roleColumns: readonly Column[] = [nameColumn, createdColumn];

function subjects(kind: string): (binding: ApiObject) => string {
  return (binding) =>
    itemsAt(binding, 'subjects')
      .filter((each) => each['kind'] === kind)
      .map((each) => (kind === 'ServiceAccount' ? `${String(each['namespace'])}/${String(each['name'])}` : String(each['name'])))
      .join(', ');
}

export const bindingColumns: readonly Column[] = [
  nameColumn,
  column('Role', (object) => `${text(at(object, 'roleRef', 'kind'))}/${text(at(object, 'roleRef', 'name'))}`),
  ageColumn,
  column('Users', subjects('User'), wide),
  column('Groups', subjects('Group'), wide),
  column('ServiceAccounts', subjects('ServiceAccount'), wide),
];

export const apiServiceColumns: readonly Column[] = [
  nameColumn,
  column('Service', (object) => (at(object, 'spec', 'service') ? `${text(at(object, 'spec', 'service', 'namespace'))}/${text(at(object, 'spec', 'service', 'name'))}` : 'Local')),
  column('Available', (object) => {
    const condition = itemsAt(object, 'status', 'conditions').find((each) => each['type'] === 'Available');
    if (!condition) return 'Unknown';
    return condition['status'] === 'True' ? 'True' : `${text(condition['status'])}${condition['reason'] ? ` (${text(condition['reason'])})` : ''}`;
  }),
  ageColumn,
];

function lastSeen(event: ApiObject): unknown {
  return at(event, 'series', 'lastObservedTime') ?? event['lastTimestamp'] ?? event['eventTime'];
}

function seen(event: ApiObject, nowMs: number): string {
  const count = Number(at(event, 'series', 'count') ?? event['count'] ?? 0);
  const first = event['firstTimestamp'] ?? event['eventTime'];
  const last = ageText(lastSeen(event), nowMs);
  return count > 1 ? `${last} (x${count} over ${ageText(first, nowMs)})` : ageText(event['series'] ? lastSeen(event) : (event['lastTimestamp'] ?? first), nowMs);
}

function regarded(event: ApiObject): string {
  const object = (event['involvedObject'] ?? {}) as Record<string, unknown>;
  return `${plainText(object['kind'] ?? '').toLowerCase()}/${text(object['name'])}`;
}

/** Of events in their core/v1 form. */
export const eventColumns: readonly Column[] = [
  column('Last Seen', seen),
  column('Type', (event) => text(event['type'])),
  column('Reason', (event) => text(event['reason'])),
  column('Object', regarded),
  column('Subobject', (event) => text(at(event, 'involvedObject', 'fieldPath')), wide),
  column('Source', (event) => [text(at(event, 'source', 'component'), text(event['reportingComponent'])), text(at(event, 'source', 'host'), text(event['reportingInstance']))].filter((part) => part !== '').join(', '), wide),
  column('Message', (event) => text(event['message']).trim()),
  column('First Seen', (event, nowMs) => ageText(event['firstTimestamp'] ?? event['eventTime'], nowMs), wide),
  column('Count', (event) => Number(at(event, 'series', 'count') ?? event['count'] ?? 1) || 1, wide),
  column('Name', (event) => event.metadata.name ?? '', { ...wide, format: 'name' }),
];
