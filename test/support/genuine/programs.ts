import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';

/** A child process whose output goes to a file. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly running: boolean;
  /** The exit status or signal, once it has ended. */
  readonly ended: Promise<number | NodeJS.Signals>;
  log(): string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL, and waits until it is gone. Genuine servers linger on SIGTERM and keep their port. */
  kill(): Promise<void>;
}

const started = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

// A test worker may itself be killed without a chance to run its exit handlers; the kernel then ends its children.
const guard = process.platform === 'linux' && existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : [];

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export function startProgram({ command, args, logFile, name = basename(command), env = {}, cwd }: ProgramOptions): Program {
  const output = openSync(logFile, 'a');
  const [file = command, ...rest] = [...guard, command, ...args];
  const child = spawn(file, rest, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  closeSync(output);
  started.add(child);
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  }).finally(() => started.delete(child));
  let running = true;
  void ended.then(() => (running = false));
  return {
    name,
    pid: child.pid ?? -1,
    logFile,
    get running() {
      return running;
    },
    ended,
    log: () => readFileSync(logFile, 'utf8'),
    signal: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/**
 * Waits until `ready` answers true.
 * @throws with the end of the program's log when it ends first, or when `timeoutMs` pass.
 */
export async function untilReady(program: Program, ready: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  for (;;) {
    if (!program.running) throw new Error(`${program.name} ended before it was ready (status ${await program.ended}).\n${tail(program)}`);
    if (await ready().catch(() => false)) return;
    if (Date.now() > endMs) throw new Error(`${program.name} was not ready within ${timeoutMs / 1000} s.\n${tail(program)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The end of a program's log, for messages of failed tests. */
export function tail(program: Program, lines = 40): string {
  return `--- ${program.logFile}\n${program.log().split('\n').slice(-lines).join('\n')}`;
}

/** Ports that were free a moment ago; all are held open until the last is known, so they differ. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, host, resolve);
      });
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
