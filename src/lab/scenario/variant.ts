import { z } from 'zod';
import { name, seconds } from './fields.ts';
import { profileFile } from './profile-file.ts';

const startup = z
  .strictObject({
    meanSeconds: z.number().nonnegative().describe('Of a normal distribution.'),
    standardDeviationSeconds: z.number().nonnegative().default(0).describe('Of a normal distribution.'),
    lowestSeconds: seconds.default(0).describe('Never faster than this.'),
    outliers: z
      .strictObject({
        share: z.number().min(0).max(1).describe('Of the pods.'),
        factor: z.number().min(1).describe('They take so many times as long.'),
      })
      .optional()
      .describe('Pods that take much longer: their image has to be pulled.'),
  })
  .describe('From the moment a pod has an accelerator until it is ready.');

/** A model on an accelerator, at a price. */
export const variant = z.strictObject({
  name: name.describe('Unique among the variants of the model.'),
  profile: z.string().min(1).describe('Name of a [serving profile](profiles.md): which model on which accelerator; or a file beside the scenario that `wva lab fit --out` has written (`./my-server.json`).'),
  ownProfile: profileFile.optional().describe('The profile in full, in place of a shipped one; put in from the file when `profile` names one.'),
  role: z.enum(['both', 'prefill', 'decode']).default('both').describe('`prefill` computes prompts and hands the KV cache to `decode`, which generates.'),
  costPerHour: z.number().nonnegative().optional().describe('Money for a replica and hour; that of the profile unless told.'),
  minReplicas: z.number().int().nonnegative().describe('No policy goes below.'),
  maxReplicas: z.number().int().positive().max(1000).describe('No policy goes above.'),
  initialReplicas: z.number().int().nonnegative().describe('Ready when the load begins.'),
  staticReplicas: z.number().int().nonnegative().optional().describe('What a generous static fleet has, that shows that the SLOs can be met; `maxReplicas` unless told (where accelerators are short, not all variants can have theirs at once).'),
  startup,
  terminationGraceSeconds: seconds.default(600).describe('How long a pod that is removed may finish what it has; what is left then is lost.'),
});
