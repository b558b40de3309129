import * as z from 'zod';
import { days, isTimeZone, minuteOfDay, overlapIn, type WeeklyHours } from '../base/index.ts';

/**
 * `spec` of a VariantAutoscaling: the one definition from which come its type, its checks, its defaults, the CRD and
 * docs/reference/crd.md. Every field that any released version had is here, and none is required that one
 * of them lacked, so that their manifests are accepted unchanged. Descriptions are what `kubectl explain` shows.
 */

/** Field helpers: what is optional may be absent, and is never `null`. */
const { exactOptional } = z;
const text = (description: string, maxLength = 253): z.ZodString => z.string().min(1).max(maxLength).describe(description);
const count = (least: number, description: string): z.ZodInt32 => z.int32().min(least).describe(description);

/** Ends the description of what is taken so that no manifest is refused, and shown so that nobody waits for it to work. */
const kept = ' Accepted, and without effect in this version.';

/** Unit costs: `10`, `10.0`, `0.5`; not `.5`, `-1`, `1e3`, `10.`. */
export const costPattern = /^\d+(\.\d+)?$/;
/** What a replica costs where nobody said it. */
export const defaultVariantCost = '10.0';
const retentionPattern = /^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/;
const quantityPattern = /^[0-9]+(\.[0-9]+)?m?$/;

const hasEntries = (object: object): boolean => Object.keys(object).length > 0;

const scaleTargetRef = z
  .object({
    apiVersion: exactOptional(
      z.string().max(253).describe('Group and version of the scale target, such as apps/v1. Known for Deployment, StatefulSet and LeaderWorkerSet; needed for any other kind.'),
    ),
    kind: text('Kind of the scale target: Deployment, StatefulSet, LeaderWorkerSet, or any kind that has a scale subresource.', 63),
    name: text('Name of the scale target, in the namespace of this resource.'),
  })
  .meta({
    description: 'The object whose replicas are scaled. Its name and kind are the labels target_name and target_kind of every metric. Several resources may point at one target if their accelerators differ.',
    'x-kubernetes-map-type': 'atomic',
  });

const parameters = (description: string) =>
  z.record(z.string(), z.string()).refine(hasEntries, { error: 'must not be empty' }).meta({ description, minProperties: 1 });

const performance = z
  .object({
    decodeParms: parameters('alpha and beta of: milliseconds between tokens = alpha + beta * batch size.'),
    prefillParms: parameters('gamma and delta of: milliseconds to the first token = gamma + delta * prompt tokens * batch size.'),
  })
  .describe('Measured performance of one replica, in milliseconds.');

const serviceClass = z
  .object({
    name: text('Name of the ConfigMap that holds the service classes.'),
    key: text('Key of the service class in that ConfigMap.'),
  })
  .describe(`Service class that holds the latency targets of this model.${kept}`);

const scalingRules = (description: string) =>
  z
    .object({
      stabilizationWindowSeconds: exactOptional(z.int32().min(0).max(3600).describe('Seconds of past recommendations that are looked at before replicas change.')),
      selectPolicy: exactOptional(z.enum(['Max', 'Min', 'Disabled']).describe('Which of the policies counts: the one that allows the largest change, the smallest, or none at all.')),
      tolerance: exactOptional(
        z
          .union([z.string().regex(quantityPattern), z.int().min(0)])
          .meta({ description: 'Relative difference between current and desired that is let be, such as 0.05.', ...intOrString(quantityPattern) }),
      ),
      policies: exactOptional(
        z
          .array(
            z.object({
              type: z.enum(['Pods', 'Percent']).describe('Whether value counts replicas or percent of the current ones.'),
              value: count(1, 'The change that is allowed within periodSeconds.'),
              periodSeconds: z.int32().min(1).max(1800).describe('Length of the period, in seconds.'),
            }),
          )
          .max(16)
          .meta({ description: 'Limits of how fast replicas change.', 'x-kubernetes-list-type': 'atomic' }),
      ),
    })
    .describe(description);

/** CRD keywords of a field that takes `10` as well as `"10.0"`; the pattern binds strings, the minimum numbers. */
function intOrString(pattern: RegExp): Record<string, unknown> {
  return { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }], pattern: pattern.source, minimum: 0 };
}

const timePattern = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const endPattern = /^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$/;

/** The hours of an entry of spec.schedule. */
export function hoursOf({ days: begins, from, to, timeZone }: { readonly days?: readonly (typeof days)[number][]; readonly from: string; readonly to: string; readonly timeZone: string }): WeeklyHours {
  return { days: begins ?? days, fromMinute: minuteOfDay(from) ?? 0, toMinute: minuteOfDay(to) ?? 0, timeZone };
}

const scheduleEntry = z
  .object({
    name: exactOptional(text('What the reasons of a decision call it.', 63)),
    days: exactOptional(
      z
        .array(z.enum(days))
        .min(1)
        .max(7)
        .meta({ description: 'Days on which it begins; all of them where it is absent.', 'x-kubernetes-list-type': 'atomic' }),
    ),
    from: z.string().regex(timePattern).max(5).describe('Time of the day at which it begins, such as 08:00.'),
    to: z.string().regex(endPattern).max(5).describe('Time of the day before which it ends, on the next day if it is earlier than from; 24:00 at most.'),
    timeZone: z.string().min(1).max(64).refine(isTimeZone, { error: 'must be a time zone of the IANA database, such as Europe/Berlin' }).describe('Time zone of the IANA database, such as Europe/Berlin.'),
    minReplicas: exactOptional(count(0, 'Fewest replicas while it holds.')),
    maxReplicas: exactOptional(count(1, 'Most replicas while it holds.')),
  })
  .refine(({ from, to }) => from !== to, { error: 'must end at another time than it begins; a whole day is from 00:00 to 24:00' })
  .refine(({ minReplicas, maxReplicas }) => minReplicas !== undefined || maxReplicas !== undefined, { error: 'must have minReplicas or maxReplicas' })
  .refine(({ minReplicas, maxReplicas }) => minReplicas === undefined || maxReplicas === undefined || minReplicas <= maxReplicas, { error: 'must have a maxReplicas of at least minReplicas' })
  .describe('Bounds, and the hours at which they hold.');

export const specShape = z
  .object({
    scaleTargetRef: exactOptional(scaleTargetRef),
    modelID: exactOptional(
      text('Name of the model as its clients write it, and as the servers report it in their metrics. Where it is absent, whatever model the pods of the target report is taken.', 512),
    ),
    variantID: exactOptional(text('Business name of the variant, usually modelID-accelerator-acceleratorCount.', 1024)),
    accelerator: exactOptional(
      text('Accelerator of this variant, such as A100: the label accelerator_type of every metric. Where it is absent, the label inference.optimization/acceleratorName, the node selector and affinity of the pods, and the nodes themselves are asked, in this order.'),
    ),
    acceleratorCount: exactOptional(count(1, 'Accelerators that one replica takes. Where it is absent, the resource requests of the pods say it.')),
    variantCost: exactOptional(
      z
        .union([z.string().regex(costPattern), z.int().min(0)])
        .meta({ description: 'Cost of one replica for an hour, in a unit of your choice that is the same for all variants.', default: defaultVariantCost, ...intOrString(costPattern) }),
    ),
    minReplicas: exactOptional(count(0, 'Fewest replicas ever desired. Where it is absent: 0 if scaleToZero is enabled, else the minimum of the autoscaler of the target, else 1.')),
    maxReplicas: exactOptional(count(1, 'Most replicas ever desired. Where it is absent: the maximum of the autoscaler of the target, else no limit.')),
    role: exactOptional(z.enum(['prefill', 'decode', 'both']).describe('Part of the work that the replicas do. Where it is absent, the label llm-d.ai/role of the pods says it, else both.')),
    engine: exactOptional(z.enum(['vllm', 'sglang', 'auto']).describe('Serving engine whose metrics are read. auto (the default) finds out from the image and the command.')),
    priority: exactOptional(z.number().min(0).describe(`Weight of this model when accelerators are scarce; that of the policy where it is absent.`)),
    slo: exactOptional(
      z
        .object({
          ttftMilliseconds: exactOptional(z.number().positive().describe('Time to first token, in milliseconds.')),
          itlMilliseconds: exactOptional(z.number().positive().describe('Time between tokens, in milliseconds.')),
        })
        .refine(hasEntries, { error: 'must not be empty' })
        .meta({ description: 'Latency targets, instead of those of the policy. Of variants that share their requests the strictest count.', minProperties: 1 }),
    ),
    sloClassRef: exactOptional(serviceClass),
    scaleToZero: exactOptional(
      z
        .object({
          enabled: exactOptional(z.boolean().describe('Whether the last replica may go, and minReplicas is 0 where it is absent; what the policy says where this is absent.')),
          retentionPeriod: exactOptional(
            z.string().regex(retentionPattern).max(32).describe('How long there must have been no request before the last replica goes, such as 10m; that of the policy where it is absent.'),
          ),
        })
        .describe('Whether and when this variant may go down to no replica.'),
    ),
    behavior: exactOptional(
      z
        .object({
          scaleUp: exactOptional(scalingRules('Limits of growth.')),
          scaleDown: exactOptional(scalingRules('Limits of shrinking.')),
        })
        .describe('Limits of how fast the desired replicas change, in the words of the HorizontalPodAutoscaler. scaleDown.stabilizationWindowSeconds is taken instead of scaleDownStabilization of the policy; the others are accepted, and without effect in this version.'),
    ),
    actuation: exactOptional(
      z.enum(['metric', 'direct']).describe('How a decision reaches the target. metric: an autoscaler follows the metric. direct: the controller writes the scale subresource itself. Where it is absent, the setting of the installation counts.'),
    ),
    mode: exactOptional(
      z
        .enum(['act', 'recommend', 'paused', 'pausedDown'])
        .describe('What may be done with a decision, instead of what the policy says. act: it takes effect. recommend: it is shown, and nothing follows it. paused: the last one is held. pausedDown: the last one is not undercut, and growing is allowed.'),
    ),
    paused: exactOptional(z.boolean().describe('Holds the last decision: the series is served as it is, and nothing new is decided. Counts whatever mode says.')),
    schedule: exactOptional(
      z
        .array(scheduleEntry)
        .max(32)
        .refine((entries) => overlapIn(entries.map(hoursOf)) === undefined, { error: 'has two entries that hold at the same time: nobody could say which of them counts' })
        .meta({ description: 'Bounds that stand in for minReplicas and maxReplicas at some hours of the week, instead of those of the policy. An empty list: none.', 'x-kubernetes-list-type': 'atomic' }),
    ),
    dryRun: exactOptional(z.boolean().describe('Decides and shows the decision in status, and serves no series and writes no scale. The same as mode: recommend, which it counts as where mode is absent.')),
    variantProfile: exactOptional(
      z
        .object({
          perfParms: performance,
          maxBatchSize: count(1, 'Most sequences that one replica runs at once.'),
        })
        .describe('Measured performance of this variant. The analyzer queueing begins with it, and corrects it by what the replicas report; the others learn without it.'),
    ),
    modelProfile: exactOptional(
      z
        .object({
          accelerators: z
            .array(
              z.object({
                acc: text('Accelerator that this profile is for.'),
                accCount: count(1, 'Accelerators that one replica takes.'),
                perfParms: performance,
                maxBatchSize: count(1, 'Most sequences that one replica runs at once.'),
              }),
            )
            .min(1)
            .max(256)
            .meta({ description: 'One profile for each accelerator.', 'x-kubernetes-list-type': 'atomic' }),
        })
        .describe('Profiles of all accelerators, as the first releases wrote them. The label inference.optimization/acceleratorName says which one counts, and without scaleTargetRef the Deployment of the same name is scaled.'),
    ),
  })
  .describe('What to scale, and within which bounds.');

export type SpecShape = z.infer<typeof specShape>;
