import { spawnSync } from 'node:child_process';
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
  /** Programs on PATH that were not taken, with why. */
  readonly passedOver: readonly string[];
}

/** Where built binaries are kept between runs, named `<name>-<version>`. */
export function componentsFolder(): string {
  return process.env['WVA_COMPONENTS'] ?? join(homedir(), '.cache', 'wva', 'components');
}

/**
 * Looks in KUBEBUILDER_ASSETS, then on PATH, then in the cache of built binaries. What KUBEBUILDER_ASSETS names is
 * taken whatever it is; on PATH may lie anything, so a release too far from ours is passed over: kubectl and the API
 * server support one minor release apart, and Debian's Prometheus 2 knows no Kubernetes discovery.
 */
export function findComponents(): Components {
  const passedOver: string[] = [];
  const paths: Partial<Record<ComponentName, string>> = {};
  for (const name of names) {
    const path = findComponent(name, passedOver);
    if (path !== undefined) paths[name] = path;
  }
  return { paths, missing: names.filter((name) => paths[name] === undefined), passedOver };
}

function findComponent(name: ComponentName, passedOver: string[]): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  const given = assets === undefined || assets === '' ? undefined : join(assets, name);
  if (given !== undefined && isExecutable(given)) return given;
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (folder === '' || !isExecutable(path)) continue;
    const found = releaseOf(name, path);
    if (isNear(found, componentVersions[name])) return path;
    passedOver.push(`${path} is ${found ?? 'of an unknown release'}, wanted is ${componentVersions[name]}`);
  }
  const built = join(componentsFolder(), `${name}-${componentVersions[name]}`);
  return isExecutable(built) ? built : undefined;
}

const releases = new Map<string, string | undefined>();

/** What the program says its release is, such as v1.36.3; asked once a process. */
function releaseOf(name: ComponentName, path: string): string | undefined {
  if (!releases.has(path)) {
    const args = name === 'kubectl' ? ['version', '--client'] : ['--version'];
    const { stdout, stderr } = spawnSync(path, args, { encoding: 'utf8', timeout: 10_000, killSignal: 'SIGKILL' });
    const numbers = /v?(\d+[.]\d+[.]\d+)/.exec(`${stdout}${stderr}`);
    releases.set(path, numbers?.[1] === undefined ? undefined : `v${numbers[1]}`);
  }
  return releases.get(path);
}

function isNear(found: string | undefined, wanted: string): boolean {
  if (wanted === '') return true;
  const [major, minor] = (found ?? '').slice(1).split('.').map(Number);
  const [wantedMajor, wantedMinor = 0] = wanted.slice(1).split('.').map(Number);
  if (major !== wantedMajor || minor === undefined) return false;
  // Prometheus keeps its promises within a major release; Kubernetes within one minor.
  return wantedMajor === 3 || Math.abs(minor - wantedMinor) <= 1;
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
