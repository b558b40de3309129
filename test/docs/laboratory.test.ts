import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { findPolicy } from '../../src/lab/policies/index.ts';
import { parseShard } from '../../src/lab/runs/shard.ts';
import { readScenario, shippedScenarios } from '../../src/lab/scenario/index.ts';
import { quoted, root, tableBelow } from './pages.ts';

const cli = 'docs/reference/cli.md';
const guide = readFileSync(new URL('docs/guides/laboratory.md', root), 'utf8');

interface Job {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly completions: number;
    readonly completionMode: string;
    readonly template: { readonly spec: { readonly containers: readonly { readonly args: readonly string[]; readonly image: string; readonly volumeMounts: readonly { readonly mountPath: string }[] }[]; readonly volumes: readonly { readonly persistentVolumeClaim: { readonly claimName: string } }[] } };
  };
}

function documents(file: string): readonly Job[] {
  return parseAllDocuments(readFileSync(new URL(file, root), 'utf8')).map((document) => document.toJS() as Job);
}

function help(...command: readonly string[]): readonly string[] {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('src/cli/main.ts', root)), ...command, '--help'], { encoding: 'utf8', timeout: 15_000 });
  const [, options = ''] = stdout.split(/\n(?:Options|Commands):\n/);
  return [...options.matchAll(/^ {2}(?:-\w, )?([\w-]+)/gm)].map(([, name]) => name ?? '').filter((name) => name !== '--help' && name !== 'help');
}

describe('the laboratory in documents', () => {
  it('has a scenario in the guide that can be read', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(guide) ?? [];
    expect(readScenario(yaml, 'lunch.yaml')).toMatchObject({ name: 'lunch' });
  });

  it('has the subcommands of cli.md', () => {
    const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('src/cli/main.ts', root)), 'lab', '--help'], { encoding: 'utf8', timeout: 15_000 });
    const commands = [...(stdout.split('\nCommands:\n')[1] ?? '').matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
    expect(tableBelow(cli, '| Subcommand |').map(([cell = '']) => (quoted(cell)[0] ?? '').replace('wva lab ', '')).toSorted()).toStrictEqual(commands.toSorted());
  });

  it('has the flags of cli.md for wva lab run', () => {
    expect(tableBelow(cli, '| Flag of `wva lab run` |').map(([cell = '']) => quoted(cell)[0] ?? '').toSorted()).toStrictEqual([...help('lab', 'run')].toSorted());
  });

  it('is run by the Job as the command line wants it, in as many parts as the Job has', () => {
    const [claim, job] = documents('examples/laboratory/sweep.yaml');
    const [container] = job?.spec.template.spec.containers ?? [];
    const args = container?.args ?? [];
    expect(job?.spec.completionMode).toBe('Indexed');
    expect(args.slice(0, 2)).toStrictEqual(['lab', 'run']);
    const shard = args[args.indexOf('--shard') + 1] ?? '';
    for (const index of [0, (job?.spec.completions ?? 0) - 1]) expect(parseShard(shard.replace('$(JOB_COMPLETION_INDEX)', String(index)))).toStrictEqual({ index, count: job?.spec.completions });
    const flags = help('lab', 'run');
    for (const flag of args.filter((arg) => arg.startsWith('--'))) expect(flags).toContain(flag);
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toContain(args[args.indexOf('--out') + 1]);
    expect(job?.spec.template.spec.volumes[0]?.persistentVolumeClaim.claimName).toBe(claim?.metadata.name);
    expect(readFileSync(new URL('deploy/controller/deployment.yaml', root), 'utf8')).toContain(`image: ${container?.image}`);
  });

  it('is called in the guide with flags, scenarios and policies that there are', () => {
    const commands = [...guide.matchAll(/wva(?: --)? lab (run|compare|list)([^\n`]*)/g)];
    expect(commands.length).toBeGreaterThan(5);
    for (const [text, command = '', rest = ''] of commands) {
      const flags = help('lab', command);
      for (const [flag] of rest.matchAll(/--[a-z]+/g)) expect(flags, text).toContain(flag);
      const names = shippedScenarios().map(({ name }) => name);
      for (const [, policy = '', setting = ''] of rest.matchAll(/--set ([\w-]+)\.(\w+)=/g)) expect(() => findPolicy(policy, { [setting]: 1 }), text).not.toThrow();
      for (const [, name = ''] of rest.matchAll(/--scenario ([\w-]+)(?![\w.*/-])/g)) expect(names, text).toContain(name);
    }
  });
});
