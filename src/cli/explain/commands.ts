import { Option, type Command } from 'commander';
import { optionTable } from '../../config/index.ts';
import { another } from '../repeatable.ts';
import type { ExplainFlags } from './explanation.ts';

/** `wva explain`, loaded when it is called. */
export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description('Why a variant has the replicas that it has: the whole last decision about it, in sentences.')
    .argument('<NAMESPACE/NAME>', 'the VariantAutoscaling')
    .option('--record <file>', 'from what wva run --record wrote; several files, the oldest first, by repeating it', another)
    .option('--at <moment>', 'with --record: the decision in force then, and not the last: 2026-01-31T08:00:00Z, or how long ago, such as 36h')
    .option('--server <URL>', 'from a running controller, such as https://localhost:8443 behind kubectl port-forward')
    .option('--token-file <file>', 'with --server: a bearer token, as kubectl create token prints it')
    .option('--ca <file>', 'with --server: PEM of the CA that its certificate is from')
    .option('--insecure', 'with --server: take any certificate')
    .option('--json', 'all data instead of sentences');
  for (const { flag, env, type, description } of optionTable) {
    if (flag === '--kubeconfig' || flag === '--context') command.addOption(new Option(`${flag} <${type}>`, `${description} (${env})`));
  }
  command.action(async (key: string, flags: ExplainFlags & Record<string, unknown>) => {
    const { explain } = await import('./explain.ts');
    process.exitCode = await explain(key, flags);
  });
}
