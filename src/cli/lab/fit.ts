import type { Command } from 'commander';

/** Adds `wva lab fit` to the commands of the laboratory. */
export function addFit(program: Command): void {
  program
    .command('fit')
    .description("Find a server's parameters from recordings of it, and say how well they predict what they were not fitted on.")
    .argument('<tape...>', 'folders of recordings: metrics pages NNN.prom and, where there is one, requests.csv')
    .option('--predict <tape...>', 'recordings that the fit does not see, to be predicted')
    .option('--stages <numbers>', 'fit on these stages of the recordings only, and predict the others: numbers from 1 as in 1-4,6')
    .option('--plan <stages>', 'the stages, as RATE:SECONDS,RATE:SECONDS; found from the arrivals without it')
    .option('--metrics-only', "take nothing from the client's log for the fit: arrivals and latencies come from the server's own pages")
    .option('--max-sequences <number>', 'what --max-num-seqs of the server is; no page tells it')
    .option('--token-budget <number>', 'what --max-num-batched-tokens of the server is')
    .option('--kv-blocks <number>', 'KV blocks of the server, where its pages do not tell')
    .option('--name <model>', 'name of the model in the profile that is written', 'recorded')
    .option('--seed <text>', 'seed of all chance in it', 'fit')
    .option('--json', 'print the result as JSON')
    .option('--out <file>', 'write the fitted profile and the table there, as JSON; a scenario can name the file as a profile')
    .option('--strict', 'end with status 1 when a prediction is outside its tolerance')
    .action(async (tapes: readonly string[], flags: Record<string, unknown>) => {
      const { runFit } = await import('./fit-run.ts');
      process.exitCode = runFit(tapes, flags);
    });
}
