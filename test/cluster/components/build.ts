/**
 * Builds the genuine components that the cluster suite needs and this machine has not: `npm run cluster:build`.
 * Cold it takes 16 minutes on two cores (API server and controller manager 8.5, Prometheus 3.5, adapter 3).
 * What KUBEBUILDER_ASSETS or PATH already gives is not built. Ends with status 1 when something is missing afterwards, and says what.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { componentsFolder, componentVersions, findComponents, type ComponentName } from '../../support/genuine/components.ts';

interface Recipe {
  /** The Go module below this folder whose go.mod fixes the version. */
  readonly module: 'kubernetes' | 'prometheus' | 'adapter';
  readonly package: string;
  readonly args?: readonly string[];
  readonly ldflags?: string;
}

function kubernetes(name: ComponentName): Recipe {
  const version = componentVersions[name];
  const [major = '', minor = ''] = version.slice(1).split('.');
  const set = (field: string, value: string): string => `-X k8s.io/component-base/version.${field}=${value}`;
  return {
    module: 'kubernetes',
    package: `./cmd/${name}`,
    // Without gitMinor the API server panics at its start: pod security admission reads it.
    ldflags: [set('gitVersion', version), set('gitMajor', major), set('gitMinor', minor)].join(' '),
  };
}

function prometheus(name: 'prometheus' | 'promtool'): Recipe {
  return {
    module: 'prometheus',
    package: `github.com/prometheus/prometheus/cmd/${name}`,
    // All discoveries but Kubernetes are left out: a third of the time to build.
    args: ['-tags', 'remove_all_sd,enable_kubernetes_sd'],
  };
}

const recipes: Partial<Record<ComponentName, Recipe>> = {
  'kube-apiserver': kubernetes('kube-apiserver'),
  'kube-controller-manager': kubernetes('kube-controller-manager'),
  kubectl: kubernetes('kubectl'),
  'kube-scheduler': kubernetes('kube-scheduler'),
  prometheus: prometheus('prometheus'),
  promtool: prometheus('promtool'),
  'prometheus-adapter': { module: 'adapter', package: 'sigs.k8s.io/prometheus-adapter/cmd/adapter' },
};

function build(name: ComponentName, recipe: Recipe): boolean {
  const folder = componentsFolder();
  mkdirSync(folder, { recursive: true });
  const output = join(folder, `${name}-${componentVersions[name]}`);
  const unfinished = `${output}.${process.pid}.unfinished`;
  console.log(`building ${name} ${componentVersions[name]} ...`);
  const startMs = Date.now();
  const { status } = spawnSync(
    'go',
    ['build', ...(recipe.args ?? []), '-ldflags', `-s -w ${recipe.ldflags ?? ''}`.trim(), '-o', unfinished, recipe.package],
    {
      cwd: join(import.meta.dirname, recipe.module),
      stdio: ['ignore', 'inherit', 'inherit'],
      // cgo is not needed by any of them, and would ask for a C compiler.
      env: { ...process.env, CGO_ENABLED: '0' },
    },
  );
  const seconds = ((Date.now() - startMs) / 1000).toFixed(0);
  if (status !== 0) {
    console.error(`${name}: go build failed after ${seconds} s (status ${status ?? 'none'}).`);
    return false;
  }
  // A rename is whole or not at all, so a build that was cut off leaves nothing that looks finished.
  renameSync(unfinished, output);
  console.log(`built ${name}: ${(statSync(output).size / 1e6).toFixed(0)} MB in ${seconds} s -> ${output}`);
  return true;
}

const toBuild = findComponents().missing.filter((name) => recipes[name] !== undefined);
if (toBuild.length > 0) {
  const go = spawnSync('go', ['version'], { encoding: 'utf8' });
  if (go.status !== 0) {
    console.error(`Go is absent, so these components cannot be built: ${toBuild.join(', ')}. Install Go 1.26 or later, or name a folder that holds them in KUBEBUILDER_ASSETS.`);
  } else {
    console.log(`${go.stdout.trim()}; missing: ${toBuild.join(', ')}`);
    for (const name of toBuild) {
      const recipe = recipes[name];
      if (recipe) build(name, recipe);
    }
  }
}

const { paths, missing, passedOver } = findComponents();
for (const line of passedOver) console.log(`passed over: ${line}`);
for (const [name, path] of Object.entries(paths)) console.log(`have ${name}: ${path}`);
for (const name of missing) {
  console.error(`missing ${name}${name === 'etcd' ? ': install the package etcd-server, or name its folder in KUBEBUILDER_ASSETS' : ''}`);
}
process.exitCode = missing.length === 0 ? 0 : 1;
