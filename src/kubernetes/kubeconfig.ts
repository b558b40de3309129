import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse, stringify } from 'yaml';

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export interface KubeconfigSource {
  /** Path of a kubeconfig file. Default: `KUBECONFIG`, then the pod's ServiceAccount, then `~/.kube/config`. */
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  /** Put before the path of the pod's ServiceAccount, `/var/run/secrets/...`. Default: nothing. */
  readonly podRoot?: string;
  /** Default: the process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LoadedKubeconfig {
  readonly config: KubeConfig;
  readonly inCluster: boolean;
  /** Where it came from, for sentences. */
  readonly source: string;
}

/** Loaded when it is needed: it takes 0.2 s and tens of megabytes, and most commands and tests connect to nothing. */
async function emptyConfig(): Promise<KubeConfig> {
  const official = await import('@kubernetes/client-node');
  return new official.KubeConfig();
}

/**
 * Finds and reads the kubeconfig; called again whenever credentials must be renewed.
 * @throws {Error} with a sentence that names the file and what is wrong in it.
 */
export async function loadKubeconfig(source: KubeconfigSource): Promise<LoadedKubeconfig> {
  const env = source.env ?? process.env;
  const files = filesOf(source, env);
  const loaded = await (files.length > 0 ? fromFiles(files) : fromPod(env, source.podRoot ?? ''));
  const { config } = loaded;
  if (source.context !== undefined) {
    if (!config.getContextObject(source.context)) {
      const known = config.getContexts().map((context) => context.name);
      throw new Error(`${loaded.source} has no context "${source.context}"; it has: ${known.join(', ') || 'none'}.`);
    }
    config.setCurrentContext(source.context);
  }
  if (!config.getCurrentCluster()) {
    throw new Error(`${loaded.source} does not say which cluster to use: its current-context "${config.getCurrentContext() ?? ''}" leads to no cluster.`);
  }
  // the official client refuses plain http unless told not to verify, and where there is no TLS there is nothing to verify
  config.clusters = config.clusters.map((cluster) => (cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster));
  return loaded;
}

function filesOf(source: KubeconfigSource, env: Readonly<Record<string, string | undefined>>): string[] {
  if (source.kubeconfig !== undefined && source.kubeconfig !== '') return [source.kubeconfig];
  const fromEnvironment = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '' && existsSync(file));
  if (fromEnvironment.length > 0) return fromEnvironment;
  if (isInPod(env, source.podRoot ?? '')) return [];
  const atHome = path.join(env['HOME'] ?? homedir(), '.kube', 'config');
  return existsSync(atHome) ? [atHome] : [];
}

function isInPod(env: Readonly<Record<string, string | undefined>>, root: string): boolean {
  return Boolean(env['KUBERNETES_SERVICE_HOST']) && existsSync(path.join(root, serviceAccountFolder, 'token'));
}

async function fromPod(env: Readonly<Record<string, string | undefined>>, root: string): Promise<LoadedKubeconfig> {
  if (!isInPod(env, root)) {
    throw new Error(
      'There is no way to a cluster: no --kubeconfig, no KUBECONFIG, no ~/.kube/config, and this is no pod with a ServiceAccount ' +
        `(KUBERNETES_SERVICE_HOST and ${root}${serviceAccountFolder}/token).`,
    );
  }
  const config = await emptyConfig();
  config.loadFromCluster(root);
  return { config, inCluster: true, source: "The pod's ServiceAccount" };
}

/** As kubectl merges them: of two entries with one name the first file's counts. */
async function fromFiles(files: readonly string[]): Promise<LoadedKubeconfig> {
  const merged = await emptyConfig();
  for (const file of files) {
    const next = await fromFile(file);
    merged.currentContext ||= next.currentContext;
    merged.clusters = firstOfName([...merged.clusters, ...next.clusters]);
    merged.users = firstOfName([...merged.users, ...next.users]);
    merged.contexts = firstOfName([...merged.contexts, ...next.contexts]);
  }
  return { config: merged, inCluster: false, source: `The kubeconfig ${files.join(path.delimiter)}` };
}

function firstOfName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const names = new Set<string>();
  return entries.filter((entry) => !names.has(entry.name) && names.add(entry.name));
}

interface RawUser {
  user?: {
    token?: string;
    tokenFile?: string;
    'auth-provider'?: object;
    exec?: { apiVersion?: string; command?: string; env?: { name: string; value: string }[] | null };
  };
}

async function fromFile(file: string): Promise<KubeConfig> {
  const folder = path.dirname(path.resolve(file));
  try {
    const raw = parse(readFileSync(file, 'utf8')) as { users?: RawUser[] } | null;
    if (raw === null || typeof raw !== 'object') throw new Error('it is empty');
    for (const { user } of raw.users ?? []) if (user) complete(user, folder);
    const config = await emptyConfig();
    config.loadFromString(stringify(raw));
    config.makePathsAbsolute(folder);
    return config;
  } catch (error) {
    throw new Error(`The kubeconfig ${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** What kubectl does with a user and the official JavaScript client does not. */
function complete(user: NonNullable<RawUser['user']>, folder: string): void {
  if (user.tokenFile !== undefined && user.token === undefined) {
    user['auth-provider'] = { name: 'tokenFile', config: { tokenFile: path.resolve(folder, user.tokenFile) } };
  }
  if (user.exec) {
    // a command with a slash is relative to the kubeconfig, and plugins are told what they are asked for
    if (user.exec.command?.includes('/')) user.exec.command = path.resolve(folder, user.exec.command);
    const info = { apiVersion: user.exec.apiVersion ?? 'client.authentication.k8s.io/v1', kind: 'ExecCredential', spec: { interactive: false } };
    user.exec.env = [...(user.exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }];
  }
}
