import { Option, type Command } from 'commander';
import { optionTable } from '../../config/index.ts';
import { another } from '../repeatable.ts';
import type { BacktestFlags } from './backtest.ts';
import type { WhatifFlags } from './whatif.ts';

/** Settings of the controller that say how Prometheus and the cluster are reached, and which resources are ours. */
const reaching = /^--(prometheus-(?!url$|allow-http$)|kubeconfig$|context$|actuation$|controller-instance$)/;

/** Where a history comes from, and what counts as a miss: the same for both commands. */
function addHistoryOptions(command: Command): Command {
  command
    .option('--prometheus <URL>', 'the Prometheus that holds the history (PROMETHEUS_BASE_URL)')
    .option('--from <moment>', 'where it begins: 2026-01-31T08:00:00Z, or how long ago, such as 36h or 7d')
    .option('--to <moment>', 'where it ends', 'now')
    .option('--step <duration>', 'time between two decisions; that of the controller', '15s')
    .option('--matchers <labels>', 'label matchers added to every query, such as cluster="blue", for a Prometheus that knows several clusters')
    .option('--variants <file>', 'what kubectl get variantautoscalings,deployments,hpa,nodes -A -o yaml printed; without it the cluster is asked')
    .option('--record <file>', 'the history is what wva run --record wrote, and not in Prometheus')
    .option('--out <folder>', 'where what was read is kept, so that a reading that was broken off goes on', 'wva-backtest')
    .option('--ttft <duration>', 'a mean time to first token above this is a miss; without --ttft and --itl a saturated replica is one')
    .option('--itl <duration>', 'a mean time between tokens above this is a miss')
    .option('--startup <duration>', 'how long a replica takes from being asked for to serving', '2m');
  for (const { flag, env, type, description } of optionTable) {
    if (flag !== undefined && reaching.test(flag)) command.addOption(new Option(type === 'boolean' ? `${flag} [boolean]` : `${flag} <${type}>`, `${description} (${env})`));
  }
  return command;
}

/** `wva backtest` and `wva whatif`. Each is loaded when it is called. */
export function addHistory(program: Command): void {
  addHistoryOptions(program.command('backtest').description('What the engine would have decided over a history that a Prometheus holds, against what there was.'))
    .option('--policy <file>', 'the policy: a ConfigMap, its data, or fields of a policy; the built-in one without it')
    .option('--json', 'everything as JSON')
    .action(async (flags: BacktestFlags & Record<string, unknown>) => {
      const { backtest } = await import('./backtest.ts');
      process.exitCode = await backtest(flags);
    });

  addHistoryOptions(program.command('whatif').description('Two policies on one history, record or scenario: ends with 3 when the second is worse.'))
    .option('--policy <file>', 'twice: the policy that is, and the one that might be; built-in is the one of who has written none', another)
    .option('--scenario <name>', 'a scenario of the laboratory, or a YAML file, instead of a history')
    .option('--seeds <number>', 'runs of the scenario with each policy', '10')
    .option('--traces <folder>', 'where else trace files are; may be repeated', another)
    .option('--tolerance <per cent>', 'by how much the second may be above the first and still be no worse', '2')
    .option('--judge <axes>', 'which of money, misses and flaps count', 'money,misses,flaps')
    .option('--json', 'everything as JSON')
    .action(async (flags: WhatifFlags & Record<string, unknown>) => {
      const { whatif } = await import('./whatif.ts');
      process.exitCode = await whatif(flags);
    });
}
