import type { Command } from 'commander';
import { another } from '../repeatable.ts';
import { addFit } from './fit.ts';
import { defaultFolder } from './folder.ts';

/** `wva lab`: the laboratory. Each command is loaded when it is called. */
export function addLab(program: Command): void {
  const lab = program.command('lab').description('Play autoscalers against simulated model servers, and compare them.');

  lab
    .command('list')
    .description('What there is to play: scenarios, policies, profiles of model servers.')
    .argument('[what]', 'scenarios, policies or profiles; all three without it')
    .option('--json', 'as JSON, with everything that is known of each')
    .option('--traces <folder>', 'where else trace files are; may be repeated', another)
    .action(async (what: string | undefined, flags: { json?: boolean; traces?: readonly string[] }) => {
      const { list } = await import('./list.ts');
      process.exitCode = list(what, flags);
    });

  lab
    .command('run')
    .description('Play scenarios under policies with several seeds, over all cores. Goes on where it was stopped.')
    .option('--scenario <name>', 'a shipped scenario, a YAML file, or a pattern such as "azure-*"; may be repeated; every shipped one without it', another)
    .option('--policy <name>', 'a policy, or a pattern such as "static-*"; may be repeated; every one without it', another)
    .option('--seeds <number>', 'runs of each pair, with seeds from 1', '10')
    .option('--out <folder>', 'where results are kept', defaultFolder)
    .option('--shard <i/n>', 'do the part i of n, counted from 0')
    .option('--jobs <number>', 'runs at the same time (default: the cores that there are)')
    .option('--traces <folder>', 'where else trace files are; may be repeated', another)
    .option('--set <policy.setting=value>', 'another number for a policy; may be repeated', another)
    .option('--timelines', 'keep time lines of every seed, and not of the first alone')
    .option('--unchecked', 'play scenarios too whose SLOs no static fleet can meet')
    .action(async (flags: Record<string, unknown>) => {
      const { run } = await import('./run.ts');
      process.exitCode = await run(flags);
    });

  lab
    .command('compare')
    .description('Tables of results with confidence intervals, and a report as one HTML file.')
    .argument('[place...]', `files or folders of results (default: ${defaultFolder})`)
    .option('--html <file>', 'write the report there')
    .option('--against <policy>', 'differences from this policy, on the seeds that both have played')
    .option('--json', 'the summary as JSON')
    .action(async (places: readonly string[], flags: { html?: string; json?: boolean; against?: string }) => {
      const { compare } = await import('./compare.ts');
      process.exitCode = await compare(places.length === 0 ? [defaultFolder] : places, flags);
    });

  lab
    .command('verdict')
    .description('Hold our engine against every other policy in every scenario, and say of each demand on it whether it holds. Goes on where it was stopped.')
    .option('--scenario <name>', 'a shipped scenario, a YAML file, or a pattern such as "two-*"; may be repeated; every shipped one without it', another)
    .option('--seeds <number>', 'runs of each pair, with seeds from 1', '10')
    .option('--out <folder>', 'where results are kept, and those of others are found', defaultFolder)
    .option('--jobs <number>', 'runs at the same time (default: the cores that there are)')
    .option('--traces <folder>', 'where else trace files are; may be repeated', another)
    .option('--others <name>', 'another policy that is played beside ours, or a pattern such as "clairvoyant*"; may be repeated; every one without it', another)
    .option('--ours-only', 'play our engine alone, and take what the folder has of others')
    .action(async (flags: Record<string, unknown>) => {
      const { verdict } = await import('./verdict.ts');
      process.exitCode = await verdict(flags);
    });

  addFit(lab);

  lab
    .command('validate')
    .description('Hold the simulated servers against recordings of a genuine one, published runs and queueing theory.')
    .option('--tapes <folder>', 'folder with recordings of one genuine server (default: the variable WVA_TAPES)')
    .option('--json', 'as JSON')
    .option('--page <file>', 'write the table there, as docs/reference/validation.md')
    .option('--check <file>', 'end with status 1 where the figures are not those of this page')
    .action(async (flags: { tapes?: string; json?: boolean; page?: string; check?: string }) => {
      const { runValidate } = await import('./validate.ts');
      process.exitCode = runValidate(flags);
    });
}
