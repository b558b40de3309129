import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { componentPath } from './components.ts';
import type { ControlPlane } from './control-plane.ts';
import { freePorts, startProgram, tail, untilReady, type Program } from './programs.ts';
import { request } from './request.ts';

export interface AdapterOptions {
  readonly plane: ControlPlane;
  readonly prometheusUrl: string;
  /** Its configuration file: `{ externalRules: [...] }`. */
  readonly config: string | object;
  /** It forgets series older than this, so it must be longer than Prometheus's scrape interval. 10 s unless told. */
  readonly relistIntervalSeconds?: number;
  readonly args?: readonly string[];
}

export interface Adapter {
  readonly baseUrl: string;
  readonly port: number;
  readonly program: Program;
  stop(): Promise<void>;
  logs(lines?: number): string;
}

/** Starts the genuine prometheus-adapter; it trusts the plane's front proxy. Register it with `registerExternalMetrics`. */
export async function startAdapter(options: AdapterOptions): Promise<Adapter> {
  const folder = mkdtempSync(join(tmpdir(), 'wva-adapter-'));
  const [port = 0] = await freePorts(1);
  const baseUrl = `https://127.0.0.1:${port}`;
  const configFile = join(folder, 'config.yaml');
  writeFileSync(configFile, typeof options.config === 'string' ? options.config : stringify(options.config));
  const { kubeconfig } = options.plane;
  const program = startProgram({
    command: componentPath('prometheus-adapter'),
    name: 'prometheus-adapter',
    logFile: join(folder, 'prometheus-adapter.log'),
    cwd: folder,
    args: [
      `--lister-kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--prometheus-url=${options.prometheusUrl}`,
      `--config=${configFile}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${join(folder, 'certs')}`,
      `--metrics-relist-interval=${options.relistIntervalSeconds ?? 10}s`,
      ...(options.args ?? []),
    ],
  });
  const stop = async (): Promise<void> => {
    await program.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    await untilReady(program, async () => (await request(`${baseUrl}/readyz`, { insecure: true, token: options.plane.adminToken })).status === 200);
  } catch (error) {
    await stop();
    throw error;
  }
  return { baseUrl, port, program, stop, logs: (lines) => tail(program, lines) };
}
