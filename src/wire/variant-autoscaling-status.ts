import * as z from 'zod';

/**
 * `status` of a VariantAutoscaling. It has types and no other limits: a status that the API server refused would
 * hide what the controller did. Decimals are text, as released versions wrote them.
 */
const { exactOptional } = z;
const integer = (description: string) => exactOptional(z.int32().describe(description));
const words = (description: string) => exactOptional(z.string().describe(description));
const instant = (description: string) => exactOptional(z.string().meta({ description, format: 'date-time' }));

export const statusShape = z
  .object({
    observedGeneration: exactOptional(z.int().meta({ description: 'Generation of the spec that this status is about.', format: 'int64' })),
    selector: words('Label selector of the pods of the scale target, as text.'),
    currentAlloc: exactOptional(
      z
        .object({
          numReplicas: integer('Replicas that the target asks for today, as far as they belong to this variant.'),
          readyReplicas: integer('Replicas among them that are ready.'),
          accelerator: words('Accelerator, as it was found out.'),
          variantCost: words('Cost of the current replicas for an hour.'),
          maxBatch: integer('Most sequences that one replica runs at once.'),
          itlAverage: words('Mean time between tokens, in milliseconds.'),
          ttftAverage: words('Mean time to the first token, in milliseconds.'),
          load: exactOptional(
            z
              .object({
                arrivalRate: words('Requests per minute.'),
                avgInputTokens: words('Mean tokens of a prompt.'),
                avgOutputTokens: words('Mean tokens of an answer.'),
              })
              .describe('Load that the current replicas carry.'),
          ),
        })
        .describe('What runs today.'),
    ),
    desiredOptimizedAlloc: exactOptional(
      z
        .object({
          lastRunTime: instant('When this was last decided.'),
          accelerator: words('Accelerator that the decision is for.'),
          numReplicas: integer('Replicas that are desired. Absent: nothing has been decided yet.'),
          lastUpdate: exactOptional(
            z
              .object({
                updateTime: instant('When the number or the reason last changed.'),
                numReplicasChanged: integer('By how much the number changed then.'),
                reason: words('Why, as a code of docs/reference/conditions.md.'),
                message: words('Why, as a sentence, and how to get all of it.'),
              })
              .describe('The last change of the decision.'),
          ),
        })
        .describe('What is desired. This is what the metric says.'),
    ),
    trail: exactOptional(
      z
        .array(
          z.object({
            from: integer('Replicas before this step.'),
            to: integer('Replicas after it.'),
            reason: words('Why, as a code.'),
            message: words('Why, as a sentence with the numbers that led to it.'),
          }),
        )
        .meta({ description: 'How the decision came about, step by step, from the current number to the desired one.', 'x-kubernetes-list-type': 'atomic' }),
    ),
    actuation: exactOptional(
      z
        .object({
          applied: exactOptional(z.boolean().describe('Whether the decision takes effect: the series is served and not ignored by the autoscaler that follows it, or the scale is written.')),
          mode: words('metric or direct.'),
          lastAppliedTime: instant('When a changed number was last passed on.'),
          message: words('What was done with the decision.'),
        })
        .describe('What became of the decision.'),
    ),
    conflict: exactOptional(
      z
        .object({
          winner: words('The resource whose decision counts, the oldest.'),
          members: exactOptional(z.array(z.string()).meta({ description: 'All resources that claim the same target and accelerator.', 'x-kubernetes-list-type': 'atomic' })),
        })
        .describe('Present when several resources claim the same target with the same accelerator.'),
    ),
    conditions: exactOptional(
      z
        .array(
          z.object({
            type: z.string().describe('What the condition is about.'),
            status: z.string().describe('True, False or Unknown.'),
            observedGeneration: exactOptional(z.int().meta({ description: 'Generation of the spec that it is about.', format: 'int64' })),
            lastTransitionTime: instant('When status last changed.'),
            reason: words('Why, as a code of docs/reference/conditions.md.'),
            message: words('Why, as a sentence.'),
          }),
        )
        .meta({
          description: 'Whether the variant is being decided for, and what stands in the way. Ready is the summary.',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['type'],
        }),
    ),
  })
  .describe('What was seen, what was decided, and why.');

export type StatusShape = z.infer<typeof statusShape>;
