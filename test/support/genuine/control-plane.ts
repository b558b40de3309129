import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type CertificateFiles } from './certificates.ts';
import { componentPath } from './components.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { kubectl, type KubectlOptions, type KubectlResult } from './kubectl.ts';
import { freePorts, startProgram, tail, untilReady, type Program } from './programs.ts';
import { request, type Answer, type RequestOptions } from './request.ts';

export interface ControlPlaneOptions {
  /** Runs kube-controller-manager (deployments, replica sets, stateful sets, HPA, namespaces, service accounts). True unless told. */
  readonly controllers?: boolean;
  /** How often the genuine HPA looks, in seconds. 5 unless told. */
  readonly hpaSyncPeriodSeconds?: number;
  /** Runs kube-scheduler. False unless told. */
  readonly scheduler?: boolean;
  /** Users besides `admin`, each with a token of its own in `tokens`. */
  readonly users?: readonly { readonly name: string; readonly groups?: readonly string[] }[];
  readonly apiServerArgs?: readonly string[];
  readonly controllerManagerArgs?: readonly string[];
}

export interface ControlPlane {
  /** https://127.0.0.1:port */
  readonly baseUrl: string;
  readonly port: number;
  /** PEM of the CA that signed the API server's certificate. */
  readonly ca: string;
  /** Of user `admin`, group system:masters. */
  readonly kubeconfig: string;
  readonly adminToken: string;
  /** By name of user, `admin` included. */
  readonly tokens: Readonly<Record<string, string>>;
  /** What the API server shows to aggregated servers; signed by `frontProxyCa`. */
  readonly frontProxy: CertificateFiles;
  readonly frontProxyCa: CertificateFiles;
  /** Everything the components wrote, logs included; removed by `stop`. */
  readonly folder: string;
  readonly apiServer: Program;
  readonly controllerManager: Program | undefined;
  /** The genuine kubectl as admin. */
  kubectl(args: readonly string[], options?: Omit<KubectlOptions, 'kubeconfig'>): Promise<KubectlResult>;
  /** As `kubectl`, but rejects unless it succeeds; resolves to its output. */
  kubectlOk(args: readonly string[], options?: Omit<KubectlOptions, 'kubeconfig'>): Promise<string>;
  /** A request to the API server, as admin unless another token is given. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /** A kubeconfig for another token, written into the folder. */
  kubeconfigFor(name: string, token: string, namespace?: string): string;
  killApiServer(): Promise<void>;
  /** Kills it when it runs, starts it on the same port and waits until it is ready. */
  restartApiServer(): Promise<void>;
  /** Ends all by SIGKILL and removes the folder. */
  stop(): Promise<void>;
  /** The ends of all logs, for messages of failed tests. */
  logs(lines?: number): string;
}

const controllers = [
  'deployment-controller',
  'replicaset-controller',
  'statefulset-controller',
  'horizontal-pod-autoscaler-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'garbage-collector-controller',
];

/** Starts etcd, kube-apiserver and what else is asked for on free loopback ports; resolves when all are ready. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Between finding a port free and listening on it, someone else may take it.
      if (attempt === 3 || !String(error).includes('address already in use')) throw error;
    }
  }
}

async function startOnce(options: ControlPlaneOptions): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'wva-genuine-'));
  const programs: Program[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(programs.map((program) => program.kill()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    return await start(folder, programs, options, stopAll);
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function start(folder: string, programs: Program[], options: ControlPlaneOptions, stop: () => Promise<void>): Promise<ControlPlane> {
  const [etcdPort = 0, peerPort = 0, port = 0] = await freePorts(3);
  const baseUrl = `https://127.0.0.1:${port}`;
  const authority = await createAuthority(folder, 'cluster-ca');
  const frontProxyCa = await createAuthority(folder, 'front-proxy-ca');
  const serving = await authority.issue('kube-apiserver', 'kube-apiserver');
  const frontProxy = await frontProxyCa.issue('front-proxy-client', 'front-proxy-client');
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'sa.key'), signing.privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(folder, 'sa.pub'), signing.publicKey.export({ type: 'spki', format: 'pem' }));

  const users = [{ name: 'admin', groups: ['system:masters'] }, ...(options.users ?? [])];
  const tokens = Object.fromEntries(users.map(({ name }, index) => [name, `token-${index}-${name.replaceAll(/[^a-z0-9]/g, '-')}`]));
  writeFileSync(
    join(folder, 'tokens.csv'),
    users.map(({ name, groups = [] }, index) => `${tokens[name]},${name},uid-${index},"${groups.join(',')}"\n`).join(''),
  );
  const adminToken = tokens['admin'] ?? '';
  const kubeconfig = writeKubeconfig(join(folder, 'admin.kubeconfig'), { baseUrl, ca: authority.cert }, adminToken);

  function run(name: 'etcd' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler', args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
    const program = startProgram({ command: componentPath(name), args, env, logFile: join(folder, `${name}.log`), name, cwd: folder });
    programs.push(program);
    return program;
  }

  const etcdArgs = [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=http://127.0.0.1:${etcdPort}`,
    `--advertise-client-urls=http://127.0.0.1:${etcdPort}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
    `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
    '--unsafe-no-fsync',
  ];
  // An etcd before 3.4.31 cannot be asked how far a watch is, and says so by itself every ten minutes only. Without that the API server's cache of a
  // kind that nobody writes falls behind as soon as anything else is written (a lease, every ten seconds), and a watch from the present state
  // gets ResourceVersionTooLarge. By variable, because later releases have another name for it and do not need it.
  const etcd = run('etcd', etcdArgs, { ETCD_EXPERIMENTAL_WATCH_PROGRESS_NOTIFY_INTERVAL: '500ms' });
  await untilReady(etcd, async () => (await request(`http://127.0.0.1:${etcdPort}/health`)).status === 200);

  const apiServerArgs = [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    `--cert-dir=${join(folder, 'apiserver')}`,
    `--tls-cert-file=${serving.certFile}`,
    `--tls-private-key-file=${serving.keyFile}`,
    `--service-account-key-file=${join(folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(folder, 'sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-cluster-ip-range=10.96.0.0/24',
    // Nothing mounts tokens here, and pods are only records.
    '--disable-admission-plugins=ServiceAccount',
    `--client-ca-file=${authority.certFile}`,
    `--requestheader-client-ca-file=${frontProxyCa.certFile}`,
    `--proxy-client-cert-file=${frontProxy.certFile}`,
    `--proxy-client-key-file=${frontProxy.keyFile}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    ...(options.apiServerArgs ?? []),
  ];
  const askPlane = (path: string, options: RequestOptions = {}): Promise<Answer> =>
    request(`${baseUrl}${path}`, { ca: authority.cert, token: adminToken, ...options });
  let apiServer: Program;
  async function startApiServer(): Promise<void> {
    apiServer = run('kube-apiserver', apiServerArgs);
    await untilReady(apiServer, async () => (await askPlane('/readyz', { timeoutMs: 2000 })).status === 200);
  }
  mkdirSync(join(folder, 'apiserver'), { recursive: true });
  await startApiServer();

  let controllerManager: Program | undefined;
  if (options.controllers !== false) {
    controllerManager = run('kube-controller-manager', [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--service-account-private-key-file=${join(folder, 'sa.key')}`,
      `--controllers=${controllers.join(',')}`,
      `--horizontal-pod-autoscaler-sync-period=${options.hpaSyncPeriodSeconds ?? 5}s`,
      '--leader-elect=false',
      '--secure-port=0',
      ...(options.controllerManagerArgs ?? []),
    ]);
    // It serves no port; that it works shows in the service account which it makes in each namespace.
    await untilReady(
      controllerManager,
      async () => (await askPlane('/api/v1/namespaces/default/serviceaccounts/default')).status === 200,
    );
  }
  if (options.scheduler === true) {
    run('kube-scheduler', [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--secure-port=0',
    ]);
  }

  const plane: ControlPlane = {
    baseUrl,
    port,
    ca: authority.cert,
    kubeconfig,
    adminToken,
    tokens,
    frontProxy,
    frontProxyCa,
    folder,
    get apiServer() {
      return apiServer;
    },
    controllerManager,
    kubectl: (args, given = {}) => kubectl(args, { ...given, kubeconfig }),
    async kubectlOk(args, given = {}) {
      const { code, stdout, stderr } = await kubectl(args, { ...given, kubeconfig });
      if (code !== 0) throw new Error(`kubectl ${args.join(' ')} ended with status ${code}: ${stderr}${stdout}`);
      return stdout;
    },
    request: askPlane,
    kubeconfigFor: (name, token, namespace) =>
      writeKubeconfig(join(folder, `${name}.kubeconfig`), { baseUrl, ca: authority.cert }, token, namespace),
    killApiServer: () => apiServer.kill(),
    async restartApiServer() {
      await apiServer.kill();
      await startApiServer();
    },
    stop,
    logs: (lines) => programs.map((program) => tail(program, lines)).join('\n'),
  };
  return plane;
}
