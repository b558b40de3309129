import { ApiError } from './api-error.ts';
import type { Shelves } from './shelves.ts';
import type { UserInfo } from './user.ts';

/** What somebody wants to do, to a resource or to a plain path. */
export interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly path?: string;
}

interface PolicyRule {
  verbs?: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

interface Binding {
  metadata: { name?: string; namespace?: string };
  roleRef: { kind: string; name: string };
  subjects?: { kind: string; name: string; namespace?: string }[];
}

const rbac = 'rbac.authorization.k8s.io';
/** Everyone with a name may ask what the API offers, about themselves, and whether the server lives. */
const openPaths = ['/api', '/apis', '/openapi', '/version', '/healthz', '/livez', '/readyz'];

/** Kubernetes' role-based access control over the stored roles and bindings. Says why when it allows. */
export function authorize(user: UserInfo, asked: Attributes, shelves: Shelves): { allowed: boolean; reason: string } {
  const groups = [...(user.groups ?? [])];
  if (groups.includes('system:masters')) return { allowed: true, reason: '' };
  const known = user.username !== 'system:anonymous';
  if (asked.path !== undefined && asked.verb === 'get' && openPaths.some((path) => asked.path === path || (known && asked.path?.startsWith(`${path}/`)))) {
    if (known || ['/version', '/healthz', '/livez', '/readyz'].includes(asked.path)) return { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "system:discovery" of ClusterRole "system:discovery" to Group "system:authenticated"' };
  }
  if (known && asked.group === 'authorization.k8s.io' && asked.resource === 'selfsubjectaccessreviews') return { allowed: true, reason: '' };
  const all = shelves.scan(`${rbac}/clusterrolebindings`) as unknown as Binding[];
  const local = asked.namespace === undefined || asked.namespace === '' ? [] : (shelves.scan(`${rbac}/rolebindings`) as unknown as Binding[]).filter((binding) => binding.metadata.namespace === asked.namespace);
  for (const [binding, namespaced] of [...all.map((each) => [each, false] as const), ...local.map((each) => [each, true] as const)]) {
    const subject = (binding.subjects ?? []).find((each) => isSubject(each, user, groups));
    if (!subject) continue;
    const { kind, name } = binding.roleRef;
    const role = kind === 'ClusterRole' ? shelves.read(`${rbac}/clusterroles`, undefined, name) : shelves.read(`${rbac}/roles`, binding.metadata.namespace, name);
    const rules = (role?.['rules'] ?? []) as PolicyRule[];
    if (!rules.some((rule) => covers(rule, asked))) continue;
    const who = subject.kind === 'ServiceAccount' ? `ServiceAccount "${subject.name}/${subject.namespace ?? ''}"` : `${subject.kind} "${subject.name}"`;
    const bound = namespaced ? `RoleBinding "${binding.metadata.name ?? ''}/${binding.metadata.namespace ?? ''}"` : `ClusterRoleBinding "${binding.metadata.name ?? ''}"`;
    return { allowed: true, reason: `RBAC: allowed by ${bound} of ${kind} "${name}" to ${who}` };
  }
  return { allowed: false, reason: '' };
}

function isSubject(subject: { kind: string; name: string; namespace?: string }, user: UserInfo, groups: readonly string[]): boolean {
  if (subject.kind === 'User') return subject.name === user.username;
  if (subject.kind === 'Group') return groups.includes(subject.name);
  return `system:serviceaccount:${subject.namespace ?? ''}:${subject.name}` === user.username;
}

function covers(rule: PolicyRule, asked: Attributes): boolean {
  if (!has(rule.verbs, asked.verb)) return false;
  if (asked.path !== undefined) {
    return (rule.nonResourceURLs ?? []).some((url) => url === '*' || url === asked.path || (url.endsWith('*') && asked.path?.startsWith(url.slice(0, -1))));
  }
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : (asked.resource ?? '');
  const named = (rule.resources ?? []).some((each) => each === '*' || each === resource || (each.startsWith('*/') && asked.subresource === each.slice(2)));
  if (!has(rule.apiGroups, asked.group ?? '') || !named) return false;
  return (rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(asked.name ?? '');
}

const has = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((each) => each === '*' || each === value);

export function refusal(user: UserInfo, asked: Attributes): ApiError {
  if (asked.path !== undefined) {
    return new ApiError(403, 'Forbidden', `forbidden: User "${user.username}" cannot ${asked.verb} path "${asked.path}"`, {});
  }
  const resource = asked.subresource ? `${asked.resource}/${asked.subresource}` : asked.resource;
  const where = asked.namespace ? `in the namespace "${asked.namespace}"` : 'at the cluster scope';
  const qualified = asked.group ? `${asked.resource}.${asked.group}` : (asked.resource ?? '');
  const what = asked.name ? `${qualified} "${asked.name}"` : qualified;
  return new ApiError(403, 'Forbidden', `${what} is forbidden: User "${user.username}" cannot ${asked.verb} resource "${resource}" in API group "${asked.group ?? ''}" ${where}`, {
    ...(asked.name ? { name: asked.name } : {}),
    ...(asked.group ? { group: asked.group } : {}),
    kind: asked.resource ?? '',
  });
}
