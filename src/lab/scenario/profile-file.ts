import { z } from 'zod';
import { assert } from '../../base/index.ts';
import { accelerators, profileFrom } from '../../simulator/index.ts';
import type { NamedProfile, ServingProfile } from '../../simulator/index.ts';

const positive = z.number().positive();
const notNegative = z.number().nonnegative();
const whole = z.number().int().positive();

/** Numbers of a server, as `docs/reference/profiles.md` lists them; further numbers are refinements of the law of an iteration. */
const serving = z
  .object({
    modelID: z.string().min(1),
    accelerator: z.string().min(1),
    baseMs: positive,
    perPrefillTokenMs: positive,
    perSequenceMs: notNegative,
    perResidentTokenMs: notNegative,
    networkMs: notNegative,
    maxSequences: whole,
    tokenBudget: whole,
    kvBlocks: whole,
    blockTokens: whole,
    maxModelTokens: whole,
    costPerHour: notNegative,
    engine: z.enum(['vllm', 'sglang']).optional(),
    prefixCaching: z.boolean().optional(),
  })
  .catchall(z.number());

/** A serving profile in a file, or within a scenario. */
export const profileFile = z.object({
  name: z.string().min(1).optional(),
  serving,
  acceleratorsPerReplica: whole.default(1),
  costPerHour: notNegative.optional(),
});

/** A profile that is derived from the model's sheet, on an accelerator that the shipped profiles know. */
const derivedFile = z.strictObject({
  name: z.string().min(1).optional(),
  model: z.strictObject({
    modelID: z.string().min(1),
    parameters: positive,
    layers: whole,
    kvHeads: whole,
    headSize: whole,
    maxModelTokens: whole,
    bytesPerWeight: positive.optional(),
    bytesPerKvElement: positive.optional(),
  }),
  accelerator: z.enum(accelerators.map(({ name }) => name)),
  tensorParallelism: whole.default(1),
});

/** The schema of a file by what stands in it: numbers of a server, or the model's sheet. */
export function profileFileOf(content: unknown): typeof profileFile | typeof derivedFile {
  return typeof content === 'object' && content !== null && 'model' in content ? derivedFile : profileFile;
}

/** The numbers of a server, whatever the file gives. */
export function servingFile(file: z.output<typeof profileFile> | z.output<typeof derivedFile>): object {
  if (!('model' in file)) return file;
  const accelerator = accelerators.find(({ name }) => name === file.accelerator);
  assert(accelerator !== undefined, 'The schema lets no other accelerator through.');
  const { bytesPerWeight, bytesPerKvElement, ...geometry } = file.model;
  const model = { ...geometry, source: 'the file', ...(bytesPerWeight !== undefined && { bytesPerWeight }), ...(bytesPerKvElement !== undefined && { bytesPerKvElement }) };
  const { serving, acceleratorsPerReplica } = profileFrom({ name: file.name ?? '', model, accelerator, tensorParallelism: file.tensorParallelism });
  return { serving, acceleratorsPerReplica, ...(file.name !== undefined && { name: file.name }) };
}

/** The profile that a file describes. */
export function namedProfile(file: z.output<typeof profileFile>, fallbackName: string): NamedProfile {
  const { serving: numbers, acceleratorsPerReplica, name = fallbackName } = file;
  return { name, serving: numbers as unknown as ServingProfile, acceleratorsPerReplica, costPerHour: file.costPerHour ?? numbers.costPerHour, provenance: [] };
}
