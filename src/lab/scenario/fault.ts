import { z } from 'zod';
import { seconds } from './fields.ts';

const span = {
  atSeconds: seconds.describe('When it begins.'),
  untilSeconds: seconds.optional().describe('When it ends; never unless told.'),
};
const variant = z.string().min(1).describe('Name of the variant; `0/name` where several models have one of that name (models count from 0).');

/** Something that goes wrong. */
export const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('never-ready').describe('Pods that start in this time never become ready.'),
    ...span,
    variant,
    pods: z.number().int().positive().optional().describe('The first so many of them; all unless told.'),
  }),
  z.strictObject({
    kind: z.literal('slow').describe('Pods are slower.'),
    ...span,
    variant,
    factor: z.number().positive().describe('Their iterations take so many times as long.'),
  }),
  z.strictObject({
    kind: z.literal('node-lost').describe('A node goes away: what is in its pods is lost.'),
    ...span,
    variant,
    pods: z.number().int().positive().describe('So many pods of the variant are on it.'),
  }),
  z.strictObject({
    kind: z.literal('metrics').describe('Scrapes bring something else than the truth.'),
    ...span,
    how: z
      .enum(['lost', 'late', 'frozen', 'partial', 'lying'])
      .describe('`lost`: nothing. `late`: what was true `seconds` ago, with its own time. `frozen`: what was true when the fault began, with the time of the scrape. `partial`: `share` of the pods say nothing. `lying`: gauges and rates are `factor` times the truth.'),
    of: z.enum(['engines', 'router', 'all']).default('all').describe('Whose metrics.'),
    seconds: seconds.optional().describe('Needed for `late`.'),
    share: z.number().min(0).max(1).optional().describe('Needed for `partial`.'),
    factor: z.number().nonnegative().optional().describe('Needed for `lying`.'),
  }),
]);
