import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';

/** Writes a kubeconfig for one user with a bearer token, and returns its path. */
export function writeKubeconfig(path: string, cluster: { baseUrl: string; ca: string }, token: string, namespace = 'default'): string {
  const text = stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'genuine', cluster: { server: cluster.baseUrl, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') } },
    ],
    users: [{ name: 'user', user: { token } }],
    contexts: [{ name: 'genuine', context: { cluster: 'genuine', user: 'user', namespace } }],
    'current-context': 'genuine',
  });
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
