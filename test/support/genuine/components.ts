import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The genuine programs that the cluster suite runs, and the release of each that is built when none is installed. */
export const componentVersions = {
  'kube-apiserver': 'v1.36.3',
  'kube-controller-manager': 'v1.36.3',
  'kube-scheduler': 'v1.36.3',
  kubectl: 'v1.36.3',
  prometheus: 'v3.13.5',
  promtool: 'v3.13.5',
  'prometheus-adapter': 'v0.12.0',
  // etcd is not built: it comes from the distribution (Debian: etcd-server) or from KUBEBUILDER_ASSETS.
  etcd: '',
} as const;

export type ComponentName = keyof typeof componentVersions;
const names = Object.keys(componentVersions) as ComponentName[];

export interface Components {
  readonly paths: Readonly<Partial<Record<ComponentName, string>>>;
  readonly missing: readonly ComponentName[];
}

/** Where built binaries are kept between runs, named `<name>-<version>`. */
export function componentsFolder(): string {
  return process.env['WVA_COMPONENTS'] ?? join(homedir(), '.cache', 'wva', 'components');
}

/** Looks in KUBEBUILDER_ASSETS, then on PATH, then in the cache of built binaries. */
export function findComponents(): Components {
  const folders = [process.env['KUBEBUILDER_ASSETS'], ...(process.env['PATH'] ?? '').split(delimiter)].filter((folder) => folder);
  const paths: Partial<Record<ComponentName, string>> = {};
  for (const name of names) {
    const candidates = [
      ...folders.map((folder) => join(folder ?? '', name)),
      join(componentsFolder(), `${name}-${componentVersions[name]}`),
    ];
    const found = candidates.find(isExecutable);
    if (found !== undefined) paths[name] = found;
  }
  return { paths, missing: names.filter((name) => paths[name] === undefined) };
}

/** @throws when the component is absent, naming it and what to do. */
export function componentPath(name: ComponentName): string {
  const path = findComponents().paths[name];
  if (path === undefined) throw new Error(`The component ${name} is absent: ${howToGet(name)}`);
  return path;
}

function howToGet(name: ComponentName): string {
  return name === 'etcd'
    ? 'install the package etcd-server, or name its folder in KUBEBUILDER_ASSETS.'
    : 'run `npm run cluster:build` (needs Go), or name its folder in KUBEBUILDER_ASSETS.';
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
