import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A script of this folder in a process of its own, which answers each job with one result. */
export interface Worker {
  ask<R>(job: object): Promise<R>;
  end(): void;
}

export async function startWorker(file: string): Promise<Worker> {
  const child: ChildProcess = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`${file} ended with ${code}.`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        resolve(message);
      });
    });
  await next();
  return {
    async ask<R>(job: object): Promise<R> {
      const answered = next();
      child.send(job);
      const message = (await answered) as { result?: R; error?: string };
      if (message.error !== undefined || message.result === undefined) throw new Error(`${file}: ${message.error ?? 'no result'}`);
      return message.result;
    },
    end: () => void child.kill('SIGKILL'),
  };
}
