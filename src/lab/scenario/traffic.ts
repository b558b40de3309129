import { z } from 'zod';
import { traceFormats } from '../../simulator/index.ts';
import { rate, seconds } from './fields.ts';

const tokens = z.strictObject({
  shape: z.enum(['normal', 'lognormal']).default('normal').describe('Of `lognormal`, mean and standard deviation are still those of the tokens, before they are cut.'),
  mean: z.number().positive().describe('Tokens.'),
  standardDeviation: z.number().nonnegative().default(0).describe('Tokens; 0: all alike.'),
  lowest: z.number().int().positive().default(1).describe('What is drawn below becomes this.'),
  highest: z.number().int().positive().default(1_000_000).describe('What is drawn above becomes this.'),
});

const drawn = {
  prompt: tokens.describe('Tokens of the prompt, a shared beginning included.'),
  output: tokens.describe('Tokens of the answer. Clients ignore the end-of-sequence token, so every request gets as many.'),
  sharedPrefix: z
    .strictObject({
      share: z.number().min(0).max(1).describe('Of the requests, how many begin with one of the texts.'),
      prefixes: z.number().int().positive().describe('How many texts there are.'),
      tokens: z.number().int().positive().describe('Tokens of each text; a shorter prompt begins with as much of it as it has.'),
      zipfExponent: z.number().nonnegative().default(1).describe('The k-th text is chosen in proportion to 1 / k to this; 0: all alike.'),
    })
    .optional()
    .describe('Prompts that begin alike, so that a prefix cache can help. Without it nothing is ever found again.'),
  arrivals: z
    .enum(['poisson', 'counted', 'even'])
    .default('poisson')
    .describe('`poisson`: by chance. `counted`: by chance, but exactly as many in every stage as rate and length say, as the load generator inference-perf does. `even`: at equal distances.'),
};

/** One source of requests. Sources of a model add up. */
export const traffic = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('constant').describe('A constant rate.'),
    ratePerSecond: rate.describe('Requests per second.'),
    fromSeconds: seconds.default(0).describe('When it begins.'),
    untilSeconds: seconds.optional().describe('When it ends; with the load unless told.'),
    ...drawn,
  }),
  z.strictObject({
    kind: z.literal('stages').describe('Stages one after the other, then nothing.'),
    stages: z
      .array(
        z.strictObject({
          seconds: seconds.describe('How long the stage lasts.'),
          ratePerSecond: rate.describe('Requests per second, at its beginning.'),
          toPerSecond: rate.optional().describe('Requests per second at its end, reached in a straight line; the same unless told.'),
        }),
      )
      .min(1)
      .describe('In their order.'),
    repeat: z.boolean().default(false).describe('Begins again after the last stage.'),
    ...drawn,
  }),
  z.strictObject({
    kind: z.literal('diurnal').describe('A sine between two rates, with noise on it.'),
    lowPerSecond: rate.describe('Requests per second at night.'),
    highPerSecond: rate.describe('Requests per second at the peak.'),
    periodSeconds: z.number().positive().default(86_400).describe('From peak to peak.'),
    peakAtSeconds: seconds.default(43_200).describe('When the first peak is.'),
    noise: z
      .strictObject({
        standardDeviation: z.number().nonnegative().describe('Of the logarithm of the rate: 0.2 is about 20 % up and down.'),
        correlationSeconds: z.number().positive().describe('Time in which the noise forgets itself to 1/e.'),
      })
      .optional()
      .describe('Multiplies the rate, with mean 1 (Ornstein-Uhlenbeck in the logarithm); none unless told.'),
    ...drawn,
  }),
  z.strictObject({
    kind: z.literal('bursts').describe('A base rate, and bursts on top of it that come by chance.'),
    basePerSecond: rate.describe('Requests per second, always.'),
    burstPerSecond: rate.describe('Requests per second more while a burst lasts.'),
    meanSecondsBetween: z.number().positive().describe('From the end of a burst to the next one, on average (exponential).'),
    burstSeconds: z.number().positive().describe('How long a burst lasts.'),
    ...drawn,
  }),
  z.strictObject({
    kind: z.literal('trace').describe('Requests that were recorded.'),
    file: z.string().min(1).describe('Name of the file; it is beside the scenario, or in one of the folders that the runner is told of.'),
    format: z.enum(traceFormats).describe('`azure-2023` and `azure-2024` (CSV), `burstgpt` (CSV), `mooncake` (JSON lines).'),
    rateFactor: z
      .number()
      .positive()
      .default(1)
      .describe('So many requests for each that was recorded. Those beyond the first come within half a second of it (in the time of the trace) with the lengths of a request near it; below 1 requests are left out by chance.'),
    timeFactor: z.number().positive().default(1).describe('Time between requests is multiplied by this: 2 plays at half speed.'),
    fromSeconds: seconds.default(0).describe('Where the slice begins, in the time of the trace after its first request.'),
    untilSeconds: seconds.optional().describe('Where the slice ends, in the time of the trace; its end unless told.'),
    repeat: z.boolean().default(false).describe('Begins again after its end.'),
  }),
]);
