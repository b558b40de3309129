import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { crdYaml } from '../wire/index.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

function wva(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const { KUBECONFIG: _kubeconfig, ...env } = process.env;
    execFile(process.execPath, [main, ...args], { env, timeout: 15_000 }, (error, out, err) => resolve({ status: error === null ? 0 : Number(error.code), out, err }));
  });
}

it.each<[string, string[], number, RegExp]>([
  ['an interval that is none', ['run', '--interval', 'soon'], 2, /^--interval is "soon", and must be /m],
  ['options that do not fit together, all of them', ['run', '--metrics-secure', 'false', '--metric-source', 'prometheus'], 2, /because the metric source is prometheus[^]*because --metrics-secure is false/],
  ['a kubeconfig that is not there', ['run', '--kubeconfig', '/nowhere/kubeconfig'], 2, /\/nowhere\/kubeconfig/],
  ['a duration that is too short for a demo', ['demo', '--duration', '1s'], 2, /^--duration is "1s", and must be a duration of at least 15s/m],
  ['an option that is unknown', ['run', '--nonsense'], 2, /unknown option '--nonsense'/],
])('ends at once, and says why, for %s', async (_, args, status, message) => {
  const ended = await wva(...args);
  expect(ended.err).toMatch(message);
  expect(ended.err).not.toMatch(/\n\s+at /);
  expect(ended.status).toBe(status);
});

it('prints the CRD and its version', async () => {
  expect(await wva('crd')).toEqual({ status: 0, out: crdYaml(), err: '' });
  expect((await wva('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});
