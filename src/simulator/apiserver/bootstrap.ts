import type { KubernetesObject } from '../../wire/index.ts';
import type { ObjectStore } from './object-store.ts';

const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const create = ['create'];

/** What every cluster starts with: its namespaces, and the roles that installations bind to. */
export function furnish(store: ObjectStore): void {
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) store.create({ group: '', plural: 'namespaces' }, { metadata: { name } });
  const role = (plural: 'clusterroles' | 'roles', name: string, rules: readonly object[], namespace?: string): void => {
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const object: KubernetesObject & { rules: readonly object[] } = { metadata, rules };
    store.create({ group: 'rbac.authorization.k8s.io', plural }, object);
  };
  role('clusterroles', 'cluster-admin', [everything, { verbs: ['*'], nonResourceURLs: ['*'] }]);
  role('clusterroles', 'system:auth-delegator', [
    { verbs: create, apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
    { verbs: create, apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'] },
  ]);
  const named = { apiGroups: [''], resources: ['configmaps'], resourceNames: ['extension-apiserver-authentication'] };
  role('roles', 'extension-apiserver-authentication-reader', [{ verbs: ['get', 'list', 'watch'], ...named }], 'kube-system');
}
