import { z } from 'zod';

// An experiment as data: who asks for what, what may serve it, what goes wrong. Written as YAML by people, so times are
// seconds, and a key that is not known is an error. `docs/reference/scenarios.md` describes every field.

const seconds = z.number().finite().nonnegative();
const rate = z.number().finite().nonnegative();
const name = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'lower case letters, digits and dashes');

/** Tokens of one request. `lognormal` takes the mean and standard deviation of the tokens themselves. */
const tokens = z.strictObject({
  shape: z.enum(['normal', 'lognormal']).default('normal'),
  mean: z.number().positive(),
  standardDeviation: z.number().nonnegative().default(0),
  lowest: z.number().int().positive().default(1),
  highest: z.number().int().positive().default(1_000_000),
});

/** Prompts that begin alike: `share` of the requests begin with one of `prefixes` texts of `tokens` tokens, chosen by Zipf's law. */
const sharedPrefix = z.strictObject({
  share: z.number().min(0).max(1),
  prefixes: z.number().int().positive(),
  tokens: z.number().int().positive(),
  zipfExponent: z.number().nonnegative().default(1),
});

const drawn = {
  prompt: tokens,
  output: tokens,
  sharedPrefix: sharedPrefix.optional(),
  arrivals: z.enum(['poisson', 'counted', 'even']).default('poisson'),
};

const traffic = z.discriminatedUnion('kind', [
  /** A constant rate. */
  z.strictObject({ kind: z.literal('constant'), ratePerSecond: rate, fromSeconds: seconds.default(0), untilSeconds: seconds.optional(), ...drawn }),
  /** Stages one after the other; a stage with `toPerSecond` moves there in a straight line. */
  z.strictObject({
    kind: z.literal('stages'),
    stages: z.array(z.strictObject({ seconds, ratePerSecond: rate, toPerSecond: rate.optional() })).min(1),
    repeat: z.boolean().default(false),
    ...drawn,
  }),
  /** A sine between two rates with multiplicative noise that forgets itself (Ornstein-Uhlenbeck in the logarithm). */
  z.strictObject({
    kind: z.literal('diurnal'),
    lowPerSecond: rate,
    highPerSecond: rate,
    periodSeconds: z.number().positive().default(86_400),
    /** When the first peak is. */
    peakAtSeconds: seconds.default(43_200),
    noise: z.strictObject({ standardDeviation: z.number().nonnegative(), correlationSeconds: z.number().positive() }).optional(),
    ...drawn,
  }),
  /** A base rate, and bursts on top of it that come by chance. */
  z.strictObject({
    kind: z.literal('bursts'),
    basePerSecond: rate,
    burstPerSecond: rate,
    meanSecondsBetween: z.number().positive(),
    burstSeconds: z.number().positive(),
    ...drawn,
  }),
  /** A recorded trace. `file` is beside the scenario, or found in one of the folders that the runner is told of. */
  z.strictObject({
    kind: z.literal('trace'),
    file: z.string().min(1),
    format: z.enum(['azure-2023', 'azure-2024', 'burstgpt', 'mooncake']),
    /** Every request becomes so many, the others drawn around it; below 1 requests are left out by chance. */
    rateFactor: z.number().positive().default(1),
    /** Time between requests is multiplied by this: 2 plays the trace at half speed. */
    timeFactor: z.number().positive().default(1),
    fromSeconds: seconds.default(0),
    untilSeconds: seconds.optional(),
    repeat: z.boolean().default(false),
  }),
]);

/** From the moment a pod is asked for until it is ready; normal around the mean, with a share that takes much longer (image pulls). */
const startup = z.strictObject({
  meanSeconds: z.number().nonnegative(),
  standardDeviationSeconds: z.number().nonnegative().default(0),
  lowestSeconds: seconds.default(0),
  outliers: z.strictObject({ share: z.number().min(0).max(1), factor: z.number().min(1) }).optional(),
});

const variant = z
  .strictObject({
    name,
    /** Name of a serving profile: which model on which accelerator, see docs/reference/profiles.md. */
    profile: z.string().min(1),
    role: z.enum(['both', 'prefill', 'decode']).default('both'),
    /** Money per replica and hour; the profile's price unless told. */
    costPerHour: z.number().nonnegative().optional(),
    minReplicas: z.number().int().nonnegative(),
    maxReplicas: z.number().int().positive(),
    /** Ready when the load begins. */
    initialReplicas: z.number().int().nonnegative(),
    startup,
    /** How long a pod that is removed may finish what it has; what is left then is lost. */
    terminationGraceSeconds: seconds.default(600),
  });

const model = z.strictObject({
  id: z.string().min(1),
  namespace: name.default('default'),
  /** A request counts when it meets both. TPOT is (end - first token) / (output tokens - 1). */
  slo: z.strictObject({ ttftSeconds: z.number().positive(), tpotSeconds: z.number().positive() }),
  /** Higher goes first when accelerators are short. */
  priority: z.number().int().default(0),
  /** A client gives up after so long: a miss, whatever it had got. */
  timeoutSeconds: z.number().positive().default(900),
  router: z
    .strictObject({
      policy: z.enum(['least-loaded', 'round-robin', 'scored']).default('least-loaded'),
      /** Holds requests before the servers while all of them are saturated, so that they wait where they can still choose. */
      flowControl: z.boolean().default(false),
    })
    .default({ policy: 'least-loaded', flowControl: false }),
  traffic: z.array(traffic).min(1),
  variants: z.array(variant).min(1),
});

const span = { atSeconds: seconds, untilSeconds: seconds.optional() };
const fault = z.discriminatedUnion('kind', [
  /** Pods of the variant that start in this time never become ready. `pods` of them, or all. */
  z.strictObject({ kind: z.literal('never-ready'), ...span, variant: z.string(), pods: z.number().int().positive().optional() }),
  /** Iterations of the variant's pods take so many times as long. */
  z.strictObject({ kind: z.literal('slow'), ...span, variant: z.string(), factor: z.number().positive() }),
  /** A node goes away and with it `pods` of the variant at once: what is in them is lost. */
  z.strictObject({ kind: z.literal('node-lost'), ...span, variant: z.string(), pods: z.number().int().positive() }),
  /**
   * What scrapes bring. `lost`: nothing; `late`: what was true `seconds` ago, with its own time; `frozen`: what was true when the
   * fault began, with the time of the scrape; `partial`: `share` of the pods say nothing; `lying`: gauges and rates are `factor` times the truth.
   */
  z.strictObject({
    kind: z.literal('metrics'),
    ...span,
    how: z.enum(['lost', 'late', 'frozen', 'partial', 'lying']),
    of: z.enum(['engines', 'router', 'all']).default('all'),
    seconds: seconds.optional(),
    share: z.number().min(0).max(1).optional(),
    factor: z.number().nonnegative().optional(),
  }),
]);

export const scenarioSchema = z.strictObject({
  name,
  /** One line for lists. */
  title: z.string().min(1),
  /** What it is for, where its numbers come from, and what it cannot show. */
  description: z.string().min(1),
  /** True when it was looked at while our own engine was designed; the report keeps the others apart. */
  usedInDesign: z.boolean(),
  /** How long load comes. */
  durationSeconds: z.number().positive(),
  /**
   * When the episode ends: `drained` when everything that came has ended; `floor` when moreover every variant is back at its minimum
   * (as published-runs do), or half an hour after the load.
   */
  until: z.enum(['drained', 'floor']).default('drained'),
  models: z.array(model).min(1),
  /** Accelerators that there are, by name; a name that is missing is unlimited. Pods beyond it stay Pending. */
  accelerators: z.record(z.string(), z.number().int().nonnegative()).default({}),
  faults: z.array(fault).default([]),
});

export type ExperimentScenario = z.output<typeof scenarioSchema>;
export type ScenarioModel = ExperimentScenario['models'][number];
export type ScenarioVariant = ScenarioModel['variants'][number];
export type ScenarioTraffic = ScenarioModel['traffic'][number];
export type ScenarioFault = ExperimentScenario['faults'][number];
