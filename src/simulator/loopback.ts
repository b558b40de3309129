import { writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { listen } from '../runtime/index.ts';
import type { Transport } from '../runtime/index.ts';

export interface Loopback {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  close(): Promise<void>;
}

/** Puts the API server on a free loopback port and writes a kubeconfig that points there. Plain HTTP: nobody else can reach it. */
export async function serveOnLoopback(handler: Transport, kubeconfigPath: string): Promise<Loopback> {
  const listener = await listen(handler, { host: '127.0.0.1', port: 0 });
  const name = 'wva-world';
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: listener.url } }],
    users: [{ name: 'admin', user: {} }],
    contexts: [{ name, context: { cluster: name, user: 'admin' } }],
    'current-context': name,
  };
  await writeFile(kubeconfigPath, stringify(kubeconfig), { mode: 0o600 });
  return { url: listener.url, close: () => listener.close() };
}
