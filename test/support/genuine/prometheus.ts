import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { componentPath } from './components.ts';
import { freePorts, startProgram, tail, untilReady, type Program } from './programs.ts';
import { request } from './request.ts';

export interface PrometheusOptions {
  /** prometheus.yml, as text or as the object it says. */
  readonly config: string | object;
  readonly args?: readonly string[];
  /** The same port again, for a Prometheus that comes back after an outage. */
  readonly port?: number;
}

export interface Prometheus {
  readonly baseUrl: string;
  readonly port: number;
  readonly program: Program;
  /** An instant query; rejects with Prometheus's own message. */
  query(expression: string): Promise<readonly { readonly metric: Readonly<Record<string, string>>; readonly value: number }[]>;
  /** SIGKILL; what it stored is kept for `restart`. */
  kill(): Promise<void>;
  /** Starts it again on the same port with what it had stored. */
  restart(): Promise<void>;
  /** SIGKILL, and its folder is removed. */
  stop(): Promise<void>;
  logs(lines?: number): string;
}

/** Starts a genuine Prometheus on a free loopback port; resolves when it answers queries. */
export async function startPrometheus({ config, args = [], port: given }: PrometheusOptions): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'wva-prometheus-'));
  const port = given ?? (await freePorts(1))[0] ?? 0;
  const baseUrl = `http://127.0.0.1:${port}`;
  const configFile = join(folder, 'prometheus.yml');
  writeFileSync(configFile, typeof config === 'string' ? config : stringify(config));
  async function start(): Promise<Program> {
    const program = startProgram({
      command: componentPath('prometheus'),
      name: 'prometheus',
      logFile: join(folder, 'prometheus.log'),
      cwd: folder,
      args: [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--storage.tsdb.no-lockfile',
        ...args,
      ],
    });
    await untilReady(program, async () => (await request(`${baseUrl}/-/ready`)).status === 200);
    return program;
  }
  let program = await start().catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  });
  return {
    baseUrl,
    port,
    get program() {
      return program;
    },
    async query(expression) {
      const answer = await request(`${baseUrl}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const reply = answer.json<{
        status: string;
        error?: string;
        data: { resultType: string; result: { metric: Record<string, string>; value: [number, string] }[] };
      }>();
      if (reply.status !== 'success') throw new Error(`Prometheus refused ${expression}: ${reply.error ?? answer.text}`);
      return reply.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    kill: () => program.kill(),
    async restart() {
      await program.kill();
      program = await start();
    },
    async stop() {
      await program.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    },
    logs: (lines) => tail(program, lines),
  };
}
