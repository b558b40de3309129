import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { componentPath } from './components.ts';

export interface KubectlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface KubectlOptions {
  readonly kubeconfig: string;
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** 30 s unless told. */
  readonly timeoutMs?: number;
}

/** Runs the genuine kubectl against any kubeconfig; it never rejects because of kubectl's own exit status. */
export function kubectl(args: readonly string[], options: KubectlOptions): Promise<KubectlResult> {
  const child = spawn(componentPath('kubectl'), args, {
    env: {
      ...process.env,
      ...options.env,
      KUBECONFIG: options.kubeconfig,
      // Discovery is cached by host name and port, and ports of tests come again: never share the user's cache.
      KUBECACHEDIR: join(dirname(options.kubeconfig), 'kubectl-cache'),
      KUBERC: 'off',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.timeoutMs ?? 30_000,
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 137, stdout, stderr }));
    child.stdin.on('error', () => undefined); // kubectl may end without reading its input
    child.stdin.end(options.stdin ?? '');
  });
}
