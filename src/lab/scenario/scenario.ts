import { z } from 'zod';
import { fault } from './fault.ts';
import { name } from './fields.ts';
import { traffic } from './traffic.ts';
import { variant } from './variant.ts';

// An experiment as data: who asks for what, what may serve it, what goes wrong. Written as YAML by people, so times are
// seconds, and a key that is not known is an error. `docs/reference/scenarios.md` is made from these descriptions.

const model = z.strictObject({
  id: z.string().min(1).describe('Name that clients ask for.'),
  namespace: name.default('default').describe('Of its variants.'),
  slo: z
    .strictObject({
      ttftSeconds: z.number().positive().describe('Time to first token, from when the client sent it.'),
      tpotSeconds: z.number().positive().describe('Time per output token: (end - first token) / (output tokens - 1).'),
    })
    .describe('A request counts when it meets both.'),
  priority: z.number().int().default(0).describe('Higher goes first when accelerators are short.'),
  timeoutSeconds: z.number().positive().default(900).describe('A client gives up after so long: a miss, whatever it had got.'),
  router: z
    .strictObject({
      policy: z.enum(['least-loaded', 'round-robin', 'scored']).default('least-loaded').describe('`scored` weighs queue, KV use and prefix hits.'),
      flowControl: z.boolean().default(false).describe('Holds requests before the servers while all of them are saturated, so that they wait where they can still choose.'),
    })
    .prefault({})
    .describe('Who sends requests to servers.'),
  traffic: z.array(traffic).min(1).describe('Sources of requests; they add up.'),
  variants: z.array(variant).min(1).describe('What may serve it.'),
});

export const scenarioSchema = z.strictObject({
  name: name.describe('Unique; the file has it too.'),
  title: z.string().min(1).describe('One line for lists.'),
  description: z.string().min(1).describe('What it is for, where its numbers come from, and what it cannot show.'),
  usedInDesign: z.boolean().describe('True when it was looked at while our own engine was designed; reports keep the others apart.'),
  // a day of a million requests takes a minute: longer than this is a unit that was mistaken
  durationSeconds: z.number().positive().max(2_678_400).describe('How long load comes; at most 31 days.'),
  until: z
    .enum(['drained', 'floor'])
    .default('drained')
    .describe('When the episode ends: `drained` when everything that came has ended; `floor` when moreover every variant is back at its minimum (as published runs do), or half an hour after the load; static fleets never come back, and end when drained.'),
  models: z.array(model).min(1).describe('What is asked for.'),
  accelerators: z.record(z.string(), z.number().int().nonnegative()).default({}).describe('How many there are, by name; one that is missing is unlimited. Pods beyond it stay Pending.'),
  faults: z.array(fault).default([]).describe('What goes wrong.'),
});

export type ExperimentScenario = z.output<typeof scenarioSchema>;
export type ScenarioModel = ExperimentScenario['models'][number];
export type ScenarioTraffic = ScenarioModel['traffic'][number];
export type ScenarioVariant = ScenarioModel['variants'][number];
export type ScenarioFault = ExperimentScenario['faults'][number];
