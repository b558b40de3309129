import type { Command } from 'commander';
import type { ReplayFlags } from './replay.ts';

/** `wva replay`, loaded when it is called. */
export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('Decide the cycles of a record again: ends with 1 when anything comes out otherwise. Schedules are by the time zone data of the machine that replays.')
    .argument('<files...>', 'what wva run --record wrote, plain or compressed, the oldest first')
    .option('--from <moment>', 'leave out cycles before it: 2026-01-31T08:00:00Z, or how long ago, such as 36h')
    .option('--to <moment>', 'leave out cycles after it')
    .option('--variant <NS/NAME>', 'only what is about this variant')
    .option('--policy <file>', 'what if: decide by this policy instead, and show what would have been another number')
    .option('--show <number>', 'how many differences are shown', '10')
    .option('--json', 'everything as JSON')
    .action(async (files: readonly string[], flags: ReplayFlags) => {
      const { replay } = await import('./replay.ts');
      process.exitCode = await replay(files, flags);
    });
}
