import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { optionTable } from '../../src/config/index.ts';
import { crdYaml } from '../../src/wire/index.ts';
import { quoted, root, tableBelow } from './pages.ts';

const page = 'docs/reference/cli.md';

function wva(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = fileURLToPath(new URL('src/cli/main.ts', root));
  return spawnSync(process.execPath, [main, ...args], { encoding: 'utf8', timeout: 15_000, env: { PATH: process.env['PATH'] } });
}

/** Names at the beginning of the lines of one section of a help text: commands, or flags. */
function helped(text: string, section: 'Commands' | 'Options'): string[] {
  const [, body = ''] = text.split(`\n${section}:\n`);
  return [...(body.split('\n\n')[0] ?? '').matchAll(/^ {2}(?:-\w, )?([\w-]+)/gm)].map(([, name]) => name ?? '');
}

/** Flags as the page's own section on a command has them. */
function documentedFlags(): string[] {
  return tableBelow(page, '| Flag | Default |').map(([flag = '']) => quoted(flag)[0] ?? '');
}

describe('the command line', () => {
  it('has the commands of the page, and no others', () => {
    const { stdout, status } = wva('--help');
    expect(status).toBe(0);
    const commands = tableBelow(page, '| Command |').map(([command = '']) => (quoted(command)[0] ?? '').replace(/^wva /, ''));
    expect(helped(stdout, 'Commands').toSorted()).toStrictEqual(commands.toSorted());
    expect(helped(stdout, 'Options').toSorted()).toStrictEqual(['--help', '--version']);
  });

  it('has the flags of the page for the demo, with their defaults', () => {
    const { stdout } = wva('demo', '--help');
    expect(helped(stdout, 'Options').filter((flag) => flag !== '--help').toSorted()).toStrictEqual(documentedFlags().toSorted());
    const defaults = tableBelow(page, '| Flag | Default |').flatMap(([, fallback = '']) => quoted(fallback));
    expect([...stdout.matchAll(/\(default: "([^"]*)"\)/g)].map(([, fallback]) => fallback)).toStrictEqual(defaults);
  });

  it('has the flags of configuration.md for the controller', () => {
    const flags = optionTable.flatMap(({ flag }) => flag ?? []);
    expect(helped(wva('run', '--help').stdout, 'Options').filter((flag) => flag !== '--help').toSorted()).toStrictEqual(flags.toSorted());
  });

  it('has the flags of the page for hpa', () => {
    const flags = tableBelow(page, '| Flag of `wva hpa` |').map(([flag = '']) => quoted(flag)[0] ?? '');
    expect(helped(wva('hpa', '--help').stdout, 'Options').filter((flag) => flag !== '--help').toSorted()).toStrictEqual(flags.toSorted());
  });

  it('ends with the statuses of the page', () => {
    expect(wva('crd')).toMatchObject({ status: 0, stdout: crdYaml() });
    expect(wva('crd', '--nonsense')).toMatchObject({ status: 2 });
    expect(wva('nonsense')).toMatchObject({ status: 2 });
    const bad = wva('run', '--interval=-3s', '--metrics-bind-address', 'nowhere');
    expect(bad.status).toBe(2);
    expect(bad.stderr).toMatch(/--interval[^\n]*\n--metrics-bind-address/);
    expect(wva('run', '--kubeconfig', 'there-is-none')).toMatchObject({ status: 2, stdout: '' });
    expect(wva('hpa')).toMatchObject({ status: 2, stdout: '' });
    expect(wva('hpa', 'a/b', '--variants', 'there-is-none')).toMatchObject({ status: 2, stdout: '' });
    expect(wva('hpa', 'serving/chat-a100', '--variants', fileURLToPath(new URL('examples/one-accelerator.yaml', root)))).toMatchObject({ status: 0, stdout: expect.stringContaining('tolerance: "0"') });
    expect(wva('demo', '--duration', '1s')).toMatchObject({ status: 2, stdout: '' });
    expect(wva('demo', '--port', '99999999')).toMatchObject({ status: 2, stdout: '' });
  });
});
