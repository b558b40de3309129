import type { Command } from 'commander';

interface FitFlags {
  readonly predict?: readonly string[];
  readonly stages?: string;
  readonly metricsOnly?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly strict?: boolean;
}

/** Adds `wva lab fit` to the commands of the laboratory. */
export function addFit(program: Command): void {
  program
    .command('fit')
    .description("Find a server's parameters from recordings of it, and say how well they predict what they were not fitted on.")
    .argument('<tape...>', 'folders of recordings: metrics pages NNN.prom and, where there is one, requests.csv')
    .option('--predict <tape...>', 'recordings that the fit does not see, to be predicted')
    .option('--stages <list>', 'fit on these stages only and predict the others: numbers from 1 as in 1-4,6')
    .option('--metrics-only', "take nothing from the client's log: arrivals and latencies come from the server's own pages")
    .option('--json', 'print the result as JSON')
    .option('--out <file>', 'write the fitted parameters and the table there, as JSON')
    .option('--strict', 'end with status 1 when a prediction is outside its tolerance')
    .action(async (tapes: readonly string[], flags: FitFlags) => {
      process.stdout.write(`${tapes.length} ${JSON.stringify(flags)}\n`);
    });
}
