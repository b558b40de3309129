import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, request, startProgram, tail, untilReady, type ControlPlane, type Program } from '../support/genuine/index.ts';
import { until } from './until.ts';

const root = join(import.meta.dirname, '../..');

/** Names of the shipped manifests. */
export const shipped = {
  namespace: 'workload-variant-autoscaler-system',
  serviceAccount: 'workload-variant-autoscaler-controller-manager',
  service: 'workload-variant-autoscaler-controller-manager-metrics-service',
  caSecret: 'workload-variant-autoscaler-serving-ca',
  apiService: 'v1beta1.external.metrics.k8s.io',
};

/** A path below the repository's root. */
export const fromRoot = (path: string): string => join(root, path);

/**
 * Applies what a cluster-wide installation applies (deploy/cluster), RBAC included, but runs no pod of it: the
 * controller runs beside the cluster, with a token of its shipped service account and no other right.
 */
export async function installProduct(plane: ControlPlane): Promise<void> {
  // The CRD must be served before anything of its kind can be asked for; kubectl does not wait for that.
  await plane.kubectlOk(['apply', '-k', fromRoot('deploy/cluster')]);
  await plane.kubectlOk(['-n', shipped.namespace, 'scale', 'deployment', shipped.serviceAccount, '--replicas=0']);
  await plane.kubectlOk(['wait', '--for=condition=Established', '--timeout=30s', 'crd/variantautoscalings.llmd.ai']);
  await until('the resource is served', async () => {
    const { status } = await plane.request('/apis/llmd.ai/v1alpha1/variantautoscalings');
    return status === 200 || `status ${status}`;
  });
}

/**
 * Applies deploy/external-metrics, with its Service leading to loopback: nothing routes cluster addresses here.
 * @param port where the controller listens, or a balancer in front of several
 */
export async function installExternalMetrics(plane: ControlPlane, port: number): Promise<void> {
  await plane.kubectlOk(['-n', shipped.namespace, 'delete', 'service', shipped.service, '--ignore-not-found']);
  await plane.kubectlOk(['-n', shipped.namespace, 'create', 'service', 'externalname', shipped.service, '--external-name=localhost', `--tcp=${port}:${port}`]);
  await plane.kubectlOk(['apply', '-k', fromRoot('deploy/external-metrics')]);
  await plane.kubectlOk(['patch', 'apiservice', shipped.apiService, '--type=merge', '-p', JSON.stringify({ spec: { service: { port } } })]);
}

/** A token of a service account, as its pods get them. */
export async function tokenOf(plane: ControlPlane, namespace: string, serviceAccount: string): Promise<string> {
  return (await plane.kubectlOk(['-n', namespace, 'create', 'token', serviceAccount, '--duration=2h'])).trim();
}

export interface ProductOptions {
  readonly plane: ControlPlane;
  /** Flags of `wva run` besides those of addresses and the kubeconfig. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly metricsPort?: number;
  /** Distinguishes instances in Leases and logs. */
  readonly name?: string;
  /** Instead of a token of the shipped service account. */
  readonly token?: string;
  /** Wait until /readyz says yes. True unless told. */
  readonly ready?: boolean;
}

export interface Product {
  readonly name: string;
  readonly metricsPort: number;
  readonly healthUrl: string;
  readonly program: Program;
  /** Lines of its log that are JSON, in order. */
  entries(): readonly Record<string, unknown>[];
  /** SIGKILL: what a node that loses power does. */
  kill(): Promise<void>;
  /** SIGTERM, as Kubernetes ends a pod; resolves to the exit status. */
  terminate(): Promise<number | NodeJS.Signals>;
  /** The same command on the same ports again, its log continued. */
  restart(): Promise<void>;
  logs(lines?: number): string;
  remove(): Promise<void>;
}

/** Starts `wva run` as a user would, with a kubeconfig whose token has only the shipped rights. */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const { plane, name = 'controller-0' } = options;
  const folder = mkdtempSync(join(tmpdir(), 'wva-product-'));
  const token = options.token ?? (await tokenOf(plane, shipped.namespace, shipped.serviceAccount));
  const [freePort = 0, healthPort = 0] = await freePorts(2);
  const metricsPort = options.metricsPort ?? freePort;
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  const kubeconfig = plane.kubeconfigFor(`${name}-${metricsPort}`, token, shipped.namespace);
  async function start(): Promise<Program> {
    const program = startProgram({
      command: process.execPath,
      name: `wva ${name}`,
      cwd: root,
      logFile: join(folder, `${name}.log`),
      args: [
        'src/cli/main.ts',
        'run',
        `--kubeconfig=${kubeconfig}`,
        `--pod-namespace=${shipped.namespace}`,
        `--pod-name=${name}`,
        `--metrics-bind-address=127.0.0.1:${metricsPort}`,
        `--health-probe-bind-address=127.0.0.1:${healthPort}`,
        ...(options.args ?? []),
      ],
      env: { NODE_ENV: 'production', ...options.env },
    });
    if (options.ready !== false) {
      await untilReady(program, async () => (await request(`${healthUrl}/readyz`, { timeoutMs: 2000 })).status === 200).catch(async (error: unknown) => {
        await program.kill();
        throw error;
      });
    }
    return program;
  }
  let program = await start();
  return {
    name,
    metricsPort,
    healthUrl,
    get program() {
      return program;
    },
    entries: () =>
      program
        .log()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    kill: () => program.kill(),
    async terminate() {
      program.signal('SIGTERM');
      return await program.ended;
    },
    async restart() {
      await program.kill();
      program = await start();
    },
    logs: (lines) => tail(program, lines),
    async remove() {
      await program.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Writes the controller's CA, out of its Secret, where a Prometheus can read it. */
export async function writeServingCa(plane: ControlPlane): Promise<string> {
  const file = join(plane.folder, 'wva-serving-ca.crt');
  await until('the controller has made its CA', async () => {
    const answer = await plane.request(`/api/v1/namespaces/${shipped.namespace}/secrets/${shipped.caSecret}`);
    if (answer.status !== 200) return `status ${answer.status}`;
    const pem = answer.json<{ data: Record<string, string> }>().data['ca.crt'];
    if (pem === undefined) return 'no ca.crt';
    writeFileSync(file, Buffer.from(pem, 'base64'));
    return true;
  });
  return file;
}
