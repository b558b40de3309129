#!/usr/bin/env node
import { Command, Option } from 'commander';
import { optionTable } from '../config/index.ts';
import { crdYaml } from '../wire/index.ts';
import type { CheckFlags } from './config/check-config.ts';
import { addExplain } from './explain/commands.ts';
import { addHistory } from './history/commands.ts';
import { addLab } from './lab/lab.ts';
import { addReplay } from './replay/commands.ts';
import { version } from './version.ts';

const program = new Command('wva')
  .description('Decides how many replicas of which variant of a model to run, and says why.')
  .version(version)
  // not the whole help: on a small terminal it pushes the error out of sight
  .showHelpAfterError('The same command with --help tells what there is.')
  // 1 is for a controller that ended by its own mistake; who cannot be understood gets the same status as for a bad value
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

const run = program.command('run').description('Run the controller against the cluster of a kubeconfig, or the one it runs in.');
for (const { flag, env, type, default: fallback, description } of optionTable) {
  if (flag === undefined) continue;
  const isSwitch = type === 'boolean';
  const option = new Option(isSwitch ? `${flag} [boolean]` : `${flag} <${type}>`, `${description} (${env}${fallback === undefined || fallback === '' ? '' : `, default ${fallback}`})`);
  run.addOption(option);
}
run.action(async (flags: Record<string, unknown>) => {
  const { run: start } = await import('./run.ts');
  process.exitCode = await start(flags);
});

program
  .command('crd')
  .description('Print the CustomResourceDefinition of VariantAutoscaling.')
  .action(() => {
    process.stdout.write(crdYaml());
  });

program
  .command('hpa')
  .description('Print the HorizontalPodAutoscaler that follows what is decided for a VariantAutoscaling.')
  .argument('<namespace/name>', 'the VariantAutoscaling')
  .option('--variants <file>', 'what kubectl get variantautoscalings,hpa -A -o yaml printed; without it the cluster is asked')
  .option('--kubeconfig <path>', 'how the cluster is reached (KUBECONFIG)')
  .option('--context <name>', 'which context of the kubeconfig')
  .action(async (resource: string, flags: { variants?: string; kubeconfig?: string; context?: string }) => {
    const { hpa } = await import('./hpa/hpa.ts');
    process.exitCode = await hpa(resource, flags);
  });

program
  .command('demo')
  .description('Start a whole simulated cluster with traffic and the controller in it, and show what happens.')
  .option('--duration <duration>', 'end by itself after so long, such as 90s; without it the demo runs until Ctrl-C')
  .option('--headless', 'no live view; a summary at the end')
  .option('--seed <text>', 'seed of all chance in it', 'demo')
  .option('--port <number>', 'loopback port of /metrics and the external metrics API; 0 takes a free one', '0')
  .action(async (flags: { duration?: string; headless?: boolean; seed: string; port: string }) => {
    const { demo } = await import('./demo/demo.ts');
    process.exitCode = await demo(flags);
  });

program
  .command('check-config')
  .description('Say what the controller would make of ConfigMaps and policy files: everything that is wrong in them, before they are applied.')
  .argument('<file...>', 'manifests of ConfigMaps, policy documents, or fields of a policy')
  .option('--explain <namespace/model>', 'show the policy of that model field by field, and where each comes from')
  .option('--namespace <name>', 'namespace of the controller: its ConfigMaps are for everybody, those of others for theirs')
  .option('--config-map <name>', 'name of the saturation scaling ConfigMap')
  .option('--json', 'everything as JSON')
  .action(async (files: string[], flags: CheckFlags) => {
    const { checkConfig } = await import('./config/check-config.ts');
    process.exitCode = await checkConfig(files, flags);
  });

addLab(program);
addHistory(program);
addReplay(program);
addExplain(program);

// `wva ... | head` has seen enough, and that is no mistake
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

await program.parseAsync();
